"""Files that come from outside: what one is by its content, and whether it may be kept.

Its name and what the browser calls it are not asked. Each is really opened: a picture here
(`people.pictures`), a PDF in a process of its own (`pdf_child`).
"""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

from django.core.exceptions import ValidationError

from people import pictures

CHILD = Path(__file__).with_name("pdf_child.py")
PATIENCE = 30  # seconds for a PDF; it gets less computing time than that
HEAD = 1024  # bytes in which a browser or a reader of PDFs looks for what a file is

PICTURES = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP", "image/tiff": "TIFF"}
HEIC = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
MARKUP = (b"<!doctype", b"<html", b"<script", b"<svg", b"<?php", b"<iframe", b"<body")

PRINT_IT = "Print it to a new PDF and add that one."
IN_WORDS = {
    "locked": f"This PDF is locked with a password. {PRINT_IT}",
    "script": f"This PDF holds a script or a form that runs one. {PRINT_IT}",
    "launch": f"This PDF would start another program. {PRINT_IT}",
    "sends": f"This PDF would send something to an address. {PRINT_IT}",
    "files": f"This PDF has other files inside it. {PRINT_IT}",
    "empty": "This PDF has no pages.",
}
DAMAGED_PDF = "This PDF cannot be opened: it seems to be damaged or cut off."
DAMAGED_PICTURE = "This picture cannot be opened: it seems to be damaged or cut off."
TWO_IN_ONE = "This file is two kinds of file at once. Save it anew, or take a picture of it."
NOT_HEIC = (
    "This is a HEIC picture, which most computers cannot show. Take it with the camera here, or "
    "send it as JPEG (iPhone: Settings, Camera, Formats, Most Compatible)."
)
NO_KIND = "Only PDFs and pictures (JPEG, PNG, WebP, TIFF) can be added here."


@dataclass(frozen=True)
class Received:
    """A file that may be kept."""

    content: bytes
    content_type: str
    sha256: str
    pages: int | None = None


def look_at(content: bytes) -> Received:
    """The file with what it is. Raises `ValidationError` with what to do instead."""
    if not content:
        raise ValidationError("This file is empty.")
    content_type = type_of(content)
    if _is_two_in_one(content, content_type):
        raise ValidationError(TWO_IN_ONE)
    if content_type == "application/pdf":
        pages = _look_at_pdf(content)
    else:
        _look_at_picture(content, content_type)
        pages = None
    return Received(content, content_type, hashlib.sha256(content).hexdigest(), pages)


def type_of(content: bytes) -> str:
    """By the first bytes alone; raises `ValidationError` for a kind that is not kept."""
    if content.startswith(b"%PDF-"):
        return "application/pdf"
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return "image/webp"
    if content.startswith((b"II*\x00", b"MM\x00*")):
        return "image/tiff"
    if content[4:8] == b"ftyp" and content[8:12] in HEIC:
        raise ValidationError(NOT_HEIC)
    raise ValidationError(NO_KIND)


def _is_two_in_one(content: bytes, content_type: str) -> bool:
    """Whether another program would take it for something else: an archive by its end, a page or a
    PDF by its beginning."""
    head = content[:HEAD].lower()
    if content_type != "application/pdf" and b"%pdf-" in head:
        return True
    return any(word in head for word in MARKUP) or zipfile.is_zipfile(io.BytesIO(content))


def _look_at_picture(content: bytes, content_type: str) -> None:
    try:
        pictures.opened(content, (PICTURES[content_type],))
    except pictures.NoPicture:
        raise ValidationError(DAMAGED_PICTURE) from None


def _look_at_pdf(content: bytes) -> int:
    try:
        found = json.loads(ask_child("look", content))
    except (subprocess.SubprocessError, json.JSONDecodeError):
        raise ValidationError(DAMAGED_PDF) from None
    if "problem" in found:
        raise ValidationError(IN_WORDS[found["problem"]])
    return int(found["pages"])


def ask_child(act: str, content: bytes) -> bytes:
    """What `pdf_child` answers; raises `SubprocessError` when it ends otherwise, or not in time."""
    answer = subprocess.run(
        [sys.executable, "-I", str(CHILD), act],
        input=content,
        capture_output=True,
        check=True,
        timeout=PATIENCE,
        env={},  # none of our secrets beside somebody else's file
    )
    return answer.stdout
