"""The earlier version of an amended note stays: kept by the database, with its PDF, verifiable."""

import pytest
from django.db import DatabaseError, connection, transaction

from documentation import amending, signing, verifying, version_pdf
from documentation.models import Amendment, Note, NotePdf, NoteVersion, NoteVersionPdf
from documentation.rules.codes import code_of
from tests.documentation.amended import again, amend, amended_note, signature_of
from tests.documentation.ready import ready_note, sign

pytestmark = pytest.mark.django_db


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


# --- Verifying ----------------------------------------------------------------------------------


def test_the_code_of_either_version_finds_it_and_says_which_holds():
    note = amended_note()
    old = NoteVersion.objects.get()

    first = verifying.find(code_of(old.content_sha256))
    second = verifying.find(code_of(note.content_sha256))

    assert (first.version, first.amended, first.is_intact) == (1, True, True)
    assert first.later_code == code_of(note.content_sha256)
    assert (second.version, second.amended, second.amends is not None) == (2, False, True)
