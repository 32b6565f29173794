"""The flowsheet of exercises: a page of the case, and a side look from the session."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_safe

from documentation.access import open_episode
from documentation.flowsheets import BESIDE, VISITS, flowsheet
from documentation.models import Episode
from people.access import CLINICAL, READS_CHARTS, allow, find_visible
from people.models import Patient
from scheduling.access import StaffRequest


@allow(*READS_CHARTS)
@require_safe
def case_flowsheet(request: StaffRequest, pk: int) -> HttpResponse:
    episode = open_episode(pk, by=request.user)
    context = {
        "episode": episode,
        "patient": episode.patient,
        "sheet": flowsheet(episode, user=request.user, most=VISITS),
    }
    return render(request, "documentation/flowsheet.html", context)


@allow(*CLINICAL)
@require_GET
def flowsheet_panel(request: StaffRequest, pk: int) -> HttpResponse:
    """The last visits of the patient's newest case. The page itself was audited."""
    patient = find_visible(Patient.objects.all(), pk, by=request.user)
    episode = (
        Episode.objects.visible_to(request.user)
        .filter(patient__in=Patient.objects.same_person(patient.pk))
        .order_by("-started_on", "-pk")
        .first()
    )
    sheet = flowsheet(episode, user=request.user, most=BESIDE) if episode is not None else None
    context = {"episode": episode, "sheet": sheet}
    return render(request, "documentation/_flowsheet_panel.html", context)
