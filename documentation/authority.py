"""Who may sign and who may co-sign a note, and in whose place."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone

from documentation.models import Episode, Note, ProcedureCode
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


class StudentMayNotSign(MayNotSign):
    """A student signs what waits for their therapist, and nothing in a therapist's stead."""


class LicenceExpired(MayNotSign):
    """The signer held no valid licence, or had no placement, on the day."""


@dataclass(frozen=True)
class Standing:
    """As what somebody signs: themselves, perhaps in another's place, perhaps under supervision.

    `attests` is whether this signature says that a student was supervised throughout.
    """

    therapist: Therapist
    in_place_of: Therapist | None
    needs_cosignature: bool
    attests: bool = False


def needs_cosignature(therapist: Therapist) -> bool:
    """Assistants' and students' notes always wait for the supervising therapist. Some states and
    payers ask for less of assistants; nobody is ever wrong to ask for more."""
    return therapist.is_supervised


def standing_to_sign(note: Note, *, by: User, takes_over: bool) -> Standing:
    """As what `by` signs this note; raises what stands in the way."""
    therapist = _clinician(by)
    visit = note.visit
    in_place_of = None
    if not therapist.may_evaluate:
        _refuse_what_is_for_therapists(note, therapist)
    if therapist.is_student:
        _refuse_unless_their_student(note, therapist)
    elif therapist.is_assistant:
        if therapist.pk != visit.assistant_id:
            raise NotYours(
                "You are not the assistant of this visit. If you treated, choose yourself there.",
                can_take_over=False,
            )
    elif therapist.pk != visit.therapist_id:
        in_place_of = visit.therapist
        _refuse_unless_colleague(note, therapist, by=by, of=in_place_of, takes_over=takes_over)
    _refuse_expired(therapist, note.visit.date_of_service)
    return Standing(
        therapist,
        in_place_of,
        needs_cosignature(therapist),
        attests=visit.student_id is not None and not therapist.is_supervised,
    )


def standing_to_cosign(note: Note, *, by: User, takes_over: bool) -> Standing:
    """As what `by` co-signs this note. The signer's supervisor and the visit's therapist may;
    a colleague of the same discipline may in their place, saying so."""
    therapist = _clinician(by)
    if therapist.is_student:
        raise StudentMayNotSign("A co-signature is the supervising therapist's.")
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
    return Standing(
        therapist,
        in_place_of,
        needs_cosignature=False,
        attests=note.visit.student_id is not None,
    )


def standing_to_amend(note: Note, *, by: User, takes_over: bool) -> Standing:
    """As what `by` opens a signed note again: as whoever may sign it, or, to send back what they
    are to co-sign or have co-signed, as whoever may do that."""
    try:
        return standing_to_sign(note, by=by, takes_over=takes_over)
    except MayNotSign as refusal:
        if not note.cosign_needed:
            raise
        try:
            return standing_to_cosign(note, by=by, takes_over=takes_over)
        except MayNotSign:
            raise refusal from None


def standing_to_establish(episode: Episode, *, by: User) -> Therapist:
    """As whom `by` establishes a plan of care: a therapist of the case's discipline, licensed
    today (CMS Pub. 100-02, ch. 15, § 220.1.2)."""
    therapist = _clinician(by, act="establish a plan of care")
    if not therapist.may_evaluate:
        raise MayNotSign("A plan of care is established by the therapist: ask them to send it.")
    works_here = by.visible_clinics().filter(pk=episode.clinic_id).exists()
    if therapist.discipline != episode.discipline or not works_here:
        raise MayNotSign(f"This is the case of {episode.therapist}, in whose place you cannot act.")
    _refuse_expired(therapist, timezone.localdate(timezone=episode.clinic.zone))
    return therapist


def _clinician(user: User, *, act: str = "sign a note") -> Therapist:
    therapist = Therapist.objects.select_related("user").filter(user=user, is_active=True).first()
    if therapist is None or not user.is_active:
        raise MayNotSign(f"Only a clinician can {act}; your account has no license on file.")
    return therapist


def _refuse_what_is_for_therapists(note: Note, therapist: Therapist) -> None:
    refusal: type[MayNotSign] = AssistantMayNotSign
    who = "an assistant"
    if therapist.is_student:
        refusal, who = StudentMayNotSign, "a student assistant"
    if note.kind not in FOR_ASSISTANTS:
        raise refusal(
            f"The {note.get_kind_display().lower()} is signed by the therapist, not by {who}."
        )
    if note.visit.service_entries.filter(code__kind__in=EVALUATIONS).exists():
        raise refusal("An evaluation stands in this note: the therapist signs it.")


def _refuse_unless_their_student(note: Note, therapist: Therapist) -> None:
    """A student signs the visits they are on, and those of their supervisor that no other student
    is on: signing puts them there."""
    visit = note.visit
    free = visit.student_id is None and visit.therapist_id == therapist.supervisor_id
    if therapist.pk != visit.student_id and not free:
        raise NotYours(
            "You are not the student of this visit, nor is it your supervisor's.",
            can_take_over=False,
        )


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
    ended = therapist.may_treat_until
    if ended >= day:
        return
    what = f"Your license {therapist.licence_state} {therapist.licence_number}"
    if therapist.is_student:
        what = f"Your placement from {therapist.school}"
    raise LicenceExpired(
        f"{what} ended on {ended:%B} {ended.day}, {ended.year} and was not valid on "
        f"{day:%B} {day.day}, {day.year}. Have an owner enter its renewal."
    )
