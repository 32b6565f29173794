"""Notes of the demo to which something happened after they were signed: one amended and signed
again, one opened again and still to be signed."""

from __future__ import annotations

from documentation import amending, drafts, session_content, signing
from documentation.models import Draft, Note
from people.models import User

COUNTED_WRONG = "The minutes of 97112 were counted from the wrong clock: two fewer were given."
WRONG_SIDE = "The side of the stance exercise is to be corrected."
NEURO = "97112"


def amend_notes() -> None:
    """The two oldest daily notes that a therapist signed alone."""
    alone = Note.objects.filter(
        signed_at__isnull=False,
        cosigned_by=None,
        cosign_needed=False,
        kind=Note.Kind.DAILY,
        visit__assistant=None,
        visit__timed_entries__code=NEURO,
    ).select_related("signed_by")
    for note, finishes in zip(alone.order_by("signed_at", "pk")[:2], (True, False), strict=False):
        assert note.signed_by is not None
        reason = COUNTED_WRONG if finishes else WRONG_SIDE
        amending.open_amendment(note=note, reason=reason, by=note.signed_by)
        if finishes:
            _correct_minutes(note, by=note.signed_by)


def _correct_minutes(note: Note, *, by: User) -> None:
    visit = session_content.fresh(note.visit)
    content = session_content.content_of(visit)
    for entry in content["entries"]:
        if entry["code"] == NEURO:
            entry["minutes"] -= 2
    content["total_treatment_minutes"] = sum(entry["minutes"] for entry in content["entries"])
    draft = Draft.objects.filter(visit=visit).first()
    drafts.save_draft(
        visit=visit, content=content, base_version=draft.version if draft else 0, by=by
    )
    signing.put_signature(note=Note.objects.get(pk=note.pk), by=by)
