"""What a person sees when something is wrong: finished pages in plain words, also without DEBUG."""

import pytest
from django.core.exceptions import BadRequest, PermissionDenied
from django.db import OperationalError, connection
from django.http import HttpResponse
from django.test import Client
from django.urls import path

from people.access import public
from pt_practice.urls import urlpatterns as house
from tests.factories import UserFactory
from web import views


@public
def broken(request):
    raise RuntimeError("Okafor, Ada 1958-03-12")


@public
def refused(request):
    raise PermissionDenied


@public
def unreadable(request):
    raise BadRequest


@public
def without_database(request):
    raise OperationalError("server closed the connection")


@public
def fine(request):
    return HttpResponse("fine")


urlpatterns = [
    *house,
    path("broken/", broken),
    path("refused/", refused),
    path("unreadable/", unreadable),
    path("without-database/", without_database),
    path("api/v1/broken/", broken),
    path("fine/", fine),
]
handler400 = views.bad_request
handler403 = views.forbidden
handler404 = views.not_found
handler500 = views.server_error

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


@pytest.fixture
def visitor():
    return Client(raise_request_exception=False)


@pytest.fixture
def member(visitor):
    visitor.force_login(UserFactory(roles=["owner"]))
    return visitor


PAGES = [
    ("/unreadable/", 400, "That request cannot be read"),
    ("/refused/", 403, "This page is not for your role"),
    ("/no/such/page/", 404, "There is no such page"),
    ("/broken/", 500, "Something broke on our side"),
]


@pytest.mark.parametrize(("path", "status", "title"), PAGES)
def test_a_stranger_gets_a_finished_page(visitor, path, status, title):
    response = visitor.get(path)
    html = response.content.decode()

    assert response.status_code == status
    assert f">{title}</h1>" in html
    assert f"<title>{title} · PT Practice</title>" in html
    assert "sidebar" not in html


@pytest.mark.parametrize(("path", "status", "title"), PAGES[:3])
def test_staff_keep_their_navigation_on_an_error_page(member, path, status, title):
    html = member.get(path).content.decode()

    assert f">{title}</h1>" in html
    assert 'aria-label="Main"' in html


def test_a_failure_says_nothing_of_what_failed(member):
    html = member.get("/broken/").content.decode()

    assert "Okafor" not in html
    assert "RuntimeError" not in html
    assert "Traceback" not in html


def test_the_page_for_a_failure_asks_the_database_for_nothing(rf):
    def refuse(execute, sql, params, many, context):
        raise AssertionError(f"the error page asked the database: {sql}")

    request = rf.get("/broken/")  # neither session nor user, as when their tables are out of reach
    with connection.execute_wrapper(refuse):
        response = views.server_error(request)

    assert response.status_code == 500
    assert "What you had saved is safe." in response.content.decode()


def test_a_lost_database_is_a_finished_page_too(visitor):
    response = visitor.get("/without-database/")

    assert response.status_code == 500
    assert "Something broke on our side" in response.content.decode()


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (
            "/api/v1/no-such-thing/",
            {
                "type": "about:blank",
                "title": "There is no such page",
                "status": 404,
                "detail": "The record may have been removed, or it belongs to another clinic.",
            },
        ),
        (
            "/api/v1/broken/",
            {
                "type": "about:blank",
                "title": "Something broke on our side",
                "status": 500,
                "detail": "What you had saved is safe. Try again; if it stays, tell whoever "
                "looks after PT Practice.",
            },
        ),
    ],
)
def test_a_program_gets_problem_details_instead_of_a_page(visitor, path, body):
    response = visitor.get(path)

    assert response.status_code == body["status"]
    assert response["Content-Type"] == "application/problem+json"
    assert response.json() == body


def test_a_form_with_a_stale_token_is_explained(member):
    member.handler.enforce_csrf_checks = True

    response = member.post("/account/theme/", {"theme": "dark"})

    assert response.status_code == 403
    assert "This form had grown stale" in response.content.decode()


def test_staff_without_a_role_are_told_whom_to_ask(visitor):
    visitor.force_login(UserFactory(roles=[]))

    response = visitor.get("/")

    assert response.status_code == 403
    assert "Your account has no role yet" in response.content.decode()
    assert "/account/logout/" in response.content.decode()
