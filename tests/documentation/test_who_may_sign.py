"""Who may sign a note, in whose place, and what assistants leave to their therapist."""

import datetime as dt

import pytest
from django.utils import timezone

from documentation import charting, signing
from documentation.authority import AssistantMayNotSign, LicenceExpired, MayNotSign, NotYours
from documentation.models import Note, NotePdf, Visit
from documentation.signals import note_signed
from people.models import AuditEvent, Role, Therapist
from tests.documentation.ready import (
    assistant_at,
    ready_note,
    sign,
    therapist_at,
)
from tests.factories import (
    PASSWORD,
    ClinicFactory,
    ProcedureCodeFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def bell():
    """The ids of the notes for which the bell rang."""
    heard = []

    def listen(note, **kwargs):
        heard.append(note.pk)

    note_signed.connect(listen)
    yield heard
    note_signed.disconnect(listen)


# --- Who may sign -------------------------------------------------------------------------------


def test_somebody_without_a_licence_on_file_cannot_sign():
    note = ready_note()
    owner = UserFactory(roles=[Role.OWNER])

    with pytest.raises(MayNotSign, match="no license on file"):
        sign(note, by=owner)


@pytest.mark.parametrize("is_active", [True, False])
def test_a_therapist_whose_account_rests_cannot_sign(is_active):
    note = ready_note()
    Therapist.objects.filter(pk=note.visit.therapist_id).update(is_active=is_active)

    if is_active:
        assert sign(note).is_signed
    else:
        with pytest.raises(MayNotSign):
            sign(note)


def test_a_licence_that_ended_the_day_before_does_not_sign():
    note = ready_note()
    day = note.visit.date_of_service
    ended = day - dt.timedelta(days=1)
    Therapist.objects.filter(pk=note.visit.therapist_id).update(licence_expires_on=ended)

    with pytest.raises(LicenceExpired, match="ended on March 1, 2026"):
        sign(note)


def test_a_licence_is_good_on_its_last_day():
    note = ready_note()
    Therapist.objects.filter(pk=note.visit.therapist_id).update(
        licence_expires_on=note.visit.date_of_service
    )

    assert sign(note).is_signed


def test_a_colleague_signs_only_after_saying_that_they_take_over_and_becomes_the_visits_therapist():
    note = ready_note()
    before = note.visit.therapist
    colleague = therapist_at(note.visit.clinic, first_name="Ben", last_name="Ito")

    with pytest.raises(NotYours) as caught:
        sign(note, by=colleague.user)
    signed = sign(note, by=colleague.user, takes_over=True)

    assert caught.value.can_take_over
    assert Visit.objects.get(pk=note.visit_id).therapist == colleague
    assert signed.content["signature"]["in_place_of"] == "Maria Lopez, PT"
    assert signed.content["visit"]["therapist"]["name"] == "Ben Ito"
    assert AuditEvent.objects.get(action="note.signed").detail["in_place_of"] == before.pk


@pytest.mark.parametrize("stranger", ["other discipline", "other clinic"])
def test_nobody_takes_over_from_another_discipline_or_another_clinic(stranger):
    note = ready_note()
    if stranger == "other discipline":
        colleague = therapist_at(note.visit.clinic, credential="OT")
    else:
        colleague = therapist_at(ClinicFactory())

    with pytest.raises(NotYours) as caught:
        sign(note, by=colleague.user, takes_over=True)

    assert not caught.value.can_take_over
    assert not Note.objects.get(pk=note.pk).is_signed


# --- Assistants ---------------------------------------------------------------------------------


def test_an_assistants_note_waits_for_the_co_signature_before_anybody_may_use_it(bell):
    note = ready_note(by_assistant=True)

    signed = sign(note, by=note.visit.assistant.user)

    assert (signed.is_signed, signed.is_final, signed.cosign_needed) == (True, False, True)
    assert signed.content["signature"]["name"] == "Joe Park"
    assert signed.content["signature"]["cosignature_needed"] is True
    assert (bell, NotePdf.objects.count()) == ([], 0)


def test_the_supervisors_co_signature_makes_it_final_and_changes_nothing_else(bell):
    note = ready_note(by_assistant=True)
    signed = sign(note, by=note.visit.assistant.user)
    supervisor = note.visit.therapist

    final = signing.cosign_note(note=signed, by=supervisor.user, password=PASSWORD)

    kept = Note.objects.get(pk=note.pk)
    assert (kept.is_final, kept.cosigned_by) == (True, supervisor.user)
    assert (kept.cosigner_name, kept.cosigner_licence) == ("Maria Lopez, PT", "OR PT00001")
    assert (kept.content, kept.content_sha256) == (signed.content, signed.content_sha256)
    assert (bell, NotePdf.objects.get(note=note).status) == ([final.pk], "waiting")
    assert AuditEvent.objects.latest("pk").action == "note.cosigned"


def test_a_therapist_who_signs_a_visit_with_an_assistant_needs_no_co_signature(bell):
    note = ready_note(by_assistant=True)

    signed = sign(note)

    assert (signed.is_final, bell) == (True, [note.pk])


@pytest.mark.parametrize(
    "kind",
    [Note.Kind.EVALUATION, Note.Kind.PROGRESS, Note.Kind.RE_EVALUATION, Note.Kind.DISCHARGE],
)
def test_an_assistant_signs_daily_notes_alone(kind):
    note = ready_note(by_assistant=True, kind=kind)

    with pytest.raises(AssistantMayNotSign, match="signed by the therapist"):
        sign(note, by=note.visit.assistant.user)


def test_an_assistant_cannot_sign_a_note_in_which_an_evaluation_stands():
    note = ready_note(by_assistant=True)
    ProcedureCodeFactory(
        code="97161", label="PT evaluation", kind="evaluation", timed=False, minutes_per_unit=None
    )
    charting.record_service(visit=note.visit, code="97161", minutes=3, by=note.visit.therapist.user)

    with pytest.raises(AssistantMayNotSign, match="evaluation"):
        sign(note, by=note.visit.assistant.user)


def test_an_assistant_who_is_not_on_the_visit_cannot_sign_it_even_by_taking_over():
    note = ready_note()
    assistant = assistant_at(note.visit.clinic, note.visit.therapist)

    with pytest.raises(NotYours, match="choose yourself"):
        sign(note, by=assistant.user, takes_over=True)


def test_neither_the_assistant_nor_another_assistant_co_signs():
    note = ready_note(by_assistant=True)
    sign(note, by=note.visit.assistant.user)
    other = assistant_at(note.visit.clinic, note.visit.therapist)

    for by in (note.visit.assistant.user, other.user):
        with pytest.raises(AssistantMayNotSign):
            signing.cosign_note(note=note, by=by, password=PASSWORD)


def test_the_assistants_own_supervisor_co_signs_a_visit_of_another_therapist():
    note = ready_note(by_assistant=True)
    supervisor = therapist_at(note.visit.clinic)
    Therapist.objects.filter(pk=note.visit.assistant_id).update(supervisor=supervisor)
    sign(note, by=note.visit.assistant.user)

    final = signing.cosign_note(note=note, by=supervisor.user, password=PASSWORD)

    assert final.cosigned_by == supervisor.user


def test_a_colleague_co_signs_in_the_therapists_place_and_the_audit_says_so():
    note = ready_note(by_assistant=True)
    sign(note, by=note.visit.assistant.user)
    colleague = therapist_at(note.visit.clinic)

    with pytest.raises(NotYours):
        signing.cosign_note(note=note, by=colleague.user, password=PASSWORD)
    signing.cosign_note(note=note, by=colleague.user, password=PASSWORD, takes_over=True)

    detail = AuditEvent.objects.get(action="note.cosigned").detail
    assert detail["in_place_of"] == note.visit.therapist_id


def test_a_note_is_co_signed_once_and_only_after_it_was_signed():
    note = ready_note(by_assistant=True)
    supervisor = note.visit.therapist.user

    with pytest.raises(signing.NotSigned):
        signing.cosign_note(note=note, by=supervisor, password=PASSWORD)
    sign(note, by=note.visit.assistant.user)
    signing.cosign_note(note=note, by=supervisor, password=PASSWORD)
    with pytest.raises(signing.AlreadySigned):
        signing.cosign_note(note=note, by=supervisor, password=PASSWORD)


def test_a_licence_that_has_ended_by_now_does_not_co_sign():
    note = ready_note(by_assistant=True)
    sign(note, by=note.visit.assistant.user)
    yesterday = timezone.now().date() - dt.timedelta(days=2)
    Therapist.objects.filter(pk=note.visit.therapist_id).update(
        licence_expires_on=max(yesterday, note.visit.date_of_service)
    )

    with pytest.raises(LicenceExpired):
        signing.cosign_note(note=note, by=note.visit.therapist.user, password=PASSWORD)
