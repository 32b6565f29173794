"""Pictures from outside: read by content, made anew, refused in words."""

import base64
import io

import pytest
from django.core.exceptions import ValidationError
from PIL import Image, ImageFile

from people import pictures


def picture(kind="JPEG", size=(640, 400), mode="RGB", color="white", **save):
    written = io.BytesIO()
    Image.new(mode, size, color).save(written, kind, **save)
    return written.getvalue()


def data_url(content):
    return pictures.PNG_URL + base64.b64encode(content).decode()


def strokes(size=(600, 200)):
    drawn = Image.new("RGBA", size, (0, 0, 0, 0))
    drawn.paste((16, 24, 32, 255), (20, 90, 300, 96))
    written = io.BytesIO()
    drawn.save(written, "PNG")
    return written.getvalue()


def test_a_photo_is_made_anew_without_where_it_was_taken_and_turned_upright():
    exif = Image.Exif()
    exif[0x0112] = 6  # lies on its side
    exif[0x010F] = "Telephone of the patient"
    exif.get_ifd(0x8825)[1] = "N"
    content = picture(size=(640, 400), exif=exif)
    assert b"Telephone of the patient" in content

    photo = pictures.photo(content)

    stored = Image.open(io.BytesIO(photo.image))
    assert (stored.format, stored.size, dict(stored.getexif())) == ("JPEG", (400, 640), {})
    assert b"Telephone" not in photo.image
    assert Image.open(io.BytesIO(photo.thumbnail)).size == (200, 320)


def test_a_large_photo_is_made_smaller_and_a_small_one_not_larger():
    large = pictures.photo(picture("PNG", size=(4000, 2000)))
    small = pictures.photo(picture("PNG", size=(100, 50)))

    assert Image.open(io.BytesIO(large.image)).size == (2000, 1000)
    assert Image.open(io.BytesIO(small.image)).size == (100, 50)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"%PDF-1.7 a card",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        picture("GIF"),
        picture()[:400],
        b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00",
    ],
    ids=["nothing", "pdf", "svg", "gif", "cut off", "heic"],
)
def test_what_is_no_photo_is_refused_whatever_its_name_says(content):
    with pytest.raises(ValidationError, match="no picture that can be read"):
        pictures.photo(content)


def test_a_photo_over_ten_megabytes_is_refused_before_it_is_opened():
    with pytest.raises(ValidationError, match="larger than 10 MB"):
        pictures.photo(b"\xff" * (pictures.LARGEST_PHOTO + 1))


def test_a_picture_that_would_unfold_to_gigabytes_is_refused():
    bomb = picture("PNG", size=(12_000, 6_000), mode="1", color=0)
    assert len(bomb) < 50_000

    with pytest.raises(ValidationError, match="too many dots"):
        pictures.photo(bomb)


def test_a_signature_is_kept_as_png_no_wider_than_it_needs_to_be():
    stored = Image.open(io.BytesIO(pictures.signature(data_url(strokes(size=(2400, 800))))))

    assert (stored.format, stored.size) == ("PNG", (1200, 400))


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("", "did not arrive"),
        ("data:image/svg+xml;base64,PHN2Zz4=", "did not arrive"),
        (pictures.PNG_URL + "not base64!", "did not arrive"),
        (data_url(picture("JPEG")), "no picture"),
        (data_url(picture("PNG", mode="RGBA", color=(0, 0, 0, 0))), "field is empty"),
    ],
)
def test_what_is_no_signature_is_refused_in_words(given, told):
    with pytest.raises(ValidationError, match=told):
        pictures.signature(given)


def test_a_picture_that_was_cut_off_is_refused_after_pdfs_were_drawn_too(monkeypatch):
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)  # as WeasyPrint leaves it
    whole = picture(size=(900, 900), color="red")

    with pytest.raises(ValidationError, match="no picture that can be read"):
        pictures.photo(whole[: len(whole) - 200])
