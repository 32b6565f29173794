"""The small picture of a document: made once by a worker, from the bytes as they came in.

It is drawn from dots alone: neither where a photo was taken nor anything else hidden in the file
comes along.
"""

from __future__ import annotations

from django.db import transaction

from documentation import papers
from documentation.attaching import thumbnails_of
from documentation.models import Attachment, AttachmentFile, AttachmentThumbnail
from documentation.received import PICTURES, ask_child
from people import pictures

SIDE = 480


def make(attachment: Attachment) -> None:
    """Make the thumbnail, once. A second call finds it and leaves."""
    rows = thumbnails_of(attachment)
    if papers.begin(rows) is None:
        return
    try:
        content = drawn(attachment)
    except Exception as error:
        papers.give_up_or_wait(rows, error)
        raise
    with transaction.atomic():
        row = rows.select_for_update().defer("file_bytes").get()
        if row.status == AttachmentThumbnail.Status.WAITING:
            papers.keep(row, content)


def drawn(attachment: Attachment) -> bytes:
    content = bytes(AttachmentFile.objects.get(attachment=attachment).content)
    if attachment.content_type == "application/pdf":
        return ask_child("first-page", content)
    picture = pictures.opened(content, (PICTURES[attachment.content_type],))
    return pictures.as_jpeg(pictures.flat(picture), SIDE)
