"""A packet's pages: its parts laid out one by one, numbered through, written as one file.

Each part is a page of its own making (a note looks as the note's own PDF does). It is laid out
twice: the first time to count its pages, the second with its place in the whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from django.template.loader import render_to_string

from documentation import papers

COVER, MANIFEST = "Contents", "Hash manifest"
STYLES = "packet.css"


class Teller(Protocol):
    """Hears how far the drawing is."""

    def __call__(self, step: str, *, done: int, total: int, pages: int) -> None: ...


@dataclass(frozen=True)
class Drawn:
    content: bytes
    pages: int


def draw(content: dict[str, Any], *, identifier: str, tell: Teller) -> Drawn:
    """The packet as a file: the same bytes for the same content."""
    sizes = _sizes(content, tell)
    spans = _spans(sizes)
    total = sum(sizes)
    htmls = _htmls(content, spans, total)
    documents = []
    for number, (html, styles, (first, _)) in enumerate(
        zip(htmls, _styles(content), spans, strict=True)
    ):
        tell("number", done=number, total=len(sizes), pages=total)
        numbers = _numbers(first - 1, total, styles)
        documents.append(papers.lay_out(html, styles=styles, more_styles=numbers))
    tell("write", done=len(sizes), total=len(sizes), pages=total)
    pages = [page for document in documents for page in document.pages]
    assert len(pages) == total, "a part grew while it was numbered"
    whole = documents[0].copy(pages)
    return Drawn(content=papers.write(whole, identifier=identifier), pages=total)


def _sizes(content: dict[str, Any], tell: Teller) -> list[int]:
    """How many pages each part has."""
    parts = len(content["parts"]) + 2
    placeholder = [(8888, 8888)] * parts
    sizes: list[int] = []
    htmls = _htmls(content, placeholder, 8888)
    for number, (html, styles) in enumerate(zip(htmls, _styles(content), strict=True)):
        tell("lay_out", done=number, total=parts, pages=sum(sizes))
        numbers = _numbers(8888, 8888, styles)
        document = papers.lay_out(html, styles=styles, more_styles=numbers)
        sizes.append(len(document.pages))
    return sizes


def _spans(sizes: list[int]) -> list[tuple[int, int]]:
    """The first and the last page of each part in the whole."""
    spans, before = [], 0
    for size in sizes:
        spans.append((before + 1, before + size))
        before += size
    return spans


def _styles(content: dict[str, Any]) -> list[str]:
    return [STYLES, *(part["styles"] for part in content["parts"]), STYLES]


def _htmls(content: dict[str, Any], spans: list[tuple[int, int]], total: int) -> list[str]:
    """The parts between their contents and their manifest, which both say on which page each is."""
    listed = [
        {**part, "first": first, "last": last}
        for part, (first, last) in zip(content["parts"], spans[1:-1], strict=True)
    ]
    context = {
        "head": content["head"],
        "parts": listed,
        "manifest": {"title": MANIFEST, "first": spans[-1][0], "last": spans[-1][1]},
        "total": total,
    }
    return [
        render_to_string("billing/pdf/packet_cover.html", context),
        *(_named(part) for part in content["parts"]),
        render_to_string("billing/pdf/packet_manifest.html", context),
    ]


def _named(part: dict[str, Any]) -> str:
    """The part's page under the name that the contents lead to."""
    html: str = part["html"]
    return html.replace("<body>", f'<body id="{part["id"]}">', 1)


def _numbers(before: int, total: int, styles: str) -> str:
    """The foot of each page: its place in the packet, under its own number in a note."""
    place = f'"Packet page " counter(packet) " of {total}"'
    if styles != STYLES:
        place = f'"Page " counter(page) " of " counter(pages) "\\A" {place}'
    return f"""
@page {{
  counter-increment: page packet;
  @bottom-right {{ content: {place}; white-space: pre; text-align: right; }}
}}
@page :first {{ counter-reset: packet {before}; }}
"""
