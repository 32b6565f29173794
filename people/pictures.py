"""Pictures that come from outside: looked at by content, and made anew from their pixels.

What is stored was written by us: no place, camera or hidden part of the file survives.
"""

from __future__ import annotations

import base64
import binascii
import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

LARGEST_PHOTO = 10 * 1024 * 1024
MOST_PIXELS = 60_000_000
PHOTO_SIDE, THUMBNAIL_SIDE = 2000, 320
LARGEST_SIGNATURE = 1024 * 1024
SIGNATURE_SIDE = 1200
PNG_URL = "data:image/png;base64,"


class NoPicture(ValidationError):
    """Nothing here that can be read as one of the kinds asked for."""


class TooManyDots(ValidationError):
    """It would unfold to more memory than a picture is worth."""


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
    upright = flat(opened(content, ("JPEG", "PNG")))
    return Photo(as_jpeg(upright, PHOTO_SIDE), as_jpeg(upright, THUMBNAIL_SIDE))


def signature(data_url: str) -> bytes:
    """The strokes of a signature pad as PNG. Raises `ValidationError` for what is none."""
    if not data_url.startswith(PNG_URL) or len(data_url) > LARGEST_SIGNATURE:
        raise ValidationError("The signature did not arrive. Please sign once more.")
    try:
        content = base64.b64decode(data_url.removeprefix(PNG_URL), validate=True)
    except binascii.Error:
        raise ValidationError("The signature did not arrive. Please sign once more.") from None
    strokes = opened(content, ("PNG",)).convert("RGBA")
    if strokes.getchannel("A").getbbox() is None:
        raise ValidationError("The field is empty. Please sign in it.")
    strokes.thumbnail((SIGNATURE_SIDE, SIGNATURE_SIDE))
    written = io.BytesIO()
    strokes.save(written, "PNG", optimize=True)
    return written.getvalue()


def opened(content: bytes, formats: tuple[str, ...]) -> Image.Image:
    """The picture, if it is one of these and of a size that can be read whole. Raises `NoPicture`
    or `TooManyDots`."""
    try:
        with warnings.catch_warnings(), _whole_or_not_at_all():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(content), formats=formats)
            if picture.width * picture.height > MOST_PIXELS:
                raise TooManyDots("This picture has too many dots. Take it in a smaller size.")
            picture.load()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise TooManyDots("This picture has too many dots. Take it in a smaller size.") from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
        raise NoPicture(
            "This is no picture that can be read here. Take a photo (JPEG) or send a PNG."
        ) from None
    return picture


@contextmanager
def _whole_or_not_at_all() -> Iterator[None]:
    """WeasyPrint, once it is loaded, has Pillow fill up in gray what a cut-off picture lacks."""
    before = ImageFile.LOAD_TRUNCATED_IMAGES
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        yield
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = before


def flat(picture: Image.Image) -> Image.Image:
    """The right way up, in plain colors, on white where it was see-through."""
    upright = ImageOps.exif_transpose(picture)
    if upright.mode.startswith("I"):  # 16 bits a dot, as X-ray films come
        upright = upright.point(lambda dot: dot * (1 / 256)).convert("L")
    if upright.has_transparency_data:
        see_through = upright.convert("RGBA")
        upright = Image.new("RGBA", see_through.size, "white")
        upright.alpha_composite(see_through)
    return upright.convert("RGB")


def as_jpeg(picture: Image.Image, side: int) -> bytes:
    """Its dots alone, no larger than `side`: nothing hidden in the file comes along."""
    smaller = picture.copy()
    smaller.thumbnail((side, side))
    written = io.BytesIO()
    smaller.save(written, "JPEG", quality=85, optimize=True)
    return written.getvalue()
