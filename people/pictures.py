"""Pictures that come from outside: looked at by content, and made anew from their pixels.

What is stored was written by us: no place, camera or hidden part of the file survives.
"""

from __future__ import annotations

import base64
import binascii
import io
import warnings
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from PIL import Image, ImageOps, UnidentifiedImageError

LARGEST_PHOTO = 10 * 1024 * 1024
MOST_PIXELS = 60_000_000
PHOTO_SIDE, THUMBNAIL_SIDE = 2000, 320
LARGEST_SIGNATURE = 1024 * 1024
SIGNATURE_SIDE = 1200
PNG_URL = "data:image/png;base64,"


@dataclass(frozen=True)
class Photo:
    """A photograph as it is stored, and its small picture: both JPEG."""

    image: bytes
    thumbnail: bytes


def photo(content: bytes) -> Photo:
    """A JPEG or PNG from a telephone, turned the right way up and no larger than it needs to be.
    Raises `ValidationError` with what to do instead."""
    if len(content) > LARGEST_PHOTO:
        raise ValidationError("This picture is larger than 10 MB. Take it in a smaller size.")
    picture = _opened(content, ("JPEG", "PNG"))
    upright = ImageOps.exif_transpose(picture).convert("RGB")
    return Photo(_as_jpeg(upright, PHOTO_SIDE), _as_jpeg(upright, THUMBNAIL_SIDE))


def signature(data_url: str) -> bytes:
    """The strokes of a signature pad as PNG. Raises `ValidationError` for what is none."""
    if not data_url.startswith(PNG_URL) or len(data_url) > LARGEST_SIGNATURE:
        raise ValidationError("The signature did not arrive. Please sign once more.")
    try:
        content = base64.b64decode(data_url.removeprefix(PNG_URL), validate=True)
    except binascii.Error:
        raise ValidationError("The signature did not arrive. Please sign once more.") from None
    strokes = _opened(content, ("PNG",)).convert("RGBA")
    if strokes.getchannel("A").getbbox() is None:
        raise ValidationError("The field is empty. Please sign in it.")
    strokes.thumbnail((SIGNATURE_SIDE, SIGNATURE_SIDE))
    written = io.BytesIO()
    strokes.save(written, "PNG", optimize=True)
    return written.getvalue()


def _opened(content: bytes, formats: tuple[str, ...]) -> Image.Image:
    """The picture, if it is one of these and of a size that can be read whole."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(content), formats=formats)
            if picture.width * picture.height > MOST_PIXELS:
                raise ValidationError("This picture has too many dots. Take it in a smaller size.")
            picture.load()
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        raise ValidationError(
            "This is no picture that can be read here. Take a photo (JPEG) or send a PNG."
        ) from None
    except Image.DecompressionBombWarning:
        raise ValidationError(
            "This picture has too many dots. Take it in a smaller size."
        ) from None
    return picture


def _as_jpeg(picture: Image.Image, side: int) -> bytes:
    smaller = picture.copy()
    smaller.thumbnail((side, side))
    written = io.BytesIO()
    smaller.save(written, "JPEG", quality=85, optimize=True)
    return written.getvalue()
