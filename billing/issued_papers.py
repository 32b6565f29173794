"""The PDF of a superbill or an estimate: drawn from what its row froze when it was issued, once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.db import models, transaction
from django.template.loader import render_to_string

from billing.frozen import sha256_of
from billing.models import Estimate, Superbill
from documentation import papers
from documentation.models.pdf_row import PdfRow
from people import audit
from people.models import User

STYLES = "bill.css"
Issued = TypeVar("Issued", Superbill, Estimate)


def superbill_pdf(row: Superbill) -> bytes:
    return _draw("billing/pdf/superbill.html", row)


def estimate_pdf(row: Estimate) -> bytes:
    return _draw("billing/pdf/estimate.html", row)


def _draw(template: str, row: Superbill | Estimate) -> bytes:
    """The same bytes for the same content."""
    sha256 = sha256_of(row.content)
    page = render_to_string(template, {"number": row.number, "said": row.content})
    return papers.draw(page, styles=STYLES, identifier=f"{row.number}-{sha256}")


def make(row: Issued, draw: Callable[[Any], bytes]) -> None:
    """Make the PDF, once. A second call finds it made and leaves."""
    rows: models.QuerySet[Any] = type(row)._default_manager.filter(pk=row.pk)
    begun = papers.begin(rows)
    if begun is None:
        return
    try:
        content = draw(begun)
    except Exception as error:
        papers.give_up_or_wait(rows, error)
        raise
    with transaction.atomic():
        locked = rows.select_for_update(of=("self",)).defer("file_bytes").get()
        if locked.status == PdfRow.Status.WAITING:
            papers.keep(locked, content)


def ask_again(row: Superbill | Estimate, *, by: User) -> bool:
    """Have a PDF that failed tried anew; whether there was one."""
    kind = type(row)._meta.model_name
    return papers.ask_again(
        type(row)._default_manager.filter(pk=row.pk),
        by=by,
        action=f"{kind}.asked_again",
        patient=row.patient,
        target=row,
    )


def note_opened(row: Superbill | Estimate, *, by: User | None) -> bytes:
    """The bytes, with a line in the audit that they were looked at; by the patient behind a link
    when it was nobody of the staff."""
    audit.record(
        by=by,
        action=f"{type(row)._meta.model_name}.viewed",
        patient=row.patient,
        target=row,
        sha256=row.sha256,
    )
    return bytes(row.file_bytes or b"")
