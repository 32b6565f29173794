"""A signed note is amended by a further version; the earlier one stays, readable and verifiable."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from documentation import amending, charting, frozen, signing, verification, verifying, version_pdf
from documentation.authority import MayNotSign, NotYours
from documentation.models import Amendment, Note, NotePdf, NoteVersion, NoteVersionPdf, TimedEntry
from documentation.models.amendment import SIGNATURE
from documentation.rules.codes import code_of
from documentation.signals import note_signed
from people.models import AuditEvent, Role
from tests.documentation.ready import assistant_at, ready_note, sign, therapist_at
from tests.factories import PASSWORD, UserFactory
from tests.file_answers import file_headers, shown_pdf

pytestmark = pytest.mark.django_db
REASON = "The minutes of 97110 were those of 97112."


def amend(note, *, by=None, **values):
    return amending.open_amendment(
        note=note, by=by or note.visit.therapist.user, **({"reason": REASON} | values)
    )


def again(note):
    return Note.objects.select_related("visit__therapist__user").get(pk=note.pk)


def change_minutes(note, code, minutes):
    entry = note.visit.timed_entries.get(code=code)
    charting.change_entry(entry=entry, minutes=minutes, by=note.visit.therapist.user)


def signature_of(row):
    return {name: getattr(row, name) for name in SIGNATURE}


def amended_note():
    """Version 2 of a note, signed, with 97110 at 15 minutes instead of 23."""
    note = sign(ready_note())
    amend(note)
    change_minutes(again(note), "97110", 15)
    return sign(again(note))


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


# --- What the database holds --------------------------------------------------------------------

CHANGES = {
    "rewrite an earlier version": "UPDATE documentation_noteversion SET content = '{}'",
    "delete an earlier version": "DELETE FROM documentation_noteversion",
    "change the reason": "UPDATE documentation_amendment SET reason = 'none'",
    "delete the amendment": "DELETE FROM documentation_amendment",
    "open it without an amendment": (
        "UPDATE documentation_note SET signed_at = NULL, signed_by_id = NULL, signer_name = '',"
        " content = NULL, content_sha256 = '', version = version + 1"
    ),
    "count on without an amendment": "UPDATE documentation_note SET version = 7",
    "invent a version": (
        "INSERT INTO documentation_noteversion (note_id, number, kind, signed_by_id, signed_at,"
        " signer_name, content, content_sha256, cosign_needed, cosigner_name, cosigner_licence,"
        " student_supervised, page, put_aside_at) SELECT id, 9, kind, signed_by_id, signed_at,"
        " signer_name, content, content_sha256, cosign_needed, '', '', false, '{}', now()"
        " FROM documentation_note"
    ),
}


@pytest.mark.parametrize("act", CHANGES)
def test_the_database_refuses_to(act):
    amended_note()

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(CHANGES[act])


def test_an_amendment_alone_does_not_open_a_note_whose_version_was_not_put_aside():
    note = sign(ready_note())
    Amendment.objects.create(note=note, number=2, reason="x", opened_by=note.signed_by)

    with pytest.raises(DatabaseError, match="amend it"), transaction.atomic():
        Note.objects.filter(pk=note.pk).update(version=2, **amending.UNSIGNED)


def test_an_open_note_is_not_signed_behind_its_amendment():
    note = sign(ready_note())
    amend(note)
    signed = signature_of(NoteVersion.objects.get())
    Amendment.objects.update(withdrawn_at=note.signed_at, withdrawn_by=note.signed_by)

    with pytest.raises(DatabaseError, match="needs its amendment"), transaction.atomic():
        Note.objects.filter(pk=note.pk).update(**signed)


# --- PDFs ---------------------------------------------------------------------------------------


def test_the_pdf_that_was_handed_out_stays_with_its_version():
    note = sign(ready_note())
    NotePdf.objects.filter(note=note).update(status="ready", file_bytes=b"%PDF-1", sha256="0" * 64)

    amend(note)

    row = NoteVersionPdf.objects.get()
    assert (row.status, bytes(row.file_bytes)) == ("ready", b"%PDF-1")
    assert not NotePdf.objects.exists()
    with pytest.raises(DatabaseError, match="stays as it is"), transaction.atomic():
        NoteVersionPdf.objects.update(file_bytes=b"%PDF-2")
    sign(again(note))
    assert NotePdf.objects.get().status == "waiting"


def test_a_version_amended_before_its_pdf_was_made_gets_one_of_what_it_said(monkeypatch):
    note = sign(ready_note())
    signing.add_addendum(note=note, text="Before the amendment.", by=note.signed_by)
    amend(note)
    sign(again(note))
    signing.add_addendum(note=again(note), text="After the amendment.", by=note.signed_by)
    drawn = []
    monkeypatch.setattr(
        "documentation.papers.draw", lambda html, **kwargs: drawn.append(html) or b"%PDF"
    )

    version_pdf.render(NoteVersion.objects.select_related("note").get())
    version_pdf.render(NoteVersion.objects.select_related("note").get())

    assert NoteVersionPdf.objects.get().status == "ready"
    assert len(drawn) == 1
    assert "Before the amendment." in drawn[0]
    assert "After the amendment." not in drawn[0]
    assert note.content_sha256 in drawn[0]


def test_a_pdf_drawn_from_the_version_before_is_drawn_anew(monkeypatch):
    from documentation import pdf

    note = sign(ready_note())
    drawn = []

    def draw(pages):
        drawn.append(pages.sha256)
        if len(drawn) == 1:
            amend(again(note))
            sign(again(note))
        return b"%PDF"

    monkeypatch.setattr(pdf.Pages, "as_pdf", draw)
    pdf.render_note(note)

    assert drawn == [note.content_sha256, again(note).content_sha256]


# --- Pages --------------------------------------------------------------------------------------


def text_of(response):
    return " ".join(response.content.decode().split())


def test_the_page_opens_the_note_and_shows_the_amendment_and_the_earlier_version(client):
    note = sign(ready_note())
    client.force_login(note.visit.therapist.user)

    opened = client.post(reverse("documentation:note-amend", args=[note.pk]), {"reason": REASON})
    page = text_of(client.get(note.get_absolute_url()))

    assert opened["Location"] == note.visit.get_absolute_url()
    assert "Being amended" in page
    assert REASON in page
    assert NoteVersion.objects.get().get_absolute_url() in page
    assert 'name="reason"' not in page


def test_a_reason_left_out_is_asked_for_beside_its_field(client):
    note = sign(ready_note())
    client.force_login(note.visit.therapist.user)

    response = client.post(reverse("documentation:note-amend", args=[note.pk]), {"reason": ""})

    assert response.status_code == 422
    assert response.context["amend_form"].errors["reason"] == ["This field is required."]
    assert again(note).is_signed


def test_the_page_withdraws_the_amendment(client):
    note = sign(ready_note())
    amend(note)
    client.force_login(note.visit.therapist.user)

    client.post(reverse("documentation:note-amend-withdraw", args=[note.pk]))

    assert again(note).is_signed


def test_the_earlier_version_is_read_as_it_stood_and_that_is_written_down(client):
    note = amended_note()
    client.force_login(note.visit.therapist.user)

    page = text_of(client.get(NoteVersion.objects.get().get_absolute_url()))

    assert "This version was amended on" in page
    assert "Total timed minutes</dt><dd>47" in page
    assert "Total timed minutes</dt><dd>39" in text_of(client.get(note.get_absolute_url()))
    event = AuditEvent.objects.get(action="note.version_viewed")
    assert (event.target_id, event.detail) == (note.pk, {"version": 1})


def test_the_earlier_version_gives_out_its_pdf(client):
    note = sign(ready_note())
    NotePdf.objects.filter(note=note).update(status="ready", file_bytes=b"%PDF-1", sha256="0" * 64)
    amend(note)
    client.force_login(note.visit.therapist.user)

    response = client.get(
        reverse("documentation:note-version-pdf", args=[NoteVersion.objects.get().pk])
    )

    assert (response["Content-Type"], response.content) == ("application/pdf", b"%PDF-1")
    assert file_headers(response) == shown_pdf(f"note-{note.pk}-version-1.pdf")


def test_a_version_is_not_found_by_its_clinics_strangers(client):
    amended_note()
    stranger = UserFactory(roles=[Role.THERAPIST])
    client.force_login(stranger)

    assert client.get(NoteVersion.objects.get().get_absolute_url()).status_code == 404


def test_the_api_amends_withdraws_and_lists_the_versions(client):
    note = sign(ready_note())
    client.force_login(note.visit.therapist.user)
    address = f"/api/v1/notes/{note.pk}"

    opened = client.post(f"{address}/amend/", {"reason": REASON}, content_type="application/json")
    versions = client.get(f"{address}/versions/").json()
    withdrawn = client.post(f"{address}/amend/withdraw/", content_type="application/json")
    twice = client.post(f"{address}/amend/withdraw/", content_type="application/json")

    assert (opened.json()["version"], opened.json()["is_signed"]) == (2, False)
    assert [(row["number"], row["content_sha256"]) for row in versions] == [
        (1, note.content_sha256)
    ]
    assert (withdrawn.json()["version"], withdrawn.json()["is_signed"]) == (1, True)
    assert (twice.status_code, twice.json()["code"]) == (409, "not_open")


# --- Verifying ----------------------------------------------------------------------------------


def test_the_code_of_either_version_finds_it_and_says_which_holds():
    note = amended_note()
    old = NoteVersion.objects.get()

    first = verifying.find(code_of(old.content_sha256))
    second = verifying.find(code_of(note.content_sha256))

    assert (first.version, first.amended, first.is_intact) == (1, True, True)
    assert first.later_code == code_of(note.content_sha256)
    assert (second.version, second.amended, second.amends is not None) == (2, False, True)
