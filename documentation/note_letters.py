"""A signed note as a letter to the provider who referred the patient: a progress report, or an
evaluation, a re-evaluation, a discharge summary. What is sent is the note's own PDF."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from documentation import letters
from documentation.models import LetterSettings, Note, NotePdf, ProviderLetter
from people import links
from people.models import PatientLink, ReferringProvider, Role, User

KIND = ProviderLetter.Kind.PROGRESS
PURPOSE = PatientLink.Purpose.LETTER
SENDABLE = (
    Note.Kind.EVALUATION,
    Note.Kind.PROGRESS,
    Note.Kind.RE_EVALUATION,
    Note.Kind.DISCHARGE,
)
SENDS_NOTES = (Role.OWNER, Role.THERAPIST, Role.ASSISTANT)
LOOK_BACK = dt.timedelta(days=30)  # a bell that was missed longer ago is not rung again
BEING_AMENDED = "The note is being amended."
AMENDED = "The note was amended: send the version that holds."


class NotSendable(Exception):
    """The note is not final, or is of no kind that goes to providers."""


class NobodyReferred(Exception):
    """The case names no referring provider."""


def provider_of(note: Note) -> ReferringProvider | None:
    episode = note.visit.episode
    return episode.referring_provider if episode is not None else None


def queue_note(*, note: Note, by: User | None, channel: str = "") -> ProviderLetter:
    """The letter that takes this version of the note to the referring provider; asked again, the
    first one. Raises `NotSendable`, `NobodyReferred`."""
    if not note.is_final or note.kind not in SENDABLE:
        raise NotSendable
    provider = provider_of(note)
    if provider is None:
        raise NobodyReferred
    return letters.queue(
        kind=KIND,
        patient=note.visit.patient,
        provider=provider,
        source_key=f"note:{note.pk}:{note.version}:{provider.pk}",
        content_sha256=note.content_sha256,
        by=by,
        channel=channel,
        note=note,
    )


def queue_by_itself(note: Note) -> ProviderLetter | None:
    """The letter of a progress report, where the practice has them sent when they are signed."""
    since = LetterSettings.current().reports_since
    if since is None or note.kind != Note.Kind.PROGRESS or not note.is_final:
        return None
    became_final_at = note.cosigned_at or note.signed_at
    assert became_final_at is not None
    if became_final_at < since or provider_of(note) is None:
        return None
    return queue_note(note=note, by=None)


def without_letter() -> QuerySet[Note]:
    """Progress reports that should have gone by themselves and have no letter yet."""
    since = LetterSettings.current().reports_since
    if since is None:
        return Note.objects.none()
    since = max(since, timezone.now() - LOOK_BACK)
    sent = ProviderLetter.objects.filter(
        note=OuterRef("pk"), content_sha256=OuterRef("content_sha256")
    )
    is_final = Q(cosign_needed=False, signed_at__gte=since) | Q(cosigned_at__gte=since)
    return (
        Note.objects.filter(is_final, kind=Note.Kind.PROGRESS)
        .exclude(visit__episode__referring_provider=None)
        .exclude(Exists(sent))
        .order_by("signed_at", "pk")
    )


@dataclass(frozen=True)
class Post:
    """A note on its way to the provider: what its page shows."""

    provider: ReferringProvider | None
    letters: list[ProviderLetter]
    is_sent: bool  # this version has a letter already


def post_of(note: Note) -> Post | None:
    """None for a note that goes to nobody."""
    if not note.is_final or note.kind not in SENDABLE:
        return None
    rows = ProviderLetter.objects.filter(note=note).select_related(
        "provider", "patient__clinic", "settled_by", "sent_again_as"
    )
    sent = [letter for letter in rows if letter.content_sha256 == note.content_sha256]
    return Post(provider=provider_of(note), letters=list(rows), is_sent=bool(sent))


# --- What a letter of this kind is --------------------------------------------------------------


def register() -> None:
    letters.register(
        letters.Kind(
            key=KIND,
            title=lambda letter: _note_of(letter).get_kind_display(),
            page=lambda letter: _note_of(letter).get_absolute_url(),
            paper=paper,
            link=link,
            untrue=untrue,
        )
    )


def _note_of(letter: ProviderLetter) -> Note:
    assert letter.note is not None
    return letter.note


def paper(letter: ProviderLetter) -> bytes | None:
    """The note's PDF as it stands, addenda included."""
    row = NotePdf.objects.filter(note=letter.note_id).first()
    if row is None or row.status == NotePdf.Status.WAITING:
        return None
    if row.status == NotePdf.Status.FAILED:
        raise letters.NoPaper("The PDF could not be made: have it tried again on the page PDFs.")
    return bytes(row.file_bytes or b"")


def untrue(letter: ProviderLetter) -> str:
    note = Note.objects.get(letters=letter.pk)
    if not note.is_final:
        return BEING_AMENDED
    return "" if note.content_sha256 == letter.content_sha256 else AMENDED


def link(letter: ProviderLetter) -> str:
    """The address that opens the letter for its provider; the same while it is tried again."""
    open_one = PatientLink.objects.filter(
        purpose=PURPOSE,
        target_id=letter.pk,
        revoked_at=None,
        used_at=None,
        expires_at__gt=timezone.now(),
    ).first()
    row = open_one or links.make(
        purpose=PURPOSE,
        patient=letter.patient,
        expires_at=timezone.now() + dt.timedelta(days=LetterSettings.current().link_days),
        by=letter.created_by,
        target=letter,
    )
    address = reverse("documentation:provider-letter", args=[links.token_of(row)])
    return str(settings.PUBLIC_URL + address)
