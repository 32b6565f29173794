"""A claim on paper: its frozen version filled into the CMS-1500, or a preview of it as it is."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from billing.claim_content import Incomplete, content_of
from billing.claims import OPEN
from billing.frozen import claim_from_json
from billing.models import Claim, FormPrinter
from billing.paper.cms1500 import Form, cannot_be_printed, fill
from billing.paper.draw import Look, draw, draw_ruler
from billing.policies import NoPolicy
from billing.x12.values import Refused
from people import audit
from people.models import User


class CannotPrint(ValueError):
    """The claim lacks something the form cannot do without; the message says what."""


@dataclass(frozen=True, slots=True)
class PaperClaim:
    """A filled form; `version` is the frozen version it was filled from, None for a preview."""

    form: Form
    version: int | None

    @property
    def is_preview(self) -> bool:
        return self.version is None


def paper_of(claim: Claim) -> PaperClaim:
    """The newest frozen version of a claim that was released; else what the claim says now.
    Raises CannotPrint."""
    version = None if claim.status in OPEN else claim.versions.order_by("-number").first()
    try:
        if version is None:
            return PaperClaim(form=fill(content_of(claim)), version=None)
        signed_on = timezone.localdate(version.made_at, timezone=claim.clinic.zone)
        content = claim_from_json(version.content)
        return PaperClaim(form=fill(content, signed_on=signed_on), version=version.number)
    except Refused as error:
        raise CannotPrint(cannot_be_printed(error)) from None
    except NoPolicy:
        raise CannotPrint("The payer has no policy on the day of the visit.") from None
    except Incomplete as error:
        raise CannotPrint(str(error)) from None


@transaction.atomic
def print_claim(
    *, claim: Claim, by: User, background: bool, printer: FormPrinter | None = None
) -> bytes:
    """The claim's PDF, with our own ground or as text alone for the red form. Raises CannotPrint.

    Our own ground needs no printer's offset: text and lines move together.
    """
    paper = paper_of(claim)
    if background or printer is None:
        look = Look(background=background, preview=paper.is_preview)
    else:
        look = Look(
            background=False,
            preview=paper.is_preview,
            right=float(printer.right),
            down=float(printer.down),
        )
    audit.record(
        by=by,
        action="claim.printed",
        patient=claim.patient,
        target=claim,
        version=paper.version or 0,
        background=background,
    )
    return draw([paper.form], look)


def ruler_of(printer: FormPrinter) -> bytes:
    """A sheet that shows how far this printer is off."""
    return draw_ruler(Look(right=float(printer.right), down=float(printer.down)))
