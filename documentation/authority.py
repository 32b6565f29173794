"""Who may sign and who may co-sign a note, and in whose place."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone

from documentation.models import Note, ProcedureCode
from people.models import Therapist, User

# An assistant may neither evaluate nor write what only the clinician may write:
# CMS Pub. 100-02, ch. 15, §§ 220.3 C and D, 230.1 C and 230.2 C.
FOR_ASSISTANTS = (Note.Kind.DAILY,)
EVALUATIONS = (ProcedureCode.Kind.EVALUATION, ProcedureCode.Kind.RE_EVALUATION)


class MayNotSign(Exception):
    """This person may not put their name under this note."""


class NotYours(MayNotSign):
    """Another clinician's note. `can_take_over` tells whether saying so would help."""

    def __init__(self, message: str, *, can_take_over: bool) -> None:
        self.can_take_over = can_take_over
        super().__init__(message)


class AssistantMayNotSign(MayNotSign):
    """The law leaves this note to the therapist."""


class LicenceExpired(MayNotSign):
    """The signer held no valid licence on the day."""


@dataclass(frozen=True)
class Standing:
    """As what somebody signs: themselves, perhaps in another's place, perhaps under supervision."""

    therapist: Therapist
    in_place_of: Therapist | None
    needs_cosignature: bool


def needs_cosignature(therapist: Therapist) -> bool:
    """Assistants' notes always wait for the supervising therapist. Some states and payers ask
    for less; nobody is ever wrong to ask for more."""
    return therapist.is_assistant


def standing_to_sign(note: Note, *, by: User, takes_over: bool) -> Standing:
    """As what `by` signs this note; raises what stands in the way."""
    therapist = _clinician(by)
    visit = note.visit
    in_place_of = None
    if therapist.is_assistant:
        _refuse_what_is_for_therapists(note)
        if therapist.pk != visit.assistant_id:
            raise NotYours(
                "You are not the assistant of this visit. If you treated, choose yourself there.",
                can_take_over=False,
            )
    elif therapist.pk != visit.therapist_id:
        in_place_of = visit.therapist
        _refuse_unless_colleague(note, therapist, by=by, of=in_place_of, takes_over=takes_over)
    _refuse_expired(therapist, note.visit.date_of_service)
    return Standing(therapist, in_place_of, needs_cosignature(therapist))


def standing_to_cosign(note: Note, *, by: User, takes_over: bool) -> Standing:
    """As what `by` co-signs this note. The assistant's supervisor and the visit's therapist may;
    a colleague of the same discipline may in their place, saying so."""
    therapist = _clinician(by)
    if therapist.is_assistant:
        raise AssistantMayNotSign("A co-signature is the supervising therapist's.")
    if note.signed_by_id == by.pk:
        raise MayNotSign("You signed this note; somebody else has to co-sign it.")
    supervisors = {note.visit.therapist_id}
    signer = Therapist.objects.filter(user=note.signed_by).first()
    if signer is not None and signer.supervisor_id is not None:
        supervisors.add(signer.supervisor_id)
    in_place_of = None
    if therapist.pk not in supervisors:
        in_place_of = note.visit.therapist
        _refuse_unless_colleague(note, therapist, by=by, of=in_place_of, takes_over=takes_over)
    _refuse_expired(therapist, note.visit.date_of_service)
    _refuse_expired(therapist, timezone.localdate(timezone=note.visit.clinic.zone))
    return Standing(therapist, in_place_of, needs_cosignature=False)


def _clinician(user: User) -> Therapist:
    therapist = Therapist.objects.select_related("user").filter(user=user, is_active=True).first()
    if therapist is None or not user.is_active:
        raise MayNotSign("Only a clinician can sign a note; your account has no license on file.")
    return therapist


def _refuse_what_is_for_therapists(note: Note) -> None:
    if note.kind not in FOR_ASSISTANTS:
        raise AssistantMayNotSign(
            f"The {note.get_kind_display().lower()} is signed by the therapist, "
            "not by an assistant."
        )
    if note.visit.service_entries.filter(code__kind__in=EVALUATIONS).exists():
        raise AssistantMayNotSign("An evaluation stands in this note: the therapist signs it.")


def _refuse_unless_colleague(
    note: Note, therapist: Therapist, *, by: User, of: Therapist, takes_over: bool
) -> None:
    works_here = by.visible_clinics().filter(pk=note.visit.clinic_id).exists()
    if therapist.discipline != of.discipline or not works_here:
        raise NotYours(
            f"This is the note of {of}, whose work you cannot take over.", can_take_over=False
        )
    if not takes_over:
        raise NotYours(
            f"This is the note of {of}. Confirm that you act in their place.", can_take_over=True
        )


def _refuse_expired(therapist: Therapist, day: dt.date) -> None:
    ended = therapist.licence_expires_on
    if ended < day:
        raise LicenceExpired(
            f"Your license {therapist.licence_state} {therapist.licence_number} ended on "
            f"{ended:%B} {ended.day}, {ended.year} and was not valid on "
            f"{day:%B} {day.day}, {day.year}. Have an owner enter its renewal."
        )
