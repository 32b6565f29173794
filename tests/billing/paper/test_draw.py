"""The PDF read back: every text at the point the grid says, and the same bytes each time."""

import dataclasses
from io import BytesIO

import pypdf

from billing.paper.cms1500 import Form, fill
from billing.paper.draw import Look, draw, draw_ruler
from billing.paper.fields import Printed
from tests.billing.paper.samples import COMMERCIAL, line

TEXT_ALONE = Look(background=False)


def placed(content: bytes, page: int = 0, size: float = 12) -> list[tuple[float, float, str]]:
    """Each text of that size: points from the left edge, points from the upper one."""
    found: list[tuple[float, float, str]] = []

    def take(text, _, matrix, font, font_size):
        if text.strip() and font_size == size:
            found.append((round(matrix[4], 1), round(792 - matrix[5], 1), text.rstrip("\n")))

    pypdf.PdfReader(BytesIO(content)).pages[page].extract_text(visitor_text=take)
    return found


def test_each_text_stands_at_its_column_and_on_the_line_of_its_row():
    corners = (
        Printed("1", 1, 8, 1, "X"),
        Printed("1a", 1, 8, 50, "W123456789"),
        Printed("24J", 1, 54, 68, "1679576722"),
        Printed("33a", 1, 61, 50, "1234567893"),
    )

    content = draw([Form(pages=1, printed=corners, problems=())], TEXT_ALONE)

    assert placed(content) == [
        (21.6, 120.0, "X"),
        (374.4, 120.0, "W123456789"),
        (504.0, 672.0, "1679576722"),
        (374.4, 756.0, "1234567893"),
    ]


def test_a_whole_claim_is_read_back_box_by_box_and_nothing_else_is_printed():
    form = fill(COMMERCIAL)

    content = draw([form], TEXT_ALONE)

    assert [text for *_, text in placed(content)] == [each.text for each in form.printed]
    assert pypdf.PdfReader(BytesIO(content)).pages[0].mediabox[2:] == [612, 792]


def test_the_printers_offset_moves_every_text_alike():
    corner = Form(pages=1, printed=(Printed("1", 1, 8, 1, "X"),), problems=())

    content = draw([corner], Look(background=False, right=-3.5, down=2))

    assert placed(content) == [(18.1, 122.0, "X")]


def test_the_plain_ground_adds_labels_and_moves_no_text():
    form = fill(COMMERCIAL)

    assert placed(draw([form], Look())) == placed(draw([form], TEXT_ALONE))
    labels = [text for *_, text in placed(draw([form], Look()), size=5)]
    assert labels[0] == "1 Kind of coverage"
    assert placed(draw([form], TEXT_ALONE), size=5) == []


def test_only_a_preview_is_marked_as_one():
    form = fill(COMMERCIAL)

    def says_preview(look: Look) -> bool:
        text = pypdf.PdfReader(BytesIO(draw([form], look))).pages[0].extract_text()
        return "PREVIEW" in text

    assert [says_preview(Look(preview=True)), says_preview(Look())] == [True, False]


def test_the_same_claim_gives_the_same_bytes():
    form = fill(COMMERCIAL)

    assert draw([form], Look()) == draw([form], Look())
    assert draw([form], Look()) != draw([form], TEXT_ALONE)


def test_forms_follow_each_other_page_by_page():
    long = dataclasses.replace(COMMERCIAL, lines=tuple(map(line, range(1, 8))))

    content = draw([fill(long), fill(COMMERCIAL)], TEXT_ALONE)

    pages = pypdf.PdfReader(BytesIO(content)).pages
    assert [page.extract_text().count("97112") for page in pages] == [6, 1, 1]


def test_the_alignment_sheet_moves_with_the_printer():
    marks = [
        (21.6, 120.0, "X"),
        (374.4, 120.0, "1A BEGINS HERE"),
        (21.6, 696.0, "25 BEGINS HERE"),
        (374.4, 756.0, "33A BEGINS HERE"),
    ]

    assert placed(draw_ruler(Look())) == marks
    assert placed(draw_ruler(Look(right=10, down=-5)))[0] == (31.6, 115.0, "X")
