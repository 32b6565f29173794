"""What an audit packet says: gathered once from the chart, the claims and the audit line.

Each part is kept as the page it will be, with the SHA-256 of the record it shows: nothing that
happens to the chart later changes a packet that was asked for before.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.db.models import Q
from django.template.loader import render_to_string
from django.utils import timezone

from billing.coding import Coded, NoPolicy, code_visit, coverage_of
from billing.frozen import sha256_of
from billing.models import AuditPacket, Claim
from billing.rules.words import spoken
from documentation import frozen, pdf, plan_pdf
from documentation.models import (
    Amendment,
    Attachment,
    Episode,
    Note,
    NotePdf,
    NoteVersion,
    PlanOfCare,
    PlanPdf,
    PlanSending,
    ProcedureCode,
    Visit,
)
from people.models import AuditEvent, Clinic, Patient, Practice

Content = dict[str, Any]
Part = dict[str, Any]
STYLES = "packet.css"


def gather(packet: AuditPacket) -> Content:
    """All that the packet shows, as it stands now."""
    episode = Episode.objects.select_related(
        "patient", "clinic", "therapist__user", "referring_provider"
    ).get(pk=packet.episode_id)
    visits = list(
        Visit.objects.filter(pk__in=packet.visits)
        .select_related("patient", "therapist__user", "clinic", "note")
        .order_by("date_of_service", "pk")
    )
    head = _head(packet, episode, visits)
    parts = [
        _order(head, episode),
        *(part for plan in _plans(episode, packet) for part in _of_plan(head, plan)),
        *(part for visit in visits for part in (_note(visit.note), _units(head, visit))),
        *_amendments(head, visits),
        *_documents(head, episode, visits),
        _who_looked(head, packet, episode),
    ]
    return {"head": head, "parts": [{"id": f"part-{n}", **part} for n, part in enumerate(parts, 1)]}


def _part(title: str, html: str, *, styles: str = STYLES, **hashes: str) -> Part:
    """One part; `hashes` are of the records it shows, by what they are."""
    return {
        "title": title,
        "styles": styles,
        "html": html,
        "hashes": [{"of": name.replace("_", " "), "sha256": sha} for name, sha in hashes.items()],
        "printed_sha256": hashlib.sha256(html.encode()).hexdigest(),
    }


def _head(packet: AuditPacket, episode: Episode, visits: list[Visit]) -> Content:
    patient, practice = episode.patient, Practice.objects.first()
    newest = AuditEvent.objects.exclude(position=None).order_by("-position").first()
    return {
        "id": packet.pk,
        "practice": practice.legal_name if practice else episode.clinic.name,
        "address": practice.one_line if practice else episode.clinic.one_line,
        "npi": practice.npi if practice else "",
        "patient": patient.full_name,
        "mrn": patient.mrn,
        "born": _day(patient.birth_date),
        "case": f"{episode.title} ({episode.get_discipline_display()})",
        "first_day": _day(packet.first_day),
        "last_day": _day(packet.last_day),
        "visits": len(visits),
        "days": [_day(visit.date_of_service) for visit in visits],
        "left_out": [_day(day) for day in _left_out(packet, episode)],
        "made_for": packet.made_for,
        "asked_by": str(packet.asked_by),
        "asked_at": _instant(packet.asked_at, episode.clinic),
        # Without it the clock of the machine would change the bytes.
        "created": packet.asked_at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "audit_position": newest.position if newest else None,
        "audit_hash": newest.hash if newest else "",
    }


def _left_out(packet: AuditPacket, episode: Episode) -> Iterable[dt.date]:
    """Days between the first and the last whose note was not final or not chosen: a packet with
    holes says so."""
    between = Visit.objects.filter(
        episode=episode, date_of_service__range=(packet.first_day, packet.last_day)
    )
    return (
        between.exclude(pk__in=packet.visits)
        .order_by("date_of_service", "pk")
        .values_list("date_of_service", flat=True)
    )


# --- The case -----------------------------------------------------------------------------------


def _order(head: Content, episode: Episode) -> Part:
    referrer = episode.referring_provider
    facts = {
        "referrer": str(referrer) if referrer else "",
        "referrer_npi": referrer.npi if referrer else "",
        "order_signed_on": _day(episode.order_signed_on),
        "onset_on": _day(episode.onset_on),
        "started_on": _day(episode.started_on),
        "discharged_on": _day(episode.discharged_on),
        "therapist": str(episode.therapist),
        "precautions": episode.precautions,
        "diagnoses": [[row.code, row.label] for row in episode.diagnoses.all()],
        "goals": [
            [goal.text, goal.measure, goal.baseline, goal.target, _day(goal.due_on)]
            for goal in episode.goals.all()
        ],
    }
    html = render_to_string("billing/pdf/packet_order.html", {"head": head, "facts": facts})
    return _part("Order, diagnoses and goals", html, case=sha256_of(facts))


def _plans(episode: Episode, packet: AuditPacket) -> list[PlanOfCare]:
    """The plans in force on a day of the packet: begun by its end, and not yet replaced."""
    plans = list(
        PlanOfCare.objects.filter(episode=episode, starts_on__lte=packet.last_day).order_by(
            "starts_on", "pk"
        )
    )
    return [
        plan
        for plan, following in zip(plans, [*plans[1:], None], strict=True)
        if following is None or following.starts_on > packet.first_day
    ]


def _of_plan(head: Content, plan: PlanOfCare) -> Iterable[Part]:
    """The plan as it was signed, else as it was sent and is out; then its certification."""
    sent = PlanSending.objects.filter(plan=plan, status__in=("signed", "open")).first()
    if sent is not None:
        is_signed = sent.status == PlanSending.Status.SIGNED
        copy = PlanPdf.Copy.SIGNED if is_signed else PlanPdf.Copy.SENT
        paper = PlanPdf(sending=sent, copy=copy)
        hashes = {"content": sent.content_sha256}
        if is_signed:
            hashes["signed_content"] = sent.signed_sha256
        title = f"Plan of care from {_day(plan.starts_on)}, {copy.label.lower()}"
        yield _part(title, plan_pdf.as_html(paper), styles=plan_pdf.STYLES, **hashes)
    yield _plan(head, plan)


def _plan(head: Content, plan: PlanOfCare) -> Part:
    validity = frozen.validity_of(plan)
    facts = {
        "starts_on": _day(plan.starts_on),
        "frequency": plan.frequency_per_week,
        "weeks": plan.duration_weeks,
        "interventions": plan.interventions,
        "through": _day(validity.through),
        "limit": validity.limit,
        "source": validity.source,
        "order_signed_on": _day(plan.episode.order_signed_on),
        "sent_on": _day(plan.sent_on),
        "sent_proof": plan.sent_proof,
        "verbal_on": _day(plan.verbal_on),
        "verbal_by": plan.verbal_by,
        "signed_on": _day(plan.signed_on),
        "signed_by": plan.signed_by_name,
        "signed_proof": plan.signed_proof,
        "delay_reason": plan.delay_reason,
    }
    html = render_to_string("billing/pdf/packet_plan.html", {"head": head, "facts": facts})
    title = f"Plan of care from {facts['starts_on']}, with its certification"
    return _part(title, html, plan=sha256_of(facts))


# --- The visits ---------------------------------------------------------------------------------


def _note(note: Note) -> Part:
    """The note's own pages, with its addenda so far."""
    pages = pdf.Pages(note)
    made = NotePdf.objects.filter(note=note, status=NotePdf.Status.READY).only("sha256").first()
    hashes = {"signed_content": note.content_sha256}
    if made is not None:
        hashes["its_own_PDF"] = made.sha256
    title = f"{note.get_kind_display()}, {_day(note.visit.date_of_service)}"
    return _part(title, pages.as_html(), styles=pdf.STYLES, **hashes)


