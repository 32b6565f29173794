"""What holds for every request: a rule on each view, idle log-off, no copies, no inline script."""

import time

import pytest
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import reverse

from people.access import allow, public
from tests.factories import PASSWORD, UserFactory
from web.middleware import SEEN_AT, DenyByDefault, access_rule_of

PULSE = "account_pulse"
HALF_AN_HOUR = 30 * 60


def seen_ago(client, seconds: float) -> None:
    session = client.session
    session[SEEN_AT] = time.time() - seconds
    session.save()


def is_logged_in(client) -> bool:
    return "_auth_user_id" in client.session


def deny(view):
    request = RequestFactory().get("/")
    return DenyByDefault(lambda request: HttpResponse()).process_view(request, view, (), {})


# --- Deny by default ------------------------------------------------------------------------------


def test_a_view_without_a_rule_is_refused():
    def forgotten(request):
        return HttpResponse("patients")

    with pytest.raises(PermissionDenied):
        deny(forgotten)


def test_in_development_a_view_without_a_rule_stops_with_its_name(settings):
    settings.DEBUG = True

    def forgotten(request):
        return HttpResponse("patients")

    with pytest.raises(ImproperlyConfigured, match="forgotten"):
        deny(forgotten)


def test_a_view_with_a_rule_passes_and_carries_it():
    @allow("owner", "biller")
    def claims(request):
        return HttpResponse()

    @public
    def health(request):
        return HttpResponse()

    assert [deny(claims), deny(health)] == [None, None]
    assert [access_rule_of(claims), access_rule_of(health)] == [("owner", "biller"), "public"]


@pytest.mark.django_db
def test_the_rule_is_kept_for_every_role(rf):
    @allow("biller")
    def claims(request):
        return HttpResponse("claims")

    def answer(*roles, is_active=True):
        request = rf.get("/")
        request.user = UserFactory(roles=list(roles), is_active=is_active)
        try:
            return claims(request).content
        except PermissionDenied:
            return "refused"

    assert answer("biller") == b"claims"
    assert answer("front_desk", "biller") == b"claims"
    assert answer("owner") == "refused"
    assert answer() == "refused"
    assert answer("biller", is_active=False) == "refused"


# --- Idle log-off ---------------------------------------------------------------------------------


@pytest.mark.django_db
def test_half_an_hour_of_nothing_logs_a_person_off(client):
    client.force_login(UserFactory())
    seen_ago(client, HALF_AN_HOUR + 1)

    response = client.get(reverse("home"))

    assert response["Location"] == "/account/login/?next=/"
    assert not is_logged_in(client)


@pytest.mark.django_db
def test_a_request_just_in_time_starts_the_half_hour_anew(client):
    client.force_login(UserFactory())
    seen_ago(client, HALF_AN_HOUR - 5)

    client.get(reverse(PULSE))

    assert is_logged_in(client)
    assert time.time() - client.session[SEEN_AT] < 5


@pytest.mark.django_db
def test_a_poll_in_the_background_is_no_sign_of_life(client):
    client.force_login(UserFactory())
    seen_ago(client, HALF_AN_HOUR - 5)
    before = client.session[SEEN_AT]

    client.get(reverse(PULSE), headers={"X-Background": "1"})

    assert client.session[SEEN_AT] == before


@pytest.mark.django_db
def test_the_session_is_not_written_at_every_click(client):
    client.force_login(UserFactory())
    seen_ago(client, 10)
    before = client.session[SEEN_AT]

    client.get(reverse(PULSE))

    assert client.session[SEEN_AT] == before


@pytest.mark.django_db
def test_an_expired_session_tells_htmx_instead_of_sending_a_log_in_page(client):
    client.force_login(UserFactory())
    seen_ago(client, HALF_AN_HOUR + 1)

    response = client.get(reverse("home"), headers={"HX-Request": "true"})

    assert (response.status_code, response["HX-Trigger"]) == (401, '{"logged-out": {}}')
    assert response.content == b""


@pytest.mark.django_db
def test_a_form_sent_too_late_comes_back_to_the_start_page_and_writes_nothing(client):
    user = UserFactory()
    client.force_login(user)
    seen_ago(client, HALF_AN_HOUR + 1)

    response = client.post(reverse("account_theme"), {"theme": "dark"})

    user.refresh_from_db()
    assert (response["Location"], user.theme) == ("/account/login/?next=/", "auto")


# --- Headers --------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_pages_are_kept_by_no_browser_and_no_proxy(client):
    client.force_login(UserFactory())

    response = client.get(reverse("mfa_index"))

    assert "no-store" in response["Cache-Control"]


@pytest.mark.django_db
def test_the_browser_runs_no_script_and_no_style_that_we_did_not_send_as_a_file(client):
    response = client.get(reverse("account_login"))
    policy = {
        name: values
        for name, *values in (
            part.split() for part in response["Content-Security-Policy"].split(";")
        )
    }

    assert policy["default-src"] == ["'none'"]
    assert policy["style-src"] == ["'self'"]
    assert policy["script-src"][0] == "'self'"
    assert all(value.startswith("'nonce-") for value in policy["script-src"][1:])
    assert "unsafe" not in response["Content-Security-Policy"]
    assert policy["frame-ancestors"] == policy["object-src"] == policy["base-uri"] == ["'none'"]


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["account_login", "mfa_index", "mfa_add_webauthn"])
def test_a_page_holds_no_inline_script_style_or_handler(client, name):
    user = UserFactory()
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    if name == "account_login":
        client.post(reverse("account_logout"))

    response = client.get(reverse(name))
    html = response.content.decode()

    assert response.status_code == 200
    scripts = [tag.split(">")[0] for tag in html.split("<script")[1:]]
    assert [tag for tag in scripts if "src=" not in tag and "application/json" not in tag] == []
    assert "<style" not in html
    assert " style=" not in html
    assert " onclick=" not in html
