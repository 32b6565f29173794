"""Every route × every role: nothing opens without a rule, and each rule is kept.

Routes are walked as Django resolves them, so a new one is in the test without being named here.
What stands in `tests/access_addresses.py` is only which record fills the number in an address; a
route whose arguments cannot be filled fails with its name.
"""

from __future__ import annotations

import pytest
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import resolve
from rest_framework.test import APIClient

from people.models import Role
from tests.access_addresses import is_of_a_clinic, path_of
from tests.access_records import Nowhere, worlds
from tests.access_routes import PUBLIC, Route, every_route
from web.middleware import access_rule_of

pytestmark = pytest.mark.django_db

ROUTES = every_route()
GUARDED = [route for route in ROUTES if access_rule_of(route.view) != "public"]
OF_CLINICS = [route for route in GUARDED if is_of_a_clinic(route)]
SCOPED_ROLES = (Role.FRONT_DESK, Role.THERAPIST, Role.ASSISTANT)


def each(routes: list[Route]):
    return pytest.mark.parametrize("route", routes, ids=[route.name for route in routes])


@pytest.fixture(scope="module")
def everything(django_db_setup, django_db_blocker):
    """Two worlds for all routes: making them anew for each would take minutes. What a test does
    to them is undone by the test's own transaction, inside this one."""
    with (
        pytest.MonkeyPatch.context() as patch,
        django_db_blocker.unblock(),
        transaction.atomic(),
    ):
        patch.setattr("pt_practice.urls.handler403", plain_words)
        patch.setattr("pt_practice.urls.handler404", plain_words)
        here, elsewhere, staff = worlds()
        yield here, elsewhere, {role: Insider(person) for role, person in staff.items()}
        transaction.set_rollback(True)


def plain_words(request, exception):
    """Half of all answers here are refusals; their page has tests of its own."""
    status = 403 if isinstance(exception, PermissionDenied) else 404
    return HttpResponse(status=status)


class Insider:
    """Somebody signed in, in the browser and over the API, without the log-in's own work."""

    def __init__(self, person) -> None:
        self.api = APIClient()
        self.api.force_authenticate(person)
        self.browser = Client()
        session = self.browser.session
        session[SESSION_KEY] = str(person.pk)
        session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
        session[HASH_SESSION_KEY] = person.get_session_auth_hash()
        session.save()

    def ask(self, route: Route, method: str, path: str):
        with transaction.atomic():
            if route.is_api:
                return self.api.generic(method, path, "{}", content_type="application/json")
            return self.browser.generic(method, path)


@each(ROUTES)
def test_every_view_says_who_may_open_it(route: Route):
    rule = access_rule_of(route.view)

    assert rule, f"{route.name} has no access rule"
    assert rule == "public" or set(rule) <= set(Role.values)


def test_only_reviewed_routes_are_open_to_everybody():
    public = {route.name for route in ROUTES if access_rule_of(route.view) == "public"}

    assert public == PUBLIC


@each(GUARDED)
def test_nobody_gets_in_without_logging_in(route: Route, everything):
    here, _, staff = everything
    path = path_of(route, here)
    assert resolve(path).func == route.view

    for method in methods_of(route, path, staff):
        response = Client().generic(method, path, content_type="application/json")
        assert is_refusal(response), f"{method} {path} answered {response.status_code}"


def is_refusal(response) -> bool:
    if response.status_code in (301, 302, 303):
        return response["Location"].startswith("/account/login/")
    return response.status_code in (401, 403)


@each(GUARDED)
def test_a_role_outside_the_rule_is_refused_and_one_inside_is_not(route: Route, everything):
    here, _, staff = everything
    path = path_of(route, here)

    for method in methods_of(route, path, staff):
        for role, insider in staff.items():
            if role not in route.rule_for(method):
                status = insider.ask(route, method, path).status_code
                assert status in (403, 404), f"{method} {path} as {role} answered {status}"
            elif method == "GET":
                status = insider.ask(route, method, path).status_code
                assert status < 500, f"{method} {path} as {role} answered {status}"
                assert status != 403, f"{method} {path} as {role} answered {status}"


@each(OF_CLINICS)
def test_another_clinics_record_looks_like_one_that_does_not_exist(route: Route, everything):
    here, elsewhere, staff = everything
    path, nowhere = path_of(route, elsewhere), path_of(route, Nowhere())

    for method in methods_of(route, path_of(route, here), staff):
        for role in set(SCOPED_ROLES) & set(route.rule_for(method)):
            status = staff[role].ask(route, method, path).status_code
            assert status == staff[role].ask(route, method, nowhere).status_code
            assert status in (400, 404, 422), f"{method} {path} as {role} answered {status}"


def methods_of(route: Route, path: str, staff) -> list[str]:
    """The methods the view takes. A page says so when it is asked with one that nothing takes;
    one that answers even that takes both."""
    if route.is_api:
        return route.api_methods()
    insider = next(person for role, person in staff.items() if role in route.rule_for("GET"))
    response = insider.ask(route, "TRACE", path)
    if response.status_code != 405:
        return ["GET", "POST"]
    return [m for m in ("GET", "POST", "PUT", "PATCH", "DELETE") if m in response["Allow"]]
