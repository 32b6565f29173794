import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.utils import timezone

from people import consents, questionnaires
from people.models import AuditEvent, ConsentForm, ConsentSignature, Message, Questionnaire
from pt_practice.demo import weeks
from scheduling.models import (
    Appointment,
    AppointmentMessage,
    DeskPayment,
    Kiosk,
    Series,
    TimeRequest,
)

pytestmark = pytest.mark.django_db

HERE = ZoneInfo("America/Los_Angeles")
HOURS = {
    "before the first visit": dt.datetime(2026, 6, 2, 4, 20, tzinfo=HERE),
    "in the middle of the morning": dt.datetime(2026, 6, 3, 10, 15, tzinfo=HERE),
    "when all have gone home": dt.datetime(2026, 6, 4, 23, 40, tzinfo=HERE),
    "on Friday night": dt.datetime(2026, 6, 5, 22, tzinfo=HERE),
    "on Sunday": dt.datetime(2026, 6, 7, 12, tzinfo=HERE),
}


@pytest.mark.parametrize("local", HOURS.values(), ids=HOURS.keys())
def test_the_demo_loads_at_any_hour_and_tells_patients_of_what_is_to_come(monkeypatch, local):
    now = local.astimezone(dt.UTC)
    monkeypatch.setattr(timezone, "now", lambda: now)
    monkeypatch.setattr(weeks, "WEEKS_BEFORE", 0)  # what was treated last week is the slow part
    monkeypatch.setattr(weeks, "WEEKS_AFTER", 1)

    call_command("seed_demo", patients=24, verbosity=0)

    told = AppointmentMessage.objects.select_related("appointment")
    assert {row.appointment.status for row in told} <= {"booked", "confirmed"}
    assert all(row.appointment.starts_at > now for row in told)
    assert Message.objects.filter(status="failed").count() == 1
    assert AuditEvent.objects.filter(action="appointment.confirmed_by_link").count() == 1
    assert [request.appointment.is_live for request in TimeRequest.objects.all()] == [True]


def test_the_demos_counter_has_something_of_everything_even_on_sunday(monkeypatch):
    now = HOURS["on Sunday"].astimezone(dt.UTC)
    monkeypatch.setattr(timezone, "now", lambda: now)
    monkeypatch.setattr(weeks, "WEEKS_AFTER", 1)
    monkeypatch.setattr(weeks, "treat", lambda *_: None)  # the slow part

    call_command("seed_demo", patients=40, verbosity=0)

    answers = ConsentSignature.objects.values_list("answer", flat=True)
    assert (ConsentForm.objects.count(), answers.filter(answer="declined").count()) == (2, 1)
    assert consents.changed_signatures() == []
    statuses = Questionnaire.objects.order_by("pk").values_list("status", flat=True)
    assert list(statuses) == ["sent_in", "sent_in", "open"]
    assert all(questionnaires.proposals(row) for row in Questionnaire.objects.waiting())
    assert DeskPayment.objects.count() > 0
    assert Appointment.objects.filter(proposed_fee__gt=0, desk_fees=None).count() == 1
    series = Series.objects.all()
    assert [row.visits for row in series] == [row.appointments.count() for row in series]
    assert series.count() == 3
    moved = Appointment.objects.exclude(detached_from_series_at=None)
    assert list(moved.values_list("series_position", flat=True)) == [series.last().visits]
    assert [str(row.clinic) for row in Kiosk.objects.filter(revoked_at=None)] == ["Riverbend"]
