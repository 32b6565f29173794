"""The draft of a report, for the session page to offer."""

from __future__ import annotations

from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_POST

from documentation import reports
from documentation.models import Visit
from people.access import CLINICAL, allow, find_visible
from scheduling.access import StaffRequest


@allow(*CLINICAL)
@require_POST
def report_draft(request: StaffRequest, pk: int) -> HttpResponse:
    """Text by field. A POST, because it is written down that the chart was read for it."""
    visit = find_visible(Visit.objects.select_related("patient", "note"), pk, by=request.user)
    kind = request.POST.get("kind", "")
    return JsonResponse({"texts": reports.draft(visit=visit, kind=kind, by=request.user)})