def _units(head: Content, visit: Visit) -> Part:
    """Why the visit bills the units it bills: from its claim, or from the rules where none is."""
    claim = (
        Claim.objects.filter(visit=visit, sequence=1)
        .select_related("payer")
        .prefetch_related("lines__code", "versions")
        .first()
    )
    facts = _claimed(claim) if claim is not None else _coded(visit)
    facts["day"] = _day(visit.date_of_service)
    facts["why"] = _why(facts["lines"])
    html = render_to_string("billing/pdf/packet_units.html", {"head": head, "facts": facts})
    hashes = {"unit_proof": sha256_of(facts)}
    if claim is not None and (version := claim.versions.first()) is not None:
        hashes["released_claim"] = version.sha256
    return _part(f"Units billed, {facts['day']}", html, **hashes)


def _claimed(claim: Claim) -> Content:
    version = claim.versions.first()
    return {
        "claim": claim.control_number,
        "status": claim.get_status_display(),
        "payer": claim.payer.name if claim.payer else "",
        "released": version.number if version is not None else None,
        "proof": claim.proof,
        "lines": [
            {
                "code": line.code_id,
                "label": line.code.label,
                "minutes": line.minutes,
                "units": line.units,
                "modifiers": line.modifiers,
                "reasons": line.reasons,
            }
            for line in claim.lines.all()
        ],
    }


def _coded(visit: Visit) -> Content:
    coverage = coverage_of(visit)
    try:
        coded = code_visit(visit, coverage)
    except NoPolicy:
        coded = code_visit(visit, None)
    labels = dict(ProcedureCode.objects.values_list("code", "label"))
    return {
        "claim": "",
        "status": "",
        "payer": coverage.payer.name if coverage else "",
        "released": None,
        "proof": list(coded.units.proof),
        "lines": [_line(coded, number, labels) for number in range(len(coded.lines))],
    }


