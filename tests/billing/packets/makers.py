"""A packet asked for and made, what its pages say, and a second visit of the case."""

import datetime as dt
import io

import pypdf

from billing import packets
from billing.models import AuditPacket
from documentation.models import Note, Visit
from tests.factories import NoteFactory, TimedEntryFactory, VisitFactory


def ask(note, *, by, visits=None, made_for="Noridian, ADR 4711"):
    episode = note.visit.episode
    return packets.ask(episode=episode, visits=visits or [note.visit], made_for=made_for, by=by)


def make(packet) -> AuditPacket:
    packets.make(packet)
    return AuditPacket.objects.get(pk=packet.pk)


def pages_of(packet) -> list[str]:
    reader = pypdf.PdfReader(io.BytesIO(bytes(packet.file_bytes)))
    return [" ".join(page.extract_text().split()) for page in reader.pages]


def second_visit(note, *, day=dt.date(2026, 3, 4), signed=True) -> Visit:
    visit = VisitFactory(
        episode=note.visit.episode,
        therapist=note.visit.therapist,
        date_of_service=day,
        total_treatment_minutes=30,
    )
    TimedEntryFactory(visit=visit, code_id="97110", minutes=30)
    row = NoteFactory(visit=visit, subjective="A", objective="O", assessment="B", plan="P")
    if signed:
        content = note.content | {"visit": note.content["visit"] | {"id": visit.pk}}
        Note.objects.filter(pk=row.pk).update(
            signed_by=note.signed_by,
            signed_at=note.signed_at,
            content=content,
            content_sha256="0" * 64,
        )
    return visit
