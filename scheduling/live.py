"""Has anything changed on the screen? A mark over the appointments and closures of a stretch.

The mark is read in one query over an index and moves with every booking, move, status and closure,
whoever wrote it and however: no counter has to be kept, so no writer waits for another.
"""

from __future__ import annotations

import datetime as dt
import hashlib

from django.db.models import CharField, F, Q, Value
from django.db.models.functions import Cast, Concat

from people.models import User
from scheduling.models import Appointment, Closure
from scheduling.slots import Span

LONGEST_SPAN = dt.timedelta(days=45)  # a month's grid with its edges


def mark(span: Span, *, user: User, clinic: int | None = None, therapist: int | None = None) -> str:
    """The mark of a clinic's day, or of a therapist's week, as this person may see it."""
    rows = Appointment.objects.visible_to(user).overlapping(span.starts_at, span.ends_at)
    closures = Closure.objects.visible_to(user).overlapping(span.starts_at, span.ends_at)
    if clinic is not None:
        rows = rows.filter(clinic=clinic)
    if therapist is not None:
        rows = rows.filter(therapist=therapist)
        closures = closures.filter(Q(therapist=therapist) | Q(clinic__isnull=False))
    # One statement for both; without an order of its own, which Python gives it cheaper.
    seen = rows.order_by().values_list("pk", "version", Value("", output_field=CharField()))
    shut = closures.order_by().values_list(
        -F("pk"), Value(0), Concat(_text("starts_at"), _text("ends_at"), F("reason"))
    )
    return hashlib.sha256(repr(sorted(seen.union(shut, all=True))).encode()).hexdigest()[:24]


def _text(name: str) -> Cast:
    return Cast(name, CharField())
