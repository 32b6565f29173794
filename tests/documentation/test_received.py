"""Files from outside: known by their content, refused in words, never by their name."""

import io
import subprocess
import zlib

import pypdf
import pytest
from django.core.exceptions import ValidationError

from documentation import received
from documentation.received import look_at
from people import pictures
from tests.documentation.outside import pdf, pdf_with, picture


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (picture("JPEG"), "image/jpeg"),
        (picture("PNG"), "image/png"),
        (picture("WEBP"), "image/webp"),
        (picture("TIFF"), "image/tiff"),
    ],
    ids=["jpeg", "png", "webp", "tiff"],
)
def test_a_picture_is_known_by_its_content_and_keeps_its_bytes(content, content_type):
    found = look_at(content)

    assert (found.content, found.content_type, found.pages) == (content, content_type, None)


def test_a_pdf_is_opened_and_its_pages_counted():
    content = pdf(pages=3)

    found = look_at(content)

    assert (found.content, found.content_type, found.pages) == (content, "application/pdf", 3)


def test_a_link_and_an_opening_page_are_no_reason_to_refuse_a_pdf():
    link = "<< /Type /Annot /Subtype /Link /A << /S /URI /URI (https://example.org) >> >>"

    assert look_at(pdf_with("/OpenAction [3 0 R /Fit] /Extra [4 0 R]", link)).pages == 1


@pytest.mark.parametrize(
    ("catalog", "others", "told"),
    [
        ("/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >>", [], "holds a script"),
        ("/OpenAction << /S /J#61vaScript >>", [], "holds a script"),
        ("/Names << /JavaScript << /Names [] >> >>", [], "holds a script"),
        ("/Extra 4 0 R", ["<< /Any [ << /AA << /O << /JS (1) >> >> >> ] >>"], "holds a script"),
        ("/AcroForm << /XFA [] >>", [], "holds a script"),
        ("/OpenAction << /S /Launch /F (calc.exe) >>", [], "start another program"),
        ("/OpenAction << /S 4 0 R >>", ["/Launch"], "start another program"),
        ("/Extra << /S /SubmitForm /F (https://example.org) >>", [], "send something"),
        ("/Names << /EmbeddedFiles << /Names [] >> >>", [], "other files inside"),
    ],
    ids=["script", "escaped", "names", "deep", "xfa", "launch", "indirect", "submit", "files"],
)
def test_a_pdf_that_does_something_is_refused_with_what_to_do_instead(catalog, others, told):
    content = pdf_with(catalog, *others)

    with pytest.raises(ValidationError, match=f"{told}.*Print it to a new PDF"):
        look_at(content)


def test_a_script_packed_into_an_object_stream_is_found():
    packed = _packed(pdf_with("/OpenAction << /S /JavaScript /JS (app.alert) >>"))
    assert b"JavaScript" not in packed
    assert look_at(_packed(pdf_with(""))).pages == 1

    with pytest.raises(ValidationError, match="holds a script"):
        look_at(packed)


def _packed(content: bytes) -> bytes:
    """The same file with its objects squeezed into one stream, as most programs write it."""
    reader = pypdf.PdfReader(io.BytesIO(content))
    numbers = sorted(number for number in reader.xref[0] if number)
    bodies, table = b"", []
    for number in numbers:
        written = io.BytesIO()
        found = reader.get_object(number)
        if isinstance(found, pypdf.generic.StreamObject):
            found = pypdf.generic.DictionaryObject()
        found.write_to_stream(written)
        table.append(f"{number} {len(bodies)}")
        bodies += written.getvalue() + b" "
    index = " ".join(table).encode() + b" "
    squeezed = zlib.compress(index + bodies)
    stream, cross = max(numbers) + 1, max(numbers) + 2
    out = b"%PDF-1.7\n"
    at_stream = len(out)
    out += (
        f"{stream} 0 obj\n<< /Type /ObjStm /N {len(numbers)} /First {len(index)} "
        f"/Filter /FlateDecode /Length {len(squeezed)} >>\nstream\n"
    ).encode()
    out += squeezed + b"\nendstream\nendobj\n"
    at_cross = len(out)
    rows = {0: (0, 0, 255), stream: (1, at_stream, 0), cross: (1, at_cross, 0)}
    rows |= {number: (2, stream, place) for place, number in enumerate(numbers)}
    cells = b"".join(
        bytes([kind]) + where.to_bytes(4, "big") + bytes([last])
        for kind, where, last in (rows.get(n, (0, 0, 255)) for n in range(cross + 1))
    )
    root = reader.trailer.raw_get("/Root").idnum
    out += (
        f"{cross} 0 obj\n<< /Type /XRef /Size {cross + 1} /W [1 4 1] /Root {root} 0 R "
        f"/Length {len(cells)} >>\nstream\n"
    ).encode()
    return out + cells + f"\nendstream\nendobj\nstartxref\n{at_cross}\n%%EOF\n".encode()


