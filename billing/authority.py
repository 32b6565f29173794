"""Which authorization a visit is billed under: the one of its own day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db.models import Count

from billing.models import Claim
from documentation.models import Visit
from people.models import Authorization, Coverage


def authorization_for(visit: Visit, coverage: Coverage | None) -> Authorization | None:
    """The authorization the visit was reserved on, if it is of that card and holds on that day.

    Else of those the day falls into: one that names what was done before one that does not, one
    with visits left before one without, and then the one that ends first.
    """
    if coverage is None:
        return None
    booked = visit.appointment.authorization if visit.appointment is not None else None
    if (
        booked is not None
        and booked.coverage_id == coverage.pk
        and booked.is_active_on(visit.date_of_service)
    ):
        return booked
    done = {
        *visit.timed_entries.values_list("code", flat=True),
        *visit.service_entries.values_list("code", flat=True),
    }
    of_the_day = list(
        Authorization.objects.filter(
            coverage=coverage,
            starts_on__lte=visit.date_of_service,
            ends_on__gte=visit.date_of_service,
        )
    )
    if len(of_the_day) < 2:
        return of_the_day[0] if of_the_day else None
    used = _visits_used(of_the_day, visit)

    def order(held: Authorization) -> tuple[bool, bool, dt.date, int]:
        names_all = not held.codes or done <= set(held.codes)
        approved = held.visits_approved
        is_used_up = approved is not None and used.get(held.pk, 0) >= approved
        return not names_all, is_used_up, held.ends_on, held.pk

    return min(of_the_day, key=order)


def _visits_used(held: Sequence[Authorization], visit: Visit) -> dict[int, int]:
    """Other visits billed under each."""
    rows = (
        Claim.objects.filter(authorization__in=held)
        .exclude(visit=visit)
        .exclude(status__in=[Claim.Status.VOID, Claim.Status.DENIED])
        .order_by()
        .values_list("authorization")
        .annotate(visits=Count("visit", distinct=True))
    )
    return dict(rows)
