"""Files as they come from outside: pictures, and PDFs written by hand."""

from __future__ import annotations

import io

from PIL import Image
from reportlab.pdfgen import canvas

from documentation.models import Attachment
from documentation.received import look_at
from tests.factories import AttachmentFactory


def picture(kind="JPEG", size=(64, 40), mode="RGB", color="white", **save) -> bytes:
    written = io.BytesIO()
    Image.new(mode, size, color).save(written, kind, **save)
    return written.getvalue()


def pdf(*, pages: int = 1, words: str = "Referral to physical therapy") -> bytes:
    written = io.BytesIO()
    drawn = canvas.Canvas(written, pagesize=(612, 792), invariant=1)
    for _ in range(pages):
        drawn.drawString(72, 700, words)
        drawn.rect(72, 300, 300, 200, fill=1)
        drawn.showPage()
    drawn.save()
    return written.getvalue()


def pdf_with(catalog: str, *others: str) -> bytes:
    """A PDF of one page whose catalog also says `catalog`; `others` are objects 4, 5 …"""
    objects = [
        f"<< /Type /Catalog /Pages 2 0 R {catalog} >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 300] >>",
        *others,
    ]
    written, places = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(written))
        written += f"{number} 0 obj\n{body}\nendobj\n".encode()
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    count = len(objects) + 1
    tail = f"xref\n0 {count}\n0000000000 65535 f \n{table}trailer << /Size {count} /Root 1 0 R >>\n"
    return written + f"{tail}startxref\n{len(written)}\n%%EOF\n".encode()


def attachment_of(content: bytes, **values) -> Attachment:
    """A document that was looked at as an upload is."""
    received = look_at(content)
    return AttachmentFactory(
        content=content, content_type=received.content_type, pages=received.pages, **values
    )
