"""A few papers and pictures from elsewhere on the charts of the demo, drawn by ourselves."""

from __future__ import annotations

import datetime as dt
import hashlib
import io

from django.utils import timezone
from PIL import Image, ImageDraw
from reportlab.pdfgen import canvas

from documentation.models import Attachment, AttachmentFile, AttachmentThumbnail, Episode
from people import audit
from people.models import Patient, User

WAITED = dt.timedelta(minutes=5)  # the sweep rings for them as soon as a worker runs


def build_documents(patients: list[Patient], cases: dict[int, Episode], desk: User) -> None:
    """Each of them with a referral; the first with the rest of what comes from a hospital."""
    film, walk = _film(), _walk()
    for number, patient in enumerate(patients):
        case = cases[patient.pk]
        referral = _keep(
            patient, case, _referral(patient, case), "referral", "Referral to therapy", desk
        )
        Episode.objects.filter(pk=case.pk).exclude(order_signed_on=None).update(
            order_document=referral
        )
        if number == 0:
            _keep(patient, case, film, "imaging", "Left knee, two views", desk)
            _keep(patient, case, walk, "outside", "Walking aid as set at the hospital", desk)
            _keep(patient, None, _summary(patient), "outside", "Discharge summary", desk)


def _keep(
    patient: Patient, case: Episode | None, content: bytes, kind: str, title: str, by: User
) -> Attachment:
    """As `attaching.attach` does it, without looking at what we have drawn ourselves."""
    is_pdf = content.startswith(b"%PDF")
    attachment = Attachment.objects.create(
        patient=patient,
        episode=case,
        kind=kind,
        title=title,
        content_type="application/pdf" if is_pdf else "image/png",
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        pages=1 if is_pdf else None,
        uploaded_by=by,
    )
    AttachmentFile.objects.create(attachment=attachment, content=content)
    AttachmentThumbnail.objects.create(attachment=attachment, waiting_since=timezone.now() - WAITED)
    audit.record(
        by=by,
        action="attachment.uploaded",
        patient=patient,
        target=attachment,
        kind=kind,
        sha256=attachment.sha256,
    )
    return attachment


def _referral(patient: Patient, case: Episode) -> bytes:
    referrer = case.referring_provider
    return _letter(
        "Referral to physical therapy",
        [
            f"Patient: {patient.full_name}, born {patient.birth_date:%m/%d/%Y}",
            f"For: {case.title}",
            "Evaluate and treat, two to three times a week.",
            "Weight bearing as tolerated. Fall precautions.",
            "",
            f"Signed: {referrer or 'the referring provider'}",
        ],
    )


def _summary(patient: Patient) -> bytes:
    return _letter(
        "Hospital discharge summary",
        [
            f"Patient: {patient.full_name}, born {patient.birth_date:%m/%d/%Y}",
            "Admitted after a fall at home; no fracture.",
            "Walks 100 feet with a front-wheeled walker and one person close by.",
            "Home with outpatient therapy.",
        ],
    )


def _letter(heading: str, lines: list[str]) -> bytes:
    written = io.BytesIO()
    page = canvas.Canvas(written, pagesize=(612, 792), invariant=1)
    page.setTitle(heading)
    page.setFont("Helvetica-Bold", 16)
    page.drawString(72, 700, heading)
    page.line(72, 690, 540, 690)
    page.setFont("Helvetica", 11)
    for number, line in enumerate(lines):
        page.drawString(72, 660 - 20 * number, line)
    page.showPage()
    page.save()
    return written.getvalue()


def _film() -> bytes:
    """Two views of a knee, as a film would show them, only simpler."""
    film = Image.new("L", (900, 620), 16)
    pen = ImageDraw.Draw(film)
    for left in (120, 520):
        pen.rounded_rectangle((left + 70, 20, left + 190, 260), 50, fill=150)
        pen.ellipse((left + 30, 210, left + 230, 320), fill=185)
        pen.rounded_rectangle((left + 40, 332, left + 220, 390), 24, fill=185)
        pen.rounded_rectangle((left + 80, 370, left + 180, 600), 40, fill=150)
        pen.ellipse((left + 95, 190, left + 165, 265), fill=215)
    pen.text((30, 30), "L", fill=235, font_size=40)
    return _as_png(film)


def _walk() -> bytes:
    """A walker, drawn with lines."""
    drawn = Image.new("RGB", (640, 640), "white")
    pen = ImageDraw.Draw(drawn)
    for line in (
        [(180, 120), (140, 560)], [(460, 120), (500, 560)], [(180, 120), (460, 120)],
        [(165, 300), (475, 300)], [(230, 120), (210, 520)], [(410, 120), (430, 520)],
    ):  # fmt: skip
        pen.line(line, fill="#0b6676", width=12)
    for left in (120, 480):
        pen.ellipse((left, 545, left + 40, 585), outline="#18222c", width=8)
    pen.text((180, 40), "Handles at the wrist crease", fill="#18222c", font_size=24)
    return _as_png(drawn)


def _as_png(picture: Image.Image) -> bytes:
    written = io.BytesIO()
    picture.save(written, "PNG", optimize=True)
    return written.getvalue()
