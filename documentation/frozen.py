"""Everything a note says, as one value that can be frozen, hashed and read again.

The page that previews a note, the signature and the PDF all use this value, so that what is
read before signing is what was signed. It keeps a copy of every name, address and label it
shows: a signed note reads the same after the patient has moved or the clinic was renamed.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import zoneinfo
from typing import Any

from documentation import examining, measure_note
from documentation.models import (
    Amendment,
    Episode,
    Note,
    NoteVersion,
    PlanOfCare,
    ServiceEntry,
    TimedEntry,
    Visit,
)
from documentation.rules.certification import Validity, validity
from people.models import Clinic, Patient, Practice, Therapist

VERSION = 1
SECTIONS = ("subjective", "objective", "assessment", "plan")
_DAYS = {"birth_date", "date_of_service"}


def canonical(content: dict[str, Any]) -> bytes:
    """The one way to write a content: keys sorted, no spaces, UTF-8."""
    return json.dumps(
        content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    ).encode()


def sha256_of(content: dict[str, Any]) -> str:
    return hashlib.sha256(canonical(content)).hexdigest()


def content_of(note: Note) -> dict[str, Any]:
    """What the note says now, without a signature."""
    visit = Visit.objects.select_related(
        "patient",
        "clinic",
        "appointment",
        "therapist__user",
        "assistant__user",
        "student__user",
        "episode__referring_provider",
    ).get(pk=note.visit_id)
    services = _services(visit)
    return {
        "version": VERSION,
        "note": {"id": note.pk, "kind": note.kind, "title": note.get_kind_display()},
        "practice": practice_of(visit.clinic),
        "clinic": clinic_of(visit.clinic),
        "patient": patient_of(visit.patient),
        "visit": {
            "id": visit.pk,
            "date_of_service": visit.date_of_service.isoformat(),
            "place_of_service": visit.place_of_service,
            "therapist": signer_of(visit.therapist),
            "assistant": signer_of(visit.assistant) if visit.assistant else None,
            **({"student": signer_of(visit.student)} if visit.student else {}),
        },
        "episode": case_of(visit.episode) if visit.episode else None,
        "plan_of_care": _plan_of_care(visit),
        "services": services,
        "minutes": {
            "timed": sum(service["minutes"] for service in services if service["timed"]),
            "total_treatment": visit.total_treatment_minutes,
        },
        "measures": measure_note.frozen(visit),
        "sections": {name: getattr(note, name) for name in SECTIONS},
        "examination": examining.shown(note),
        "signature": None,
        **amended(note),
    }


def amended(note: Note) -> dict[str, Any]:
    """Why this is a further version, and what it amends; nothing for a first one."""
    if note.version == 1:
        return {}
    before = NoteVersion.objects.get(note=note.pk, number=note.version - 1)
    amendment = Amendment.objects.get(note=note.pk, number=note.version, withdrawn_at=None)
    return {
        "amendment": {
            "version": note.version,
            "reason": amendment.reason,
            "opened_by": amendment.opener_name,
            "opened_at": amendment.opened_at.isoformat(),
            "amends_sha256": before.content_sha256,
            "amends_signed_at": before.signed_at.isoformat(),
        }
    }


def signed_content(note: Note, *, signature: dict[str, Any]) -> dict[str, Any]:
    return content_of(note) | {"signature": signature}


def signer_of(therapist: Therapist) -> dict[str, Any]:
    """A clinician as a signature line names them; a student has no license, but a school."""
    if therapist.is_student:
        return {
            "id": therapist.pk,
            "name": therapist.user.get_full_name(),
            "credential": therapist.credential,
            "licence": "",
            "npi": "",
            "school": therapist.school,
        }
    return {
        "id": therapist.pk,
        "name": therapist.user.get_full_name(),
        "credential": therapist.credential,
        "licence": f"{therapist.licence_state} {therapist.licence_number}",
        "npi": therapist.npi,
    }


def as_read(content: dict[str, Any]) -> dict[str, Any]:
    """The content with its days as dates and its instants on the clinic's wall clock."""
    zone = zoneinfo.ZoneInfo(content["clinic"]["time_zone"])

    def read(name: str, value: Any) -> Any:
        if isinstance(value, dict):
            return _with_zones(value, zone) | {
                key: read(key, inner) for key, inner in value.items() if key != "details"
            }
        if isinstance(value, list):
            return [read(name, inner) for inner in value]
        if value and (name in _DAYS or name.endswith("_on")):
            return dt.date.fromisoformat(value)
        if value and name.endswith("_at"):
            # Naive on purpose: templates would turn an aware one back to the server's zone.
            return dt.datetime.fromisoformat(value).astimezone(zone).replace(tzinfo=None)
        return value

    return {name: read(name, value) for name, value in content.items()}


def _with_zones(values: dict[str, Any], zone: zoneinfo.ZoneInfo) -> dict[str, str]:
    """The abbreviation (PST, PDT) that belongs beside each wall-clock time."""
    return {
        f"{name}_zone": f"{dt.datetime.fromisoformat(value).astimezone(zone):%Z}"
        for name, value in values.items()
        if name.endswith("_at") and value
    }


def cosignature_of(note: Note) -> dict[str, Any] | None:
    """The co-signature on the clinic's clock. It came after the content was frozen, and stands in
    the note's own row, which changes no more either."""
    if note.cosigned_at is None:
        return None
    return _on_the_clock(
        note,
        {
            "name": note.cosigner_name,
            "licence": note.cosigner_licence,
            "student_supervised": note.student_supervised,
            "signed_at": note.cosigned_at.isoformat(),
        },
    )


