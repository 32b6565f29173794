"""A signed progress report with its PDF, a provider who is reached, and a carrier that obeys."""

from __future__ import annotations

from django.utils import timezone

from documentation import letters, note_letters
from documentation.models import LetterSettings, Note, NotePdf, ProviderLetter
from people.models import ReferringProvider
from tests.documentation.ready import ready_note, sign

PAPER = b"%PDF-1.7 the report of Ada Okafor"
FAX, EMAIL = "+15035550177", "hale@clinic.example"


def signed_report(*, kind=Note.Kind.PROGRESS, has_pdf=True, patient=None, **provider) -> Note:
    """Signed; its provider has a fax number and an e-mail address unless told."""
    note = sign(ready_note(kind=kind, patient=patient))
    ReferringProvider.objects.filter(pk=note.visit.episode.referring_provider_id).update(
        **{"fax": FAX, "email": EMAIL} | provider
    )
    if has_pdf:
        pdf_is_ready(note)
    return Note.objects.select_related("visit__episode__referring_provider").get(pk=note.pk)


def pdf_is_ready(note: Note) -> None:
    NotePdf.objects.filter(note=note).update(
        status="ready", file_bytes=PAPER, made_at=timezone.now()
    )


def chosen(**values) -> LetterSettings:
    row, _ = LetterSettings.objects.update_or_create(pk=1, defaults=values)
    return row


def waiting(*, channel="fax", note=None, **values) -> ProviderLetter:
    """A letter in line for the carrier."""
    note = note or signed_report(**values)
    return note_letters.queue_note(note=note, by=note.signed_by, channel=channel)


def after_sending(letter: ProviderLetter) -> ProviderLetter:
    letters.send(letter.pk)
    letter.refresh_from_db()
    return letter


class FakeCarrier:
    """Keeps what it is handed; `how` is what it raises then, or the receipt it gives."""

    def __init__(self) -> None:
        self.how: BaseException | str = "receipt 1"
        self.received: list = []

    def hand_over(self, parcel):
        self.received.append(parcel)
        if isinstance(self.how, BaseException):
            raise self.how
        return self.how