def test_a_pdf_with_a_password_is_refused():
    writer = pypdf.PdfWriter(io.BytesIO(pdf()))
    writer.encrypt("secret", algorithm="RC4-128")
    locked = io.BytesIO()
    writer.write(locked)

    with pytest.raises(ValidationError, match="locked with a password"):
        look_at(locked.getvalue())


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "empty"),
        (b"GIF89a\x01\x00\x01\x00", "Only PDFs and pictures"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>", "Only PDFs"),
        (b"PK\x03\x04 a Word document", "Only PDFs and pictures"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00", "HEIC picture"),
        (picture("JPEG", size=(900, 900), color="red")[:700], "damaged or cut off"),
        (picture("PNG")[:50], "damaged or cut off"),
        (b"%PDF-1.7 and no more", "cannot be opened"),
        (pdf()[:500], "cannot be opened"),
        (b"\n" + pdf(), "Only PDFs and pictures"),
    ],
    ids=["empty", "gif", "svg", "zip", "heic", "cut jpg", "cut png", "no pdf", "cut pdf", "late"],
)
def test_what_cannot_be_kept_is_refused_in_words(content, told):
    with pytest.raises(ValidationError, match=told):
        look_at(content)


@pytest.mark.parametrize(
    "content",
    [
        picture("JPEG", comment=b"%PDF-1.7 1 0 obj"),
        picture("JPEG", comment=b"<script>alert(1)</script>"),
        picture("PNG") + b"PK\x05\x06" + b"\x00" * 18,
        pdf() + b"PK\x05\x06" + b"\x00" * 18,
    ],
    ids=["jpeg and pdf", "jpeg and page", "png and archive", "pdf and archive"],
)
def test_a_file_that_is_two_kinds_at_once_is_refused(content):
    with pytest.raises(ValidationError, match="two kinds of file at once"):
        look_at(content)


def test_a_picture_that_would_unfold_to_gigabytes_is_refused():
    bomb = picture("PNG", size=(12_000, 6_000), mode="1", color=0)
    assert len(bomb) < 50_000

    with pytest.raises(ValidationError, match="too many dots"):
        look_at(bomb)


def test_a_pdf_that_keeps_its_reader_busy_is_refused(monkeypatch):
    def hang(*args, **kwargs):
        raise subprocess.TimeoutExpired("child", received.PATIENCE)

    monkeypatch.setattr(subprocess, "run", hang)

    with pytest.raises(ValidationError, match="cannot be opened"):
        look_at(pdf())


def test_the_reader_of_pdfs_gets_no_more_memory_than_it_is_given(tmp_path, monkeypatch):
    source = received.CHILD.read_text(encoding="utf-8")
    greedy = tmp_path / "pdf_child.py"
    greedy.write_text(source.replace("MEMORY = 1024 * 1024 * 1024", "MEMORY = 1024"))
    monkeypatch.setattr(received, "CHILD", greedy)

    with pytest.raises(ValidationError, match="cannot be opened"):
        look_at(pdf())


def test_a_picture_of_sixteen_bits_and_one_that_is_see_through_come_out_as_one_sees_them():
    film = pictures.flat(pictures.opened(picture("PNG", mode="I;16", color=32_768), ("PNG",)))
    clear = pictures.flat(
        pictures.opened(picture("PNG", mode="RGBA", color=(0, 0, 0, 0)), ("PNG",))
    )

    assert film.getpixel((5, 5)) == (128, 128, 128)
    assert clear.getpixel((5, 5)) == (255, 255, 255)