def addenda_of(note: Note, *, until: dt.datetime | None = None) -> list[dict[str, Any]]:
    """The addenda so far, or until then, on the clinic's clock."""
    if note.content is None:
        return []
    rows = note.addenda.values("text", "writer_name", "written_at")
    return [
        _on_the_clock(note, row | {"written_at": row["written_at"].isoformat()})
        for row in (rows if until is None else rows.filter(written_at__lt=until))
    ]


def _on_the_clock(note: Note, values: dict[str, Any]) -> dict[str, Any]:
    assert note.content is not None
    whole = as_read({"clinic": note.content["clinic"], "values": values})
    read: dict[str, Any] = whole["values"]
    return read


def plan_on(visit: Visit) -> PlanOfCare | None:
    """The plan of care that was in force on the visit's day."""
    if visit.episode_id is None:
        return None
    return (
        PlanOfCare.objects.filter(episode_id=visit.episode_id, starts_on__lte=visit.date_of_service)
        .order_by("-starts_on")
        .first()
    )


def validity_of(
    plan: PlanOfCare, *, episode: Episode | None = None, is_first: bool | None = None
) -> Validity:
    """How long the plan can stand; the first of a case counts its 90 days from first treatment.

    A list of plans that are all in memory says `episode` and `is_first` itself.
    """
    episode = episode or plan.episode
    if is_first is None:
        is_first = not PlanOfCare.objects.filter(
            episode_id=plan.episode_id, starts_on__lt=plan.starts_on
        ).exists()
    return validity(
        begins_on=min(episode.started_on, plan.starts_on) if is_first else plan.starts_on,
        starts_on=plan.starts_on,
        duration_weeks=plan.duration_weeks,
    )


def practice_of(clinic: Clinic) -> dict[str, Any]:
    practice = Practice.objects.first()
    if practice is None:  # the clinic's name is what then stands at the head of the letter
        return {"name": clinic.name, "address": "", "phone": "", "npi": ""}
    return {
        "name": practice.legal_name,
        "address": practice.one_line,
        "phone": practice.phone,
        "npi": practice.npi,
    }


def clinic_of(clinic: Clinic) -> dict[str, Any]:
    return {
        "name": clinic.name,
        "address": clinic.one_line,
        "phone": clinic.phone,
        "time_zone": clinic.time_zone,
    }


def patient_of(patient: Patient) -> dict[str, Any]:
    return {
        "id": patient.pk,
        "mrn": patient.mrn,
        "name": patient.full_name,
        "birth_date": patient.birth_date.isoformat(),
    }


def case_of(episode: Episode) -> dict[str, Any]:
    referring = episode.referring_provider
    return {
        "id": episode.pk,
        "title": episode.title,
        "discipline": episode.get_discipline_display(),
        "onset_on": _day(episode.onset_on),
        "started_on": _day(episode.started_on),
        "precautions": episode.precautions,
        "referring_provider": (
            {"name": str(referring), "npi": referring.npi} if referring is not None else None
        ),
        "diagnoses": [
            {"position": diagnosis.position, "code": diagnosis.code, "label": diagnosis.label}
            for diagnosis in episode.diagnoses.all()
        ],
        "goals": [
            {
                "id": goal.pk,
                "text": goal.text,
                "measure": goal.measure,
                "baseline": goal.baseline,
                "target": goal.target,
                "due_on": _day(goal.due_on),
                "met_on": _day(goal.met_on),
            }
            for goal in episode.goals.all()
        ],
    }


def _plan_of_care(visit: Visit) -> dict[str, Any] | None:
    plan = plan_on(visit)
    if plan is None:
        return None
    return {
        "id": plan.pk,
        "starts_on": _day(plan.starts_on),
        "frequency_per_week": plan.frequency_per_week,
        "duration_weeks": plan.duration_weeks,
        "interventions": plan.interventions,
        "valid_through_on": _day(validity_of(plan).through),
        "signed_on": _day(plan.signed_on),
    }


def _services(visit: Visit) -> list[dict[str, Any]]:
    """Timed and untimed services in the order they were logged."""
    timed = [
        (entry.position, 0, entry.pk, _timed(entry))
        for entry in visit.timed_entries.select_related("code", "goal")
    ]
    untimed = [
        (entry.position, 1, entry.pk, _untimed(entry))
        for entry in visit.service_entries.select_related("code")
    ]
    return [service for *_place, service in sorted(timed + untimed, key=lambda row: row[:3])]


def _timed(entry: TimedEntry) -> dict[str, Any]:
    return {
        "code": entry.code_id,
        "label": entry.code.label,
        "timed": True,
        "minutes": entry.minutes,
        "assistant_minutes": entry.assistant_minutes,
        "goal": entry.goal.text if entry.goal else None,
        "narrative": entry.narrative,
        "details": _without_floats(entry.details),
    }


def _untimed(entry: ServiceEntry) -> dict[str, Any]:
    return {
        "code": entry.code_id,
        "label": entry.code.label,
        "timed": False,
        "minutes": entry.minutes,
        "assistant_minutes": entry.assistant_minutes,
        "goal": None,
        "narrative": entry.narrative,
        "details": {},
    }


def _day(day: dt.date | None) -> str | None:
    return day.isoformat() if day is not None else None


def _without_floats(value: Any) -> Any:
    """Numbers with a fraction become text: a hash must not hang on how a store writes 1.0."""
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, dict):
        return {str(key): _without_floats(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_without_floats(inner) for inner in value]
    return value
