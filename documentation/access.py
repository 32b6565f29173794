"""The doors to documentation's records: each scopes to what the person may see, then writes down
who looked."""

from __future__ import annotations

from documentation.models import (
    Attachment,
    Episode,
    Goal,
    HomeAnswer,
    HomeProgram,
    HomeProgramItem,
    MeasureRequest,
    MeasureResult,
    Note,
    NoteVersion,
    PlanOfCare,
    PlanPdf,
    PlanSending,
)
from people import audit
from people.access import find_visible
from people.models import User


def open_note(pk: int, *, by: User, action: str = "note.viewed") -> Note:
    """A note with its visit and patient; `action` names another way of reading it."""
    notes = Note.objects.select_related(
        "visit__patient__clinic",
        "visit__clinic",
        "visit__therapist__user",
        "visit__assistant__user",
        "visit__student__user",
        "visit__episode",
        "pdf",
    )
    note: Note = find_visible(notes.defer("pdf__file_bytes"), pk, by=by)
    audit.record(by=by, action=action, patient=note.visit.patient, target=note)
    return note


def open_note_version(pk: int, *, by: User, action: str = "note.version_viewed") -> NoteVersion:
    """A version that an amendment put aside, with its note and patient."""
    versions = NoteVersion.objects.select_related("note__visit__patient__clinic")
    version: NoteVersion = find_visible(versions, pk, by=by)
    audit.record(
        by=by,
        action=action,
        patient=version.note.visit.patient,
        target=version.note,
        version=version.number,
    )
    return version


def open_episode(pk: int, *, by: User) -> Episode:
    cases = Episode.objects.select_related(
        "patient__clinic", "clinic", "therapist__user", "referring_provider"
    )
    episode: Episode = find_visible(cases, pk, by=by)
    audit.record(by=by, action="episode.viewed", patient=episode.patient, target=episode)
    return episode


def open_goal(pk: int, *, by: User) -> Goal:
    goal: Goal = find_visible(Goal.objects.select_related("episode__patient__clinic"), pk, by=by)
    audit.record(by=by, action="goal.viewed", patient=goal.episode.patient, target=goal)
    return goal


def open_plan(pk: int, *, by: User) -> PlanOfCare:
    plans = PlanOfCare.objects.select_related(
        "episode__patient__clinic", "episode__clinic", "episode__referring_provider"
    )
    plan: PlanOfCare = find_visible(plans, pk, by=by)
    audit.record(by=by, action="plan.viewed", patient=plan.episode.patient, target=plan)
    return plan


def open_sending(pk: int, *, by: User, action: str = "plan.viewed") -> PlanSending:
    """A plan as it was sent."""
    rows = PlanSending.objects.select_related(
        "plan__episode__patient__clinic", "plan__episode__clinic", "provider"
    )
    sending: PlanSending = find_visible(rows.defer("image"), pk, by=by)
    audit.record(by=by, action=action, patient=sending.patient, target=sending)
    return sending


def open_plan_pdf(pk: int, *, by: User) -> PlanPdf:
    """A copy on paper of a plan that was sent."""
    rows = PlanPdf.objects.select_related("sending__plan__episode__patient")
    row: PlanPdf = find_visible(rows, pk, by=by)
    audit.record(
        by=by,
        action="plan.pdf_viewed",
        patient=row.sending.patient,
        target=row.sending,
        copy=row.copy,
    )
    return row


def open_home_program(pk: int, *, by: User, action: str = "home_program.viewed") -> HomeProgram:
    programs = HomeProgram.objects.select_related("patient__clinic")
    program: HomeProgram = find_visible(programs, pk, by=by)
    audit.record(by=by, action=action, patient=program.patient, target=program)
    return program


def open_home_item(pk: int, *, by: User) -> HomeProgramItem:
    items = HomeProgramItem.objects.select_related("program__patient__clinic")
    item: HomeProgramItem = find_visible(items, pk, by=by)
    audit.record(
        by=by, action="home_program.viewed", patient=item.program.patient, target=item.program
    )
    return item


def open_home_answer(pk: int, *, by: User) -> HomeAnswer:
    answers = HomeAnswer.objects.select_related("item__program__patient__clinic")
    answer: HomeAnswer = find_visible(answers, pk, by=by)
    patient = answer.item.program.patient
    audit.record(by=by, action="home_program.viewed", patient=patient, target=answer.item.program)
    return answer


def open_result(pk: int, *, by: User) -> MeasureResult:
    results = MeasureResult.objects.select_related("episode__patient__clinic", "corrects")
    result: MeasureResult = find_visible(results, pk, by=by)
    patient = result.episode.patient
    audit.record(by=by, action="measure.viewed", patient=patient, target=result)
    return result


def open_measure_request(pk: int, *, by: User) -> MeasureRequest:
    requests = MeasureRequest.objects.select_related("episode__patient__clinic", "link")
    request: MeasureRequest = find_visible(requests, pk, by=by)
    patient = request.episode.patient
    audit.record(by=by, action="measure.ask_viewed", patient=patient, target=request)
    return request


def open_attachment(pk: int, *, by: User, action: str = "attachment.viewed") -> Attachment:
    """A document, without its bytes; `action` names another way of reading it."""
    rows = Attachment.objects.select_related(
        "patient__clinic",
        "episode__clinic",
        "plan",
        "visit",
        "uploaded_by",
        "removed_by",
        "thumbnail",
    )
    attachment: Attachment = find_visible(rows, pk, by=by)
    audit.record(by=by, action=action, patient=attachment.patient, target=attachment)
    return attachment
