import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.utils import timezone

from people.models import AuditEvent, Message
from pt_practice.demo import weeks
from scheduling.models import AppointmentMessage, TimeRequest

pytestmark = pytest.mark.django_db

HERE = ZoneInfo("America/Los_Angeles")
HOURS = {
    "before the first visit": dt.datetime(2026, 6, 2, 4, 20),
    "in the middle of the morning": dt.datetime(2026, 6, 3, 10, 15),
    "when all have gone home": dt.datetime(2026, 6, 4, 23, 40),
    "on Friday night": dt.datetime(2026, 6, 5, 22),
    "on Sunday": dt.datetime(2026, 6, 7, 12),
}


@pytest.mark.parametrize("local", HOURS.values(), ids=HOURS.keys())
def test_the_demo_loads_at_any_hour_and_tells_patients_of_what_is_to_come(monkeypatch, local):
    now = local.replace(tzinfo=HERE).astimezone(dt.UTC)
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
