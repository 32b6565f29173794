"""Every list as a CSV file: who may have it, what stands in it, and that it is written down."""

import csv
import datetime as dt
import io
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from people.models import AuditEvent, Message, Role
from scheduling.models import Appointment
from tests.access_records import worlds
from tests.factories import (
    AppointmentFactory,
    AppointmentTypeFactory,
    ClinicFactory,
    PatientFactory,
    PayerFactory,
    TherapistFactory,
    UserFactory,
    at,
)
from tests.file_answers import file_headers, saved

pytestmark = pytest.mark.django_db

LISTS = [
    "people:patients",
    "people:payers",
    "people:referrers",
    "people:staff",
    "people:messages",
    "people:audit",
    "scheduling:day-print",
    "scheduling:patient-appointments",
    "scheduling:fees-to-decide",
    "scheduling:authorizations",
    "scheduling:over-budget",
    "scheduling:wait-list",
    "scheduling:calls",
    "scheduling:takings",
    "billing:claims",
    "billing:batches",
    "billing:replies",
    "documentation:compliance",
]


def read(response) -> list[list[str]]:
    content = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(content, newline="")))


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_each_list_is_exported_to_whom_the_page_opens_and_to_nobody_else():
    here, _, staff = worlds()
    clients = {role: signed_in(person) for role, person in staff.items()}
    assert set(clients) == set(Role.values)
    differing, with_rows = [], set()

    for name in LISTS:
        arguments = [here.get("patient").pk] if name == "scheduling:patient-appointments" else []
        for role, client in clients.items():
            address = reverse(name, args=arguments)
            page = client.get(address)
            file = client.get(address, {"format": "csv"})
            if page.status_code != file.status_code:
                differing.append((name, role))
            elif file.status_code == 200:
                assert file["Content-Type"] == "text/csv; charset=utf-8", name
                titles, *rows = read(file)
                assert len(set(titles)) == len(titles), name
                with_rows |= {name} if rows else set()

    assert differing == []
    assert {"people:patients", "people:staff", "billing:claims", "billing:batches"} <= with_rows


def test_an_export_says_in_the_audit_which_list_and_how_many_rows():
    clinic = ClinicFactory()
    owner = UserFactory(roles=[Role.OWNER])
    PayerFactory.create_batch(3)

    response = signed_in(owner).get(reverse("people:payers"), {"format": "csv"})

    event = AuditEvent.objects.get(action="list.exported")
    assert (event.actor, event.detail) == (owner, {"list": "payers", "rows": 3})
    today = timezone.localdate().isoformat()
    assert file_headers(response) == saved(f"payers-{today}.csv")
    assert clinic.name not in response["Content-Disposition"]


def test_the_patients_are_those_of_the_page_and_a_search_goes_by_post():
    here, elsewhere = ClinicFactory(), ClinicFactory()
    desk = UserFactory(roles=[Role.FRONT_DESK], clinics=[here])
    ada = PatientFactory(
        clinic=here,
        first_name="Ada",
        last_name="=Okafor",
        birth_date=dt.date(1958, 3, 12),
        mobile_phone="+15035550142",
    )
    bo = PatientFactory(clinic=here, first_name="Bo", last_name="Lind")
    PatientFactory(clinic=elsewhere, first_name="Cy", last_name="Okafor")
    client = signed_in(desk)

    everybody = read(client.get(reverse("people:patients"), {"format": "csv"}))
    found = read(client.post(reverse("people:patients"), {"q": "okafor", "format": "csv"}))

    line = ["'=Okafor", "Ada", "", "1958-03-12", ada.mrn, "(503) 555-0142", "", str(here), ""]
    assert sorted(row[4] for row in everybody[1:]) == sorted([ada.mrn, bo.mrn])
    assert found == [
        [
            "Last name",
            "First name",
            "Preferred name",
            "Birth date",
            "MRN",
            "Mobile phone",
            "Home phone",
            "Clinic",
            "Died on",
        ],
        line,
    ]


def test_the_day_holds_its_appointments_and_what_was_cancelled_but_no_other_day():
    clinic = ClinicFactory()
    therapist = TherapistFactory(user__clinics=[clinic])
    kind = AppointmentTypeFactory(name="Follow-up", minutes=45)

    def visit(hour, last_name, **facts):
        return AppointmentFactory(
            patient=PatientFactory(clinic=clinic, first_name="Ada", last_name=last_name),
            therapist=therapist,
            clinic=clinic,
            type=kind,
            starts_at=at(hour),
            **facts,
        )

    visit(9, "Okafor", remark="Ramp")
    visit(10, "Lind", status="cancelled", cancel_reason="Ill")
    AppointmentFactory(therapist=therapist, clinic=clinic, starts_at=at(9, day=dt.date(2026, 3, 9)))
    desk = UserFactory(roles=[Role.FRONT_DESK], clinics=[clinic])
    day = at(9).astimezone(clinic.zone).date().isoformat()

    rows = read(
        signed_in(desk).get(reverse("scheduling:day-print"), {"date": day, "format": "csv"})
    )

    assert [(row[2], row[8], row[9], row[10]) for row in rows[1:]] == [
        ("Okafor, Ada", "Booked", "", "Ramp"),
        ("Lind, Ada", "Cancelled", "Ill", ""),
    ]
    assert rows[1][0] == at(9).astimezone(clinic.zone).isoformat(sep=" ", timespec="minutes")


def test_missed_visits_carry_the_fee_plain():
    clinic = ClinicFactory()
    row = AppointmentFactory(
        clinic=clinic, status="no_show", proposed_fee=Decimal("40.00"), starts_at=at(9)
    )
    desk = UserFactory(roles=[Role.FRONT_DESK], clinics=[row.clinic])

    titles, *rows = read(
        signed_in(desk).get(reverse("scheduling:fees-to-decide"), {"format": "csv"})
    )

    assert [dict(zip(titles, line, strict=True))["Proposed fee"] for line in rows] == ["40.00"]


def test_messages_are_those_of_the_tab():
    clinic = ClinicFactory()
    patient = PatientFactory(clinic=clinic, first_name="Ada", last_name="Okafor")
    for status in ("failed", "waiting"):
        Message.objects.create(
            patient=patient,
            kind="appointment.reminder",
            source_key=status,
            channel="sms",
            to="+15035550142",
            body="See you.",
            status=status,
            problem="This is not a mobile number." if status == "failed" else "",
        )
    desk = UserFactory(roles=[Role.FRONT_DESK], clinics=[clinic])

    rows = read(
        signed_in(desk).get(reverse("people:messages"), {"show": "waiting", "format": "csv"})
    )

    assert [row[1:8] for row in rows[1:]] == [
        ["Okafor, Ada", patient.mrn, "Reminder", "Text message", "(503) 555-0142", "Waiting", ""]
    ]


@pytest.mark.parametrize("count", [1, 3])
def test_an_export_costs_the_same_queries_for_any_number_of_rows(django_assert_num_queries, count):
    clinic = ClinicFactory()
    for number in range(count):
        AppointmentFactory(
            clinic=clinic, status="no_show", proposed_fee=Decimal(40), starts_at=at(9 + number)
        )
    client = signed_in(UserFactory(roles=[Role.OWNER]))
    assert Appointment.objects.count() == count
    client.get(reverse("scheduling:fees-to-decide"))  # writes into the session when it was seen

    with django_assert_num_queries(5):  # session, user, count, audit, rows
        rows = read(client.get(reverse("scheduling:fees-to-decide"), {"format": "csv"}))

    assert len(rows) == 1 + count
