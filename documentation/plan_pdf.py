"""A plan of care on paper: as it was sent, with a line to sign on, or as it was signed."""

from __future__ import annotations

import base64
from typing import Any

from django.db import models, transaction
from django.template.loader import render_to_string

from documentation import frozen, papers, verifying
from documentation.models import PlanPdf, PlanSending
from people.models import User

STYLES = "note.css"
CODE_SINCE = 2  # plan_content.SIGNATURE_VERSION


def render(pdf: PlanPdf) -> None:
    """Make it, once. A second call finds it and leaves."""
    row = papers.begin(_rows(pdf))
    if row is None:
        return
    try:
        content = as_pdf(row)
    except Exception as error:
        papers.give_up_or_wait(_rows(pdf), error)
        raise
    with transaction.atomic():
        row = _rows(pdf).select_for_update().defer("file_bytes").get()
        if row.status == PlanPdf.Status.WAITING:
            papers.keep(row, content)


def as_html(pdf: PlanPdf) -> str:
    sending, is_signed = pdf.sending, pdf.copy == PlanPdf.Copy.SIGNED
    made_at = sending.content["established"]["established_at"]
    if is_signed:
        assert sending.signature is not None
        made_at = sending.signature.get("signed_at") or sending.signature["recorded_at"]
    return render_to_string(
        "documentation/pdf/plan.html",
        {
            "content": as_read(sending),
            "sha256": sending.signed_sha256 if is_signed else sending.content_sha256,
            "is_signed": is_signed,
            "drawn": drawn(sending) if is_signed else "",
            "verify": _verification(sending) if is_signed else None,
            # Without it the clock of the machine would change the bytes.
            "created": made_at[:19] + "Z",
        },
    )


def as_pdf(pdf: PlanPdf) -> bytes:
    sending = pdf.sending
    return papers.draw(
        as_html(pdf), styles=STYLES, identifier=f"plan-of-care-{sending.pk}-{pdf.copy}"
    )


def as_read(sending: PlanSending) -> dict[str, Any]:
    """What was sent and what was signed under it, its days as dates, on the clinic's clock."""
    return frozen.as_read(sending.content | {"signature": sending.signature})


def drawn(sending: PlanSending) -> str:
    """The drawn signature as an address of its own bytes: a page on paper fetches nothing."""
    if sending.image is None:
        return ""
    return "data:image/png;base64," + base64.b64encode(bytes(sending.image)).decode()


def _verification(sending: PlanSending) -> dict[str, str] | None:
    """What the signed copy bears to be verified by, if its signature is of the kind that does."""
    signature = sending.signature or {}
    if signature.get("version", 1) < CODE_SINCE:
        return None
    return verifying.printed(sending.signed_sha256)


def ask_again(*, pdf: PlanPdf, by: User) -> bool:
    """Have a PDF that failed tried anew; whether there was one."""
    return papers.ask_again(
        _rows(pdf),
        by=by,
        action="plan.pdf_asked_again",
        patient=pdf.sending.patient,
        target=pdf.sending,
    )


def _rows(pdf: PlanPdf) -> models.QuerySet[PlanPdf]:
    return PlanPdf.objects.filter(pk=pdf.pk).select_related("sending")
