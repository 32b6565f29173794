"""Who may open what: the rule on each page, and the one door to a chart.

Each view carries `@allow(...)` or `@public`; `web.middleware.DenyByDefault` refuses a view
with neither. A record comes from `open_patient` (or its like above), which scopes, then writes
down who looked.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse

from people import audit
from people.models import Patient, Role, User
from web.responses import log_in_first

View = Callable[..., HttpResponse]

ANY_STAFF = tuple(Role.values)
CLINICAL = (Role.OWNER, Role.THERAPIST, Role.ASSISTANT)
DESK = (Role.OWNER, Role.FRONT_DESK)
READS_CHARTS = (Role.OWNER, Role.THERAPIST, Role.ASSISTANT, Role.BILLER, Role.AUDITOR)
BILLING = (Role.OWNER, Role.BILLER)


def allow(*roles: str) -> Callable[[View], View]:
    """Open a view to signed-in staff who hold one of the roles."""
    rule = roles or ANY_STAFF

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return log_in_first(request)
            if not request.user.has_role(*rule):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded.access_rule = tuple(rule)  # type: ignore[attr-defined]
        return guarded

    return decorate


def public(view: View) -> View:
    """Open a view to anybody: log-in, health, error pages."""
    view.access_rule = "public"  # type: ignore[attr-defined]
    return view


def find_visible(queryset: Any, pk: int, *, by: User) -> Any:
    """The record, if this person may see it; else 404, which does not say whether it exists."""
    try:
        return queryset.visible_to(by).get(pk=pk)
    except queryset.model.DoesNotExist:
        raise Http404("There is no such record, or it belongs to another clinic.") from None


def open_patient(pk: int, *, by: User) -> Patient:
    """A patient's record, with a line in the audit that `by` looked."""
    patient: Patient = find_visible(Patient.objects.select_related("clinic"), pk, by=by)
    audit.record(by=by, action="patient.viewed", patient=patient)
    return patient
