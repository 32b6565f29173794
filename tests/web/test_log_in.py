"""Logging in: the limit on wrong passwords, the second step, and what does not exist here."""

import re
import time
from unittest import mock

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.core import mail
from django.core.cache import cache
from django.urls import NoReverseMatch, reverse

from tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db

WRONG = "not-the-password"


def try_to_log_in(client, email, password, address="203.0.113.9"):
    return client.post(
        reverse("account_login"), {"login": email, "password": password}, REMOTE_ADDR=address
    )


def confirm_password(client):
    return client.post(reverse("account_reauthenticate"), {"password": PASSWORD})


def set_up_an_app(client, user) -> str:
    """The secret that the person's authenticator app now holds."""
    try_to_log_in(client, user.email, PASSWORD)
    confirm_password(client)
    secret = client.get(reverse("mfa_activate_totp")).context["form"].secret
    client.post(reverse("mfa_activate_totp"), {"code": code_now(secret)})
    return secret


def code_now(secret: str) -> str:
    return code_at(secret, time.time())


def code_at(secret: str, moment: float) -> str:
    return totp.format_hotp_value(totp.hotp_value(secret, int(moment) // 30))


def test_the_right_password_leads_to_the_page_that_was_asked_for(client):
    user = UserFactory()

    response = client.post(
        reverse("account_login") + "?next=/account/2fa/",
        {"login": user.email, "password": PASSWORD, "next": "/account/2fa/"},
    )

    assert (response.status_code, response["Location"]) == (302, "/account/2fa/")
    assert client.session["_auth_user_id"] == str(user.pk)


def test_a_page_outside_this_house_is_never_gone_to_after_log_in(client):
    user = UserFactory()

    response = client.post(
        reverse("account_login"),
        {"login": user.email, "password": PASSWORD, "next": "https://evil.example/"},
    )

    assert (response.status_code, response["Location"]) == (302, "/")


def test_a_wrong_password_is_said_without_telling_whether_the_account_exists(client):
    user = UserFactory()

    known = try_to_log_in(client, user.email, WRONG)
    unknown = try_to_log_in(client, "nobody@example.com", WRONG)

    sentence = "The email address and/or password you specified are not correct."
    assert [r.context["form"].non_field_errors() for r in (known, unknown)] == [[sentence]] * 2
    assert sentence in known.content.decode()


def test_ten_wrong_passwords_lock_the_account_for_this_address_and_say_so_kindly(client):
    user = UserFactory()

    answers = [try_to_log_in(client, user.email, WRONG).status_code for _ in range(10)]
    with_the_right_one = try_to_log_in(client, user.email, PASSWORD)

    assert answers == [200] * 9 + [429]
    assert with_the_right_one.status_code == 429
    assert "Too many tries" in with_the_right_one.content.decode()
    assert "_auth_user_id" not in client.session


def test_nine_wrong_passwords_lock_nobody(client):
    user = UserFactory()
    for _ in range(9):
        try_to_log_in(client, user.email, WRONG)

    response = try_to_log_in(client, user.email, PASSWORD)

    assert response.status_code == 302


def test_an_address_that_asks_too_often_gets_a_finished_page(client, settings):
    settings.ACCOUNT_RATE_LIMITS = {"login": "1/m/ip"}

    answers = [try_to_log_in(client, f"somebody{n}@example.com", WRONG) for n in range(2)]

    assert [answer.status_code for answer in answers] == [200, 429]
    assert "<title>Too many tries · PT Practice</title>" in answers[1].content.decode()


def test_spelling_the_address_differently_earns_no_further_tries(client):
    UserFactory(email="rosa@example.com")
    spellings = ["rosa@example.com", "Rosa@example.com", " ROSA@example.com", "rosa@EXAMPLE.com"]

    for n in range(10):
        try_to_log_in(client, spellings[n % 4], WRONG)
    response = try_to_log_in(client, "rOsa@example.com", PASSWORD)

    assert response.status_code == 429


def test_a_lock_does_not_hold_colleagues_at_the_same_address(client):
    user, colleague = UserFactory(), UserFactory()
    for _ in range(10):
        try_to_log_in(client, user.email, WRONG)

    response = try_to_log_in(client, colleague.email, PASSWORD)

    assert response.status_code == 302


def test_a_closed_account_stays_out(client):
    user = UserFactory(is_active=False)

    response = try_to_log_in(client, user.email, PASSWORD)

    assert "_auth_user_id" not in client.session
    assert response["Location"] == reverse("account_inactive")


def test_logging_out_ends_the_session(client):
    client.force_login(UserFactory())

    response = client.post(reverse("account_logout"))

    assert (response.status_code, response["Location"]) == (302, reverse("account_login"))
    assert "_auth_user_id" not in client.session


def test_an_authenticator_app_is_set_up_and_then_asked_for(client):
    user = UserFactory()
    set_up_an_app(client, user)
    client.post(reverse("account_logout"))

    first_step = try_to_log_in(client, user.email, PASSWORD)
    between = client.get(reverse("home"))

    kinds = Authenticator.objects.filter(user=user).values_list("type", flat=True)
    assert sorted(kinds) == ["recovery_codes", "totp"]
    assert first_step["Location"] == reverse("mfa_authenticate")
    assert between["Location"] == reverse("account_login") + "?next=/"


def test_the_code_of_the_app_completes_the_log_in(client):
    user = UserFactory()
    secret = set_up_an_app(client, user)
    client.post(reverse("account_logout"))
    try_to_log_in(client, user.email, PASSWORD)

    cache.clear()  # which remembers that this half minute's code was used to set the app up
    response = client.post(reverse("mfa_authenticate"), {"code": code_now(secret)})

    assert (response.status_code, response["Location"]) == (302, "/")
    assert client.session["_auth_user_id"] == str(user.pk)


@pytest.mark.parametrize(("late", "opens"), [(0, True), (30, True), (60, False), (-30, True)])
def test_a_code_opens_half_a_minute_before_and_after_its_own(client, monkeypatch, late, opens):
    user = UserFactory()
    secret = set_up_an_app(client, user)
    client.post(reverse("account_logout"))
    try_to_log_in(client, user.email, PASSWORD)
    cache.clear()
    shown_at = time.time()
    now = mock.Mock(wraps=time, time=lambda: shown_at + late)
    monkeypatch.setattr(totp, "time", now)

    client.post(reverse("mfa_authenticate"), {"code": code_at(secret, shown_at)})

    assert ("_auth_user_id" in client.session) is opens


def test_a_recovery_code_opens_once(client):
    user = UserFactory()
    set_up_an_app(client, user)
    code = client.get(reverse("mfa_view_recovery_codes")).context["unused_codes"][0]

    outcomes = []
    for _ in range(2):
        client.post(reverse("account_logout"))
        try_to_log_in(client, user.email, PASSWORD)
        client.post(reverse("mfa_authenticate"), {"code": code})
        outcomes.append("_auth_user_id" in client.session)

    assert outcomes == [True, False]


def test_ten_wrong_codes_in_the_second_step_are_the_last(client):
    user = UserFactory()
    secret = set_up_an_app(client, user)
    client.post(reverse("account_logout"))
    try_to_log_in(client, user.email, PASSWORD)

    for _ in range(10):
        client.post(reverse("mfa_authenticate"), {"code": "000000"})
    response = client.post(reverse("mfa_authenticate"), {"code": code_now(secret)})

    assert "_auth_user_id" not in client.session
    assert "Too many" in response.content.decode()


def test_changing_how_one_logs_in_asks_for_the_password_once_more(client):
    user = UserFactory()
    try_to_log_in(client, user.email, PASSWORD)

    before = client.get(reverse("mfa_activate_totp"))
    confirm_password(client)
    after = client.get(reverse("mfa_activate_totp"))

    assert before["Location"].startswith(reverse("account_reauthenticate"))
    assert after.status_code == 200


def test_a_forgotten_password_is_set_anew_by_a_mailed_link_that_works_once(client):
    user = UserFactory()

    client.post(reverse("account_reset_password"), {"email": user.email})
    message = mail.outbox[0]
    path = re.search(r"http://testserver(\S+)", message.body).group(1)
    form_path = client.get(path)["Location"]
    new = "four-words-in-a-row"
    client.post(form_path, {"password1": new, "password2": new})
    again = client.get(path, follow=True)

    assert message.subject == "Set a new password"
    user.refresh_from_db()
    assert user.check_password(new)
    assert "This link no longer works" in again.content.decode()


def test_a_reset_for_an_unknown_address_looks_the_same_on_screen(client):
    user = UserFactory()

    known = client.post(reverse("account_reset_password"), {"email": user.email})
    unknown = client.post(reverse("account_reset_password"), {"email": "nobody@example.com"})

    assert known["Location"] == unknown["Location"] == reverse("account_reset_password_done")
    assert [message.to for message in mail.outbox] == [[user.email]]


@pytest.mark.parametrize("name", ["account_signup", "account_email", "account_request_login_code"])
def test_nobody_signs_up_or_changes_their_address_by_themselves(name):
    with pytest.raises(NoReverseMatch):
        reverse(name)


@pytest.mark.parametrize(
    "name",
    [
        "mfa_index",
        "mfa_activate_totp",
        "mfa_generate_recovery_codes",
        "mfa_list_webauthn",
        "mfa_add_webauthn",
        "account_change_password",
    ],
)
def test_pages_about_ones_own_log_in_open_for_every_role_and_for_nobody_else(client, name):
    stranger = client.get(reverse(name))
    user = UserFactory(roles=["auditor"])
    try_to_log_in(client, user.email, PASSWORD)
    member = client.get(reverse(name), follow=True)

    assert stranger["Location"] == reverse("account_login") + "?next=" + reverse(name)
    assert member.status_code == 200


def test_pulse_says_who_is_here_and_gives_a_token_that_works(client):
    client.handler.enforce_csrf_checks = True
    user = UserFactory()
    client.force_login(user)

    answer = client.get(reverse("account_pulse"), headers={"Accept": "application/json"}).json()
    saved = client.post(
        reverse("account_theme"), {"theme": "dark"}, headers={"X-CSRFToken": answer["csrf"]}
    )

    assert answer["user"] == user.pk
    assert saved.status_code == 204
    user.refresh_from_db()
    assert user.theme == "dark"


def test_pulse_tells_a_script_that_the_session_is_over(client):
    response = client.get(reverse("account_pulse"), headers={"Accept": "application/json"})

    assert (response.status_code, response.json()["code"]) == (401, "logged_out")


def test_an_unknown_theme_is_refused_and_nothing_changes(client):
    user = UserFactory()
    client.force_login(user)

    response = client.post(reverse("account_theme"), {"theme": "purple"})

    user.refresh_from_db()
    assert (response.status_code, user.theme) == (400, "auto")
