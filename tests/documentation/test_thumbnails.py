"""Thumbnails: made once by a worker from dots alone, tried again, and failed where one sees it."""

import datetime as dt
import io

import pytest
from django.utils import timezone
from PIL import Image

from documentation import attaching, tasks, thumbnails
from documentation.models import AttachmentThumbnail
from people.models import AuditEvent
from tests.documentation.outside import attachment_of, pdf, picture
from tests.factories import AttachmentFactory, UserFactory

pytestmark = pytest.mark.django_db


def opened(attachment) -> Image.Image:
    row = AttachmentThumbnail.objects.get(attachment=attachment)
    assert row.status == "ready"
    return Image.open(io.BytesIO(bytes(row.file_bytes)))


def test_a_photo_is_turned_upright_and_says_nothing_of_where_it_was_taken():
    exif = Image.Exif()
    exif[0x0112] = 6  # lies on its side
    exif[0x010F] = "Telephone of the patient"
    exif.get_ifd(0x8825)[1] = "N"
    content = picture(size=(960, 600), exif=exif)
    attachment = attachment_of(content)

    tasks.make_thumbnail(attachment.pk)

    small = opened(attachment)
    assert (small.format, small.size, dict(small.getexif())) == ("JPEG", (300, 480), {})
    assert b"Telephone" not in bytes(attachment.thumbnail.file_bytes or b"")
    assert b"Telephone" in bytes(attachment.file.content)


def test_of_a_pdf_the_first_page_is_drawn():
    attachment = attachment_of(pdf(pages=2))

    tasks.make_thumbnail(attachment.pk)

    small = opened(attachment)
    assert (small.format, small.size) == ("JPEG", (371, 480))
    assert small.getpixel((5, 5)) == (255, 255, 255)
    assert max(small.getpixel((150, 250))) < 20  # the black box on the page


def test_a_thumbnail_is_made_once(monkeypatch):
    attachment = attachment_of(picture())
    tasks.make_thumbnail(attachment.pk)
    made = AttachmentThumbnail.objects.get()
    monkeypatch.setattr(thumbnails, "drawn", lambda attachment: pytest.fail("drawn twice"))

    tasks.make_thumbnail(attachment.pk)

    again = AttachmentThumbnail.objects.get()
    assert (again.made_at, again.attempts, again.sha256) == (made.made_at, 1, made.sha256)


def test_what_cannot_be_drawn_is_tried_five_times_then_asks_for_a_person(monkeypatch):
    attachment = AttachmentFactory(content=b"%PDF-1.7 nothing in it")

    for _ in range(6):
        try:
            tasks.make_thumbnail(attachment.pk)
        except Exception:
            continue

    row = AttachmentThumbnail.objects.get()
    assert (row.status, row.attempts) == ("failed", 5)
    assert row.problem == "Something in it could not be drawn (CalledProcessError)."

    by = UserFactory()
    assert attaching.ask_again(attachment=attachment, by=by) is True
    assert attaching.ask_again(attachment=attachment, by=by) is False
    row.refresh_from_db()
    assert (row.status, row.attempts) == ("waiting", 0)
    asked = AuditEvent.objects.get(action="attachment.thumbnail_asked_again")
    assert (asked.actor, asked.target_id) == (by, attachment.pk)


def test_the_sweep_rings_for_what_has_waited_and_for_nothing_else(monkeypatch):
    rung = []
    monkeypatch.setattr(tasks.make_thumbnail, "delay", rung.append)
    missed, fresh, made = AttachmentFactory(), AttachmentFactory(), AttachmentFactory()
    long_ago = timezone.now() - dt.timedelta(minutes=3)
    rows = AttachmentThumbnail.objects.exclude(attachment=fresh)
    rows.update(waiting_since=long_ago)
    rows.filter(attachment=made).update(status="ready", file_bytes=b"JPEG")

    tasks.sweep_thumbnails()

    assert rung == [missed.pk]
