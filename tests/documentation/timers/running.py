"""A timer that was started, and the minutes that then stand on the page."""

import datetime as dt
import uuid

from django.utils import timezone

from documentation import drafts, timers
from documentation.models import Draft
from tests.documentation.session_pages import KEY

OTHER_KEY = "0d9b6a3e-5c1f-4a77-9f39-2b8d1d3a0002"


def minutes_ago(minutes, seconds=0):
    return timezone.now() - dt.timedelta(minutes=minutes, seconds=seconds)


def start(visit, minutes=10, key=KEY, code="97110", **values):
    return timers.start(
        visit=visit,
        entry=uuid.UUID(key),
        code=code,
        at=minutes_ago(minutes),
        by=visit.therapist.user,
        **values,
    ).timer


def on_the_page(visit, *entries):
    drafts.save_draft(
        visit=visit,
        content={"note": {}, "entries": list(entries)},
        base_version=0,
        by=visit.therapist.user,
    )


def typed_minutes(visit):
    return {
        row["key"]: row.get("minutes") for row in Draft.objects.get(visit=visit).content["entries"]
    }
