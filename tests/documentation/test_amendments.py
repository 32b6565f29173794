"""A signed note is amended by a further version, by whom, and until it is withdrawn."""

import pytest

from documentation import amending, charting, frozen, signing, verification
from documentation.authority import MayNotSign, NotYours
from documentation.models import Amendment, NotePdf, NoteVersion, TimedEntry
from documentation.signals import note_signed
from people.models import AuditEvent, Role
from tests.documentation.amended import (
    REASON,
    again,
    amend,
    amended_note,
    change_minutes,
    signature_of,
)
from tests.documentation.ready import assistant_at, ready_note, sign, therapist_at
from tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db


# --- Opening and signing ------------------------------------------------------------------------


def test_an_amendment_puts_the_signed_version_aside_whole_and_lets_the_visit_be_written():
    note = sign(ready_note())

    amendment = amend(note)

    version = NoteVersion.objects.get()
    assert signature_of(version) == signature_of(note)
    assert (version.number, amendment.number, amendment.reason) == (1, 2, REASON)
    reopened = again(note)
    assert (reopened.is_signed, reopened.version, reopened.content) == (False, 2, None)
    change_minutes(reopened, "97110", 15)
    assert TimedEntry.objects.get(visit=note.visit, code="97110").minutes == 15


def test_the_new_version_says_why_and_which_it_amends_and_the_old_one_is_as_it_was():
    before = sign(ready_note())
    amend(before)
    change_minutes(again(before), "97110", 15)

    after = sign(again(before))

    assert (after.version, after.content["minutes"]["timed"]) == (2, 39)
    block = after.content["amendment"]
    assert {name: block[name] for name in ("version", "reason", "opened_by", "amends_sha256")} == {
        "version": 2,
        "reason": REASON,
        "opened_by": "Maria Lopez, PT",
        "amends_sha256": before.content_sha256,
    }
    assert frozen.sha256_of(after.content) == after.content_sha256 != before.content_sha256
    old = NoteVersion.objects.get()
    assert (old.content["minutes"]["timed"], frozen.sha256_of(old.content)) == (
        47,
        before.content_sha256,
    )
    assert Amendment.objects.get().signed_at == after.signed_at
    assert verification.changed_notes() == verification.changed_versions() == []


def test_a_first_version_says_nothing_of_amendments():
    assert "amendment" not in sign(ready_note()).content


def test_the_audit_says_who_opened_the_note_and_what_it_said():
    note = sign(ready_note())

    amendment = amend(note)

    event = AuditEvent.objects.latest("pk")
    assert (event.action, event.actor, event.target_id) == (
        "note.amendment_opened",
        note.visit.therapist.user,
        note.pk,
    )
    assert event.detail == {
        "amendment": amendment.pk,
        "version": 1,
        "sha256": note.content_sha256,
        "in_place_of": None,
    }


def test_the_bell_rings_for_each_version_that_becomes_final():
    heard = []
    note_signed.connect(
        lambda note, **kwargs: heard.append(note.version), weak=False, dispatch_uid="t"
    )

    amended_note()
    note_signed.disconnect(dispatch_uid="t")

    assert heard == [1, 2]


def test_a_note_is_amended_as_often_as_it_must_be():
    note = amended_note()

    amend(note, reason="Once more.")
    third = sign(again(note))

    assert (third.version, [row.number for row in third.versions.all()]) == (3, [2, 1])
    assert third.content["amendment"]["amends_sha256"] == note.content_sha256


@pytest.mark.parametrize("reason", ["", "   ", "x" * 1001])
def test_nothing_is_opened_without_a_reason_that_can_be_kept(reason):
    note = sign(ready_note())

    with pytest.raises(amending.BadReason):
        amend(note, reason=reason)

    assert again(note).is_signed


def test_what_is_not_signed_is_not_amended_and_an_open_amendment_not_opened_again():
    note = ready_note()
    with pytest.raises(signing.NotSigned):
        amend(note)
    sign(note)
    amend(note)

    with pytest.raises(signing.NotSigned):
        amend(again(note))

    assert Amendment.objects.count() == 1


def test_while_it_is_open_nothing_is_added_to_the_note():
    note = sign(ready_note())
    amend(note)

    with pytest.raises(signing.NotSigned):
        signing.add_addendum(note=again(note), text="And more.", by=note.signed_by)


# --- Who ----------------------------------------------------------------------------------------


def test_only_who_could_sign_the_note_amends_it():
    note = sign(ready_note())
    owner = UserFactory(roles=[Role.OWNER])
    assistant = assistant_at(note.visit.clinic, note.visit.therapist)
    colleague = therapist_at(note.visit.clinic)

    for by in (owner, assistant.user):
        with pytest.raises(MayNotSign):
            amend(note, by=by)
    with pytest.raises(NotYours) as caught:
        amend(note, by=colleague.user)
    amend(note, by=colleague.user, takes_over=True)

    assert caught.value.can_take_over
    assert AuditEvent.objects.latest("pk").detail["in_place_of"] == note.visit.therapist_id


def test_a_therapist_sends_an_assistants_note_back_and_the_assistant_signs_once_more():
    note = ready_note(by_assistant=True)
    assistant = note.visit.assistant.user
    sign(note, by=assistant)

    amend(note, reason="Which hand was held?")
    second = sign(again(note), by=assistant)

    assert (second.version, second.is_final, second.signed_by) == (2, False, assistant)
    final = signing.cosign_note(note=second, by=note.visit.therapist.user, password=PASSWORD)
    assert final.is_final


# --- Withdrawing --------------------------------------------------------------------------------


def test_a_withdrawn_amendment_leaves_everything_as_it_was_signed():
    note = sign(ready_note())
    NotePdf.objects.filter(note=note).update(status="ready", file_bytes=b"%PDF-1", sha256="0" * 64)
    amend(note)
    change_minutes(again(note), "97110", 15)

    amending.withdraw(note=again(note), by=note.signed_by)

    kept = again(note)
    assert signature_of(kept) == signature_of(note)
    assert (kept.version, kept.pdf.status, bytes(kept.pdf.file_bytes)) == (1, "ready", b"%PDF-1")
    assert TimedEntry.objects.get(visit=note.visit, code="97110").minutes == 23
    assert not NoteVersion.objects.exists()
    assert Amendment.objects.get().withdrawn_by == note.signed_by
    assert verification.changed_notes() == []
    with pytest.raises(charting.AlreadySigned):
        change_minutes(kept, "97110", 15)


def test_after_a_withdrawal_the_note_can_be_co_signed_and_amended_again():
    note = ready_note(by_assistant=True)
    sign(note, by=note.visit.assistant.user)
    amend(note)
    amending.withdraw(note=again(note), by=note.visit.therapist.user)
    signing.cosign_note(note=again(note), by=note.visit.therapist.user, password=PASSWORD)

    amend(again(note))

    assert NoteVersion.objects.get().cosigned_at is not None


def test_what_cannot_be_put_back_as_it_was_is_not_withdrawn(monkeypatch):
    note = sign(ready_note())
    amend(note)
    change_minutes(again(note), "97110", 15)
    monkeypatch.setattr(charting, "store", lambda visit, page, *, by: None)

    with pytest.raises(amending.CannotWithdraw):
        amending.withdraw(note=again(note), by=note.signed_by)

    assert not again(note).is_signed
    assert Amendment.objects.get().is_open


def test_without_an_amendment_there_is_nothing_to_withdraw():
    note = sign(ready_note())

    with pytest.raises(amending.NotOpen):
        amending.withdraw(note=note, by=note.signed_by)
