"""The audit page: its filters, its addresses without an MRN, and the button that verifies."""

import datetime as dt

import pytest
from django.db import connection

from people import audit
from people.models import AuditEvent, Role
from tests.factories import ClinicFactory, PatientFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def auditor(client):
    person = UserFactory(roles=[Role.AUDITOR])
    client.force_login(person)
    return person


def words_in(response) -> list[str]:
    return [row["words"] for row in response.context["rows"]]


def test_the_newest_line_stands_first_in_words(client, auditor):
    patient = PatientFactory()
    audit.record(by=auditor, action="patient.viewed", patient=patient)
    audit.record(by=None, action="account.password_reset", fields=["a_b", "c"], count=3)

    rows = client.get("/audit/").context["rows"]

    assert [(row["words"], row["target"], row["detail"]) for row in rows] == [
        ("Account password reset", "", "count: 3; fields: a_b, c"),
        ("Patient viewed", "", ""),
    ]


def test_the_filter_goes_on_as_ids_and_no_mrn_stands_in_the_address(client, auditor):
    patient, somebody = PatientFactory(mrn="PT001001"), UserFactory()
    audit.record(by=somebody, action="patient.viewed", patient=patient)
    audit.record(by=auditor, action="patient.viewed", patient=patient)
    audit.record(by=somebody, action="patient.viewed", patient=PatientFactory())
    audit.record(by=somebody, action="patient.changed", patient=patient)

    sent = client.post(
        "/audit/", {"mrn": " pt001001 ", "person": somebody.pk, "action": "patient.viewed"}
    )
    page = client.get(sent["Location"])

    assert sent["Location"] == (
        f"/audit/?patient={patient.pk}&person={somebody.pk}&action=patient.viewed"
    )
    assert [row["event"].patient for row in page.context["rows"]] == [patient]
    assert page.context["form"]["mrn"].value() == "PT001001"


def test_an_mrn_that_nobody_has_is_said_beside_it(client, auditor):
    response = client.post("/audit/", {"mrn": "PT999999"})

    assert response.status_code == 422
    assert response.context["form"].errors == {"mrn": ["No patient has this MRN."]}


def test_days_are_those_of_the_clinics_wall_clock(client, auditor):
    ClinicFactory(time_zone="America/Los_Angeles")
    for hour, action in ((6, "before"), (8, "within"), (32, "after")):
        event = audit.record(by=None, action=action)
        moment = dt.datetime(2026, 3, 2, tzinfo=dt.UTC) + dt.timedelta(hours=hour, minutes=59)
        set_moment(event, moment)

    page = client.get("/audit/?since=2026-03-02&until=2026-03-02")

    assert words_in(page) == ["Within"]


def set_moment(event: AuditEvent, moment: dt.datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE people_auditevent SET at = %s WHERE id = %s", [moment, event.pk])
        cursor.execute("SET LOCAL session_replication_role = origin")


@pytest.mark.parametrize(
    "query",
    [
        "patient=x",
        "patient=" + "9" * 30,
        "person=-1",
        "since=2026-02-31",
        "until=9999-12-31",
        "since=0001-01-01",
        "page=999",
        "page=x",
        "action=a%00b",
    ],
)
def test_an_address_that_says_nonsense_still_gets_a_page(client, auditor, query):
    assert client.get(f"/audit/?{query}").status_code == 200


def test_the_last_day_before_the_first_is_said_beside_it(client, auditor):
    response = client.post("/audit/", {"since": "2026-03-02", "until": "2026-03-01"})

    assert response.context["form"].errors == {"until": ["This is before the first day."]}


def test_fifty_lines_to_a_page(client, auditor):
    for n in range(51):
        audit.record(by=auditor, action=f"act.{n}")

    first, second = client.get("/audit/"), client.get("/audit/?page=2")

    assert (len(words_in(first)), words_in(second)) == (50, ["Act 0"])


def test_an_unbroken_chain_is_said_to_be_verified_and_the_act_is_written_down(client, auditor):
    audit.record(by=auditor, action="one")
    connection.check_constraints()

    piece = client.post("/audit/verify/", headers={"HX-Request": "true"}).content.decode()

    assert "Chain verified:" in piece
    assert "all 1 lines" in piece
    assert AuditEvent.objects.latest("pk").detail == {"broken": 0, "events": 1}


def test_a_broken_chain_names_the_place(client, auditor):
    for action in ("one", "two", "three"):
        audit.record(by=auditor, action=action)
    connection.check_constraints()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE people_auditevent SET action = 'four' WHERE position = 2")
        cursor.execute("SET LOCAL session_replication_role = origin")

    piece = client.post("/audit/verify/", headers={"HX-Request": "true"}).content.decode()

    assert "The chain is broken</strong> at position 2." in piece


def test_verifying_works_without_javascript(client, auditor):
    audit.record(by=auditor, action="one")
    connection.check_constraints()

    page = client.get(client.post("/audit/verify/")["Location"])

    assert [str(message) for message in page.context["messages"]] == [
        "Chain verified: all 1 lines stand as they were written."
    ]


@pytest.mark.parametrize("role", [Role.FRONT_DESK, Role.THERAPIST, Role.ASSISTANT, Role.BILLER])
def test_nobody_else_reads_the_audit(client, role):
    client.force_login(UserFactory(roles=[role], clinics=[ClinicFactory()]))

    assert client.get("/audit/").status_code == 403
    assert client.post("/audit/verify/").status_code == 403