def _line(coded: Coded, number: int, labels: dict[str, str]) -> Content:
    line, modifiers = coded.lines[number], coded.modifiers[number]
    minutes = sum(service.minutes for service in coded.services if service.code == line.code)
    return {
        "code": line.code,
        "label": labels.get(line.code, ""),
        "minutes": minutes or None,
        "units": line.units,
        "modifiers": [modifier.code for modifier in modifiers],
        "reasons": [{"code": m.code, "reason": m.reason, "source": m.source} for m in modifiers],
    }


def _why(lines: list[Content]) -> list[Content]:
    """Each modifier's reason, once for each code that bears it."""
    said = {
        (line["code"], reason["code"], reason["reason"]): {"line": line["code"], **reason}
        for line in lines
        for reason in line["reasons"]
    }
    return list(said.values())


# --- What was amended, and what came from outside ------------------------------------------------


def _amendments(head: Content, visits: list[Visit]) -> list[Part]:
    """Each time a signed note was opened again: who, why, and what it said before; no part where
    none was."""
    amended = {visit.note.pk: visit for visit in visits if visit.note.version > 1}
    if not amended:
        return []
    before = {
        (version.note_id, version.number): version.content_sha256
        for version in NoteVersion.objects.filter(note__in=amended).only(
            "note_id", "number", "content_sha256"
        )
    }
    rows = [
        {
            "day": _day(amended[row.note_id].date_of_service),
            "version": row.number,
            "who": row.opener_name,
            "why": row.reason,
            "opened": _instant(row.opened_at, amended[row.note_id].clinic),
            "before": before.get((row.note_id, row.number - 1), ""),
        }
        for row in Amendment.objects.filter(note__in=amended)
        .exclude(signed_at=None)
        .order_by("note__visit__date_of_service", "note_id", "number")
    ]
    html = render_to_string("billing/pdf/packet_amendments.html", {"head": head, "rows": rows})
    return [_part("Amendments of the notes", html, amendments=sha256_of(rows))]


def _documents(head: Content, episode: Episode, visits: list[Visit]) -> list[Part]:
    """The documents on file of the case and of these visits, each with the hash of its bytes; no
    part where there is none."""
    of_these = Q(visit=None) | Q(visit__in=[visit.pk for visit in visits])
    rows = [
        {
            "title": row.title,
            "kind": row.get_kind_display(),
            "is_order": row.pk == episode.order_document_id,
            "file": row.format_in_words,
            "added": _day(timezone.localdate(row.uploaded_at, episode.clinic.zone)),
            "by": str(row.uploaded_by),
            "sha256": row.sha256,
        }
        for row in Attachment.objects.filter(
            Q(episode=episode) & of_these | Q(pk=episode.order_document_id), removed_at=None
        )
        .select_related("uploaded_by")
        .order_by("uploaded_at", "pk")
    ]
    if not rows:
        return []
    html = render_to_string("billing/pdf/packet_documents.html", {"head": head, "rows": rows})
    return [_part("Documents on file", html, documents=sha256_of(rows))]


# --- The audit line -----------------------------------------------------------------------------


def _who_looked(head: Content, packet: AuditPacket, episode: Episode) -> Part:
    """Who opened or changed the chart since the first of the visits, a line per person and day."""
    since = dt.datetime.combine(packet.first_day, dt.time(), episode.clinic.zone)
    events = AuditEvent.objects.filter(
        patient__in=Patient.objects.same_person(episode.patient_id), at__gte=since
    ).order_by("at", "pk")
    days: dict[tuple[dt.date, str], Counter[str]] = {}
    for at, name, action in events.values_list("at", "actor_name", "action").iterator(2000):
        day = timezone.localdate(at, episode.clinic.zone)
        days.setdefault((day, name), Counter())[action] += 1
    rows = [
        {"day": _day(day), "who": who, "acts": [_act(*act) for act in sorted(acts.items())]}
        for (day, who), acts in days.items()
    ]
    html = render_to_string("billing/pdf/packet_looked.html", {"head": head, "rows": rows})
    return _part("Who looked at the chart", html, audit_line=head["audit_hash"])


def _act(action: str, count: int) -> str:
    words = action.replace(".", " ").replace("_", " ")
    return words if count == 1 else f"{words} × {count}"


def _day(day: dt.date | None) -> str:
    return spoken(day) if day is not None else ""


def _instant(moment: dt.datetime, clinic: Clinic) -> str:
    local = moment.astimezone(clinic.zone)
    clock = f"{local:%I:%M %p}".lstrip("0").lower()
    return f"{_day(local.date())} at {clock} {local:%Z}"
