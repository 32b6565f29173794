"""`api_token` and `verify` at the command line."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from rest_framework.test import APIClient

from people import audit, verification
from people.models import ApiToken, AuditEvent
from tests.factories import ClinicFactory, UserFactory

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def test_the_token_is_printed_once_and_opens_the_api():
    person = UserFactory(email="ada@example.com", clinics=[ClinicFactory()])

    token = run("api_token", "Ada@Example.com").strip()

    answer = APIClient(headers={"Authorization": f"Bearer {token}"}).get("/api/v1/patients/")
    assert answer.status_code == 200
    assert token not in ApiToken.objects.get(user=person).digest
    event = AuditEvent.objects.get(action="account.token_issued")
    assert event.target_id == person.pk


def test_a_new_token_ends_the_one_before():
    UserFactory(email="ada@example.com")
    before = run("api_token", "ada@example.com").strip()

    run("api_token", "ada@example.com")

    answer = APIClient(headers={"Authorization": f"Bearer {before}"}).get("/api/v1/patients/")
    assert answer.status_code == 401


@pytest.mark.parametrize(
    ("account", "sentence"),
    [
        ({"email": "other@example.com"}, "No account has the e-mail ada@example.com."),
        ({"is_active": False}, "The account ada@example.com has been ended."),
        (
            {"password_is_temporary": True},
            "ada@example.com must choose a password of their own first.",
        ),
    ],
)
def test_why_there_is_no_token_is_said_in_a_sentence(account, sentence):
    UserFactory(**{"email": "ada@example.com"} | account)

    with pytest.raises(CommandError) as refusal:
        run("api_token", "ada@example.com")

    assert str(refusal.value) == sentence
    assert ApiToken.objects.count() == 0


@pytest.fixture
def only_the_audit_line(monkeypatch):
    monkeypatch.setattr(verification, "_checks", {})
    verification.register("audit line", verification.broken_audit_line)


def test_verify_says_that_all_is_well(only_the_audit_line):
    assert run("verify") == "audit line  ok\n"


def test_verify_names_the_place_where_the_audit_line_was_changed(only_the_audit_line):
    for action in ("one", "two", "three"):
        audit.record(by=None, action=action)
    connection.check_constraints()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("DELETE FROM people_auditevent WHERE position = 2")
        cursor.execute("SET LOCAL session_replication_role = origin")
    out = StringIO()

    with pytest.raises(CommandError, match="audit line"):
        call_command("verify", stdout=out)

    assert out.getvalue() == (
        "audit line  1 wrong\n  event at position 3: it was changed, removed or put in later\n"
    )


def test_a_check_that_breaks_is_a_problem_and_the_others_still_run(only_the_audit_line):
    verification.register("zebra", lambda: 1 / 0)
    verification.register("apple", lambda: ["a pip is missing"])

    assert verification.run() == [
        verification.Verified("apple", ["a pip is missing"]),
        verification.Verified("audit line", []),
        verification.Verified("zebra", ["the check itself broke: ZeroDivisionError"]),
    ]


def test_what_the_apps_registered_is_verified():
    names = [report.name for report in verification.run()]

    assert "audit line" in names
    assert len(names) > 1
