"""The plan of a series on the page: asked for, read, and sent back as it was shown."""

import datetime as dt
import re

from django.urls import reverse

from tests.factories import PORTLAND

FIRST = dt.date(2026, 3, 9)  # the Monday after the one it is


def asked(desk, **changes):
    values = {
        "clinic": desk.clinic.pk,
        "patient": desk.patient.pk,
        "appointment_type": desk.type.pk,
        "per_week": "3",
        "weeks": "2",
        "starts_on": FIRST.isoformat(),
        "time_of_day": "morning",
        "same_therapist": "on",
    } | changes
    return {name: value for name, value in values.items() if value is not None}


def new(client, desk, **changes):
    return client.post(reverse("scheduling:series-new"), asked(desk, **changes))


def in_short(response):
    """Each row of the plan: its place, when, why not, what is ticked (and when that is)."""
    return [
        (
            row.visit.position,
            f"{row.place.opening.starts_at.astimezone(PORTLAND):%m/%d %H:%M}",
            row.why,
            ticked(row),
        )
        for row in response.context["plan"].rows
    ]


def ticked(row):
    for choice in [row.place, *row.choices]:
        if choice.code == row.chosen:
            return f"{choice.opening.starts_at.astimezone(PORTLAND):%m/%d %H:%M}"
    return row.chosen


def as_shown(response):
    """What the browser sends when "Book these visits" is pressed on the page as it came."""
    page = response.content.decode()
    page = page[page.index('<form method="post"', page.index('id="plan-title"')) :]
    sent = {}
    for tag in re.findall(r"<input[^>]+>", page):
        found = dict(re.findall(r'(\w[\w-]*)="([^"]*)"', tag))
        if found["type"] in ("checkbox", "radio") and " checked" not in tag:
            continue
        if "name" in found:
            sent.setdefault(found["name"], []).append(
                found.get("value", "on" if found["type"] == "checkbox" else "")
            )
    return sent | {"book": "1"}
