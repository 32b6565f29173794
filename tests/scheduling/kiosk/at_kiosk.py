"""What is typed at a kiosk, and what comes back."""

import datetime as dt

from django.utils import timezone

from scheduling import kiosks
from tests.factories import AppointmentFactory, at

BORN = dt.date(1958, 3, 12)
WORDS = {"month": "3", "day": "12", "year": "1958", "last_name": "Okafor"}
YES, NO = "You are checked in. Please take a seat.", "Please see the front desk."


def expected(desk, patient, *, hour=11, **more):
    return AppointmentFactory(
        patient=patient, therapist=desk.therapist, type=desk.type, starts_at=at(hour), **more
    )


def path_of(desk, name="Entrance"):
    address = kiosks.make(clinic=desk.clinic, name=name, by=desk.user)
    return address.removeprefix("http://localhost:8000")


def tell(tablet, path, **changes):
    return tablet.post(path, WORDS | changes)


def whole(answer):
    return answer.status_code, dict(answer.items()), answer.cookies.output(), answer.content


def status_of(row):
    row.refresh_from_db()
    return row.status


def clock_at(monkeypatch, hour, minute=0):
    moment = at(hour, minute).astimezone(dt.UTC)
    monkeypatch.setattr(timezone, "now", lambda: moment)
