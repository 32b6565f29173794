"""Claims released to a payer that takes paper, and their pile made and read."""

import datetime as dt
from io import BytesIO

import pypdf
from django.utils import timezone

from billing import claims, paper_batches
from billing.models import Claim, PaperBatch
from people.models import Payer, practice_zone
from tests.billing.makers import make_payer, make_signed_visit


def make_paper_payer(**policy) -> Payer:
    """A payer that wants its claims by mail."""
    payer = make_payer(
        **{
            "name": "State Accident Fund",
            "kind": "commercial",
            "filing": "CI",
            "paper_only": True,
            "certification_needed": False,
            "referral_needed": False,
            "assistant_modifier": False,
        }
        | policy
    )
    payer.line1, payer.city, payer.state, payer.postal_code = "PO Box 9", "Salem", "OR", "97301"
    payer.save(update_fields=["line1", "city", "state", "postal_code"])
    return payer


def released(payer, biller, *minutes) -> Claim:
    claim = claims.draft_claim(make_signed_visit(*minutes, payer=payer))
    claims.release(claim=claim, by=biller)
    claim.refresh_from_db()
    return claim


def pages_of(batch) -> list[str]:
    batch.refresh_from_db()
    return [page.extract_text() for page in pypdf.PdfReader(BytesIO(bytes(batch.file_bytes))).pages]


def practice_day() -> dt.date:
    return timezone.localdate(timezone=practice_zone())


def made(batch) -> PaperBatch:
    paper_batches.make(batch)
    batch.refresh_from_db()
    assert batch.status == "ready"
    return batch
