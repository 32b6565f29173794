"""What the tests of pages share: filled-in forms, posting as htmx or a drag, reading answers."""

import json

from django.urls import reverse

HTMX = {"HX-Request": "true"}
DRAG = {"Accept": "application/json"}


def filled(desk, **changes):
    values = {
        "clinic": desk.clinic.pk,
        "patient": desk.patient.pk,
        "patient_name": "Okafor, Ada",
        "appointment_type": desk.type.pk,
        "date": "2026-03-02",
        "time": "13:00",
        "minutes": "45",
        "therapist": desk.therapist.pk,
        "room": "",
        "remark": "",
    }
    return {name: value for name, value in (values | changes).items() if value is not None}


def post(client, name, data, *args, headers=None):
    return client.post(reverse(f"scheduling:{name}", args=args), data, headers=headers or {})


def told(response):
    return json.loads(response.headers["HX-Trigger"])["toast"]


def words(response):
    return " ".join(response.content.decode().split())


def moved(desk, **changes):
    values = {
        "version": "1",
        "date": "2026-03-02",
        "time": "14:00",
        "minutes": "45",
        "therapist": desk.therapist.pk,
        "room": "",
    }
    return values | changes
