"""Audit packets of a case: ask for one, see how far it is, open it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from billing import packets as verbs
from billing.forms_packet import PacketForm
from billing.models import AuditPacket
from billing.places import SEES_CLAIMS
from billing.tasks import make_audit_packet
from documentation.access import open_episode
from documentation.models import Episode, Visit
from people import audit
from people.access import StaffRequest, allow, find_visible, open_patient
from web.files import give_pdf
from web.responses import go_to

PAGE = "billing/packets.html"
SHOWN = 20


@allow(*SEES_CLAIMS)
@require_http_methods(["GET", "HEAD", "POST"])
def packets(request: StaffRequest, episode_id: int) -> HttpResponse:
    """The form for a new packet over those that were asked for, the newest first."""
    episode = open_episode(episode_id, by=request.user)
    if request.method == "POST":
        form = PacketForm(request.POST, episode=episode)
        if form.is_valid() and (packet := _ask(request, form)) is not None:
            return go_to(request, packet.get_absolute_url())
        return render(request, PAGE, _context(request, episode, form), status=422)
    form = PacketForm(episode=episode)
    return render(request, PAGE, _context(request, episode, form))


@allow(*SEES_CLAIMS)
@require_safe
def patient_packets(request: StaffRequest, patient_id: int) -> HttpResponse:
    """The patient's cases, to pick the one that the packet is of."""
    patient = open_patient(patient_id, by=request.user)
    cases = list(Episode.objects.visible_to(request.user).filter(patient=patient))
    if len(cases) == 1:
        return go_to(request, reverse("billing:packets", args=[cases[0].pk]))
    context = {
        "patient": patient,
        "cases": [{"case": case, "visits": verbs.final_visits(case).count()} for case in cases],
    }
    return render(request, "billing/patient_packets.html", context)


@allow(*SEES_CLAIMS)
@require_safe
def packets_panel(request: StaffRequest, pk: int) -> HttpResponse:
    """A line beside the case: the way to its packets, and how many there are."""
    episode = find_visible(Episode.objects.all(), pk, by=request.user)
    count = AuditPacket.objects.visible_to(request.user).filter(episode=episode).count()
    context = {"episode": episode, "count": count}
    return render(request, "billing/_packets_panel.html", context)


@allow(*SEES_CLAIMS)
@require_safe
def packet_state(request: StaffRequest, pk: int) -> HttpResponse:
    """How far the packet is; shows nothing of the patient, and is no reading of the chart."""
    packet = _find(request, pk)
    return render(request, "billing/_packet.html", {"packet": packet})


@allow(*SEES_CLAIMS)
@require_safe
def packet_file(request: StaffRequest, pk: int) -> HttpResponse:
    packet = _find(request, pk)
    if packet.status != AuditPacket.Status.READY:
        messages.info(request, "The packet is not ready yet.")
        return go_to(request, packet.get_absolute_url())
    audit.record(
        by=request.user,
        action="audit_packet.viewed",
        patient=packet.patient,
        target=packet,
        sha256=packet.sha256,
    )
    return give_pdf(packet.file_bytes, name=f"audit-packet-{packet.pk}.pdf")


@allow(*SEES_CLAIMS)
@require_POST
def packet_again(request: StaffRequest, pk: int) -> HttpResponse:
    packet = _find(request, pk)
    if verbs.ask_again(packet=packet, by=request.user):
        make_audit_packet.delay(packet.pk)
        messages.success(request, "The packet is being made again.")
    else:
        messages.info(request, "Nothing to try again: the packet stands as shown.")
    return go_to(request, packet.get_absolute_url())


def _ask(request: StaffRequest, form: PacketForm) -> AuditPacket | None:
    """The packet that was asked for, or the same one that is being made already."""
    try:
        packet = verbs.ask(
            episode=form.episode,
            visits=form.chosen,
            made_for=form.cleaned_data["made_for"],
            by=request.user,
        )
    except verbs.AlreadyBeingMade as error:
        messages.info(request, "This very packet is being made already.")
        return error.packet
    except verbs.NothingToShow:
        form.add_error(None, "None of these visits has a final note: there is nothing to show.")
        return None
    except verbs.TooMany:
        form.add_error(None, f"A packet holds {verbs.MOST_VISITS} visits at most: make two of it.")
        return None
    make_audit_packet.delay(packet.pk)
    messages.success(request, "The packet is being made. You can leave this page.")
    return packet


def _find(request: StaffRequest, pk: int) -> AuditPacket:
    rows = AuditPacket.objects.select_related("episode__patient", "episode__clinic", "asked_by")
    packet: AuditPacket = find_visible(rows.defer("content"), pk, by=request.user)
    return packet


def _context(request: StaffRequest, episode: Episode, form: PacketForm) -> dict[str, Any]:
    rows = AuditPacket.objects.visible_to(request.user).filter(episode=episode)
    visits = Visit.objects.filter(episode=episode)
    return {
        "episode": episode,
        "patient": episode.patient,
        "form": form,
        "not_final": visits.exclude(pk__in=verbs.final_visits(episode).values("pk")).count(),
        "packets": rows.select_related("episode__clinic", "asked_by").defer(
            "file_bytes", "content"
        )[:SHOWN],
    }
