"""A PDF from outside, opened in a process of its own, which may take so much memory and time.

Run by its path, with an act and the file on standard input; it imports nothing of ours, so that it
starts at once. Whatever a file does to its reader, it does it here.
"""

from __future__ import annotations

import io
import json
import resource
import sys
from collections.abc import Iterator
from typing import Any

MEMORY = 1024 * 1024 * 1024
SECONDS = 20
THUMBNAIL_SIDE = 480

# Names that only stand in a PDF which does something (ISO 32000-1, 7.11.4, 12.6.4, 13), by what.
KEYS = {
    "/JS": "script",
    "/JavaScript": "script",
    "/XFA": "script",
    "/RichMediaContent": "script",
    "/EmbeddedFiles": "files",
    "/EF": "files",
}
ACTIONS = {
    "/JavaScript": "script",
    "/Rendition": "script",
    "/RichMediaExecute": "script",
    "/Launch": "launch",
    "/ImportData": "launch",
    "/SubmitForm": "sends",
    "/GoToE": "files",
}
SUBTYPES = {"/RichMedia": "script", "/Flash": "script", "/FileAttachment": "files"}


def look(content: bytes) -> bytes:
    """How many pages it has, or what is wrong with it, as JSON."""
    import pypdf  # noqa: PLC0415 -- slow import
    import pypdfium2  # noqa: PLC0415 -- slow import

    reader = pypdf.PdfReader(io.BytesIO(content))
    if reader.is_encrypted:
        return json.dumps({"problem": "locked"}).encode()
    for item in _objects(reader):
        problem = _what_it_does(item)
        if problem:
            return json.dumps({"problem": problem}).encode()
    pages = len(pypdfium2.PdfDocument(content))
    return json.dumps({"pages": pages} if pages else {"problem": "empty"}).encode()


def _objects(reader: Any) -> Iterator[Any]:
    """Every object of the file, packed ones too; one that cannot be read is no object."""
    from pypdf.generic import IndirectObject  # noqa: PLC0415 -- slow import

    yield reader.trailer
    for generation, numbers in reader.xref.items():
        for number in numbers:
            yield _read(reader, IndirectObject(number, generation, reader))
    for number in reader.xref_objStm:
        yield _read(reader, IndirectObject(number, 0, reader))


def _read(reader: Any, reference: Any) -> Any:
    from pypdf.errors import PyPdfError  # noqa: PLC0415 -- slow import

    try:
        return reader.get_object(reference)
    except (PyPdfError, ValueError, KeyError, TypeError, IndexError, AttributeError):
        return None


def _what_it_does(item: Any) -> str:
    """What one object, with all that stands directly in it, would have a reader do; "" for
    nothing."""
    waiting = [item]
    while waiting:
        part = waiting.pop()
        if isinstance(part, list):
            waiting.extend(part)
        if not isinstance(part, dict):
            continue
        for key, value in part.items():
            named = str(value.get_object()) if key in ("/S", "/Subtype") else ""
            found = KEYS.get(key) or {"/S": ACTIONS, "/Subtype": SUBTYPES}.get(key, {}).get(named)
            if found:
                return found
            waiting.append(value)
    return ""


def first_page(content: bytes) -> bytes:
    """A small picture of the first page (JPEG)."""
    import pypdfium2  # noqa: PLC0415 -- slow import

    page = pypdfium2.PdfDocument(content)[0]
    scale = THUMBNAIL_SIDE / max(*page.get_size(), 1)
    written = io.BytesIO()
    page.render(scale=scale).to_pil().convert("RGB").save(written, "JPEG", quality=80)
    return written.getvalue()


ACTS = {"look": look, "first-page": first_page}

if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    answer = ACTS[sys.argv[1]](sys.stdin.buffer.read())
    sys.stdout.buffer.write(answer)
