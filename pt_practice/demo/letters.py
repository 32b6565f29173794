"""What the demo's referring providers were sent: faxes, an e-mail that was read; one failed, of one
nobody knows whether it went out."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from documentation.models import LetterSettings, Note, ProviderLetter
from documentation.note_letters import KIND, SENDABLE
from people.models import User

Channel, Status = ProviderLetter.Channel, ProviderLetter.Status
SENT: dict[str, Any] = {"status": Status.SENT, "carrier": "file", "attempts": 1}
COURSES: tuple[dict[str, Any], ...] = (
    SENT,
    SENT | {"channel": Channel.EMAIL, "carrier": "mail"},
    {"status": Status.FAILED, "attempts": 12, "problem": "The carrier could not be reached."},
    SENT,
    {"status": Status.SENDING, "attempts": 1, "carrier": "file"},
    SENT,
)
EVENING, LATER = dt.time(17, 40), dt.timedelta(minutes=20)


def build_letters(by: User) -> None:
    """The latest evaluations and reports, each on its way in another state."""
    LetterSettings.objects.create(pk=1, reports_since=timezone.now())
    notes = (
        Note.objects.filter(kind__in=SENDABLE, signed_at__isnull=False, cosign_needed=False)
        .exclude(visit__episode__referring_provider=None)
        .select_related("visit__patient", "visit__clinic", "visit__episode__referring_provider")
        .defer("content")
        .order_by("-visit__date_of_service", "-pk")
    )
    by_fax = [note for note in notes[: 4 * len(COURSES)] if _provider_of(note).fax]
    by_mail = [note for note in by_fax if _provider_of(note).email]
    rows = []
    for course in COURSES:
        choice = by_mail if course.get("channel") == Channel.EMAIL else by_fax
        if not choice:
            continue
        note = choice[0]
        by_fax = [other for other in by_fax if other != note]
        by_mail = [other for other in by_mail if other != note]
        rows.append(_letter(note, course, by))
    ProviderLetter.objects.bulk_create(rows)


def _provider_of(note: Note) -> Any:
    episode = note.visit.episode
    assert episode is not None
    return episode.referring_provider


def _letter(note: Note, course: dict[str, Any], by: User) -> ProviderLetter:
    provider = _provider_of(note)
    day, zone = note.visit.date_of_service, note.visit.clinic.zone
    at = min(dt.datetime.combine(day, EVENING, zone), timezone.now() - LATER - LATER)
    letter = ProviderLetter(
        kind=KIND,
        patient=note.visit.patient,
        provider=provider,
        note=note,
        content_sha256=note.content_sha256,
        source_key=f"note:{note.pk}:{note.version}:{provider.pk}",
        created_at=at,
        created_by=by,
        not_before=at,
        **{"channel": Channel.FAX} | course,
    )
    letter.to = provider.address_for(letter.channel)
    if letter.status in (Status.SENT, Status.SENDING):
        letter.sending_since = at
    if letter.status == Status.SENT:
        letter.sent_at = at
    if letter.channel == Channel.EMAIL:
        letter.opened_at = at + LATER
    return letter
