"""Who listens downstairs: a signed note rings, and its claim is drafted."""

from typing import Any

from django.dispatch import receiver

from billing.tasks import draft_claim
from documentation.models import Note
from documentation.signals import note_signed


@receiver(note_signed, dispatch_uid="billing.draft_claim")
def draft_claim_after_signing(note: Note, **kwargs: Any) -> None:
    draft_claim.delay_on_commit(note.visit_id)
