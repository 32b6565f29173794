"""Draw filled forms as a PDF: each text at its place, the same bytes each time.

Courier is one of the fonts every PDF reader has, at 12 points exactly ten characters to the inch.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from billing.paper.background import CELLS, FIRST_LINE, LAST_LINE, LINES, MARKS
from billing.paper.cms1500 import Form
from billing.paper.fields import CHARACTER, LINE, Printed, left_of, top_of

WIDTH, HEIGHT = 612.0, 792.0
FONT, SIZE = "Courier", 12
BASELINE = 9.0  # from the top of a row down to the line its letters stand on
INSET = 3.0  # from a cell's left line to its first character
INK, FAINT = 0.0, 0.45
PREVIEW = "PREVIEW - NOT RELEASED"


@dataclass(frozen=True, slots=True)
class Look:
    """How to print: on any paper, or on the red form through a printer that is a little off.

    `right` and `down` are points by which everything moves.
    """

    background: bool = True
    preview: bool = False
    right: float = 0.0
    down: float = 0.0


def draw(forms: Iterable[Form], look: Look) -> bytes:
    """All pages of all forms, one after the other."""
    paper = _Paper("CMS-1500", look)
    for form in forms:
        for page in range(1, form.pages + 1):
            if look.background:
                paper.ground()
            for printed in form.printed:
                if printed.page == page:
                    paper.write(printed)
            if look.preview:
                paper.watermark()
            paper.turn()
    return paper.finish()


def draw_ruler(look: Look) -> bytes:
    """A sheet to lay over the red form: every tenth column and row, and where four corners of the
    form's fields must come to stand."""
    paper = _Paper("Printer alignment", look)
    paper.rulers()
    for printed in (
        Printed("1", 1, 8, 1, "X"),
        Printed("1a", 1, 8, 50, "1A BEGINS HERE"),
        Printed("25", 1, 56, 1, "25 BEGINS HERE"),
        Printed("33a", 1, 61, 50, "33A BEGINS HERE"),
    ):
        paper.write(printed)
    paper.turn()
    return paper.finish()


class _Paper:
    """One PDF in the making. Distances are from the upper left corner, as on the form."""

    def __init__(self, title: str, look: Look) -> None:
        from reportlab.pdfgen.canvas import Canvas  # noqa: PLC0415 -- slow import

        self._look = look
        self._file = BytesIO()
        # Invariant: no clock and no chance in the bytes.
        self._canvas: Any = Canvas(self._file, pagesize=(WIDTH, HEIGHT), invariant=1)
        self._canvas.setTitle(title)

    def write(self, printed: Printed) -> None:
        self._text(
            left_of(printed.column),
            top_of(printed.row) + BASELINE,
            printed.text,
            font=FONT,
            size=SIZE,
        )

    def _text(self, x: float, y: float, text: str, *, font: str, size: float) -> None:
        self._canvas.setFont(font, size)
        self._canvas.drawString(x + self._look.right, HEIGHT - y - self._look.down, text)

    def _box(self, row: int, first: int, last: int, rows: int, above: float = LINE) -> None:
        left, top = left_of(first) - INSET, top_of(row) - above
        self._canvas.rect(
            left + self._look.right,
            HEIGHT - top - (rows * LINE + above) - self._look.down,
            (last - first + 1) * CHARACTER,
            rows * LINE + above,
            fill=0,
        )

    def ground(self) -> None:
        canvas = self._canvas
        canvas.saveState()
        canvas.setStrokeGray(FAINT)
        canvas.setFillGray(FAINT)
        canvas.setLineWidth(0.4)
        self._text(left_of(1), top_of(2), "Health insurance claim", font="Helvetica", size=11)
        self._text(left_of(1), top_of(3), "Data of the CMS-1500 (02/12)", font="Helvetica", size=7)
        for cell in CELLS:
            if cell.label_right:
                self._box(cell.row, cell.first, cell.last, cell.rows, above=0)
                self._label(cell.label, cell.row + 1, cell.last - 1)
            else:
                self._box(cell.row, cell.first, cell.last, cell.rows)
                self._label(cell.label, cell.row, cell.first)
        for word, row, column in MARKS:
            self._text(
                left_of(column) + CHARACTER + 1, top_of(row) + 8, word, font="Helvetica", size=5
            )
        for label, first, last in LINES:
            self._box(FIRST_LINE, first, last, LAST_LINE - FIRST_LINE + 1)
            self._label(label, FIRST_LINE, first)
        for row in range(FIRST_LINE, LAST_LINE, 2):
            y = HEIGHT - top_of(row) - self._look.down
            canvas.line(
                left_of(1) - INSET + self._look.right, y, left_of(80) - INSET + self._look.right, y
            )
        canvas.restoreState()

    def _label(self, label: str, row: int, first: int) -> None:
        self._text(left_of(first) - 1, top_of(row) - LINE + 6, label, font="Helvetica", size=5)

    def watermark(self) -> None:
        canvas = self._canvas
        canvas.saveState()
        canvas.setFillGray(0.75, 0.6)
        canvas.translate(WIDTH / 2, HEIGHT / 2)
        canvas.rotate(50)
        canvas.setFont("Helvetica-Bold", 46)
        canvas.drawCentredString(0, 0, PREVIEW)
        canvas.restoreState()

    def rulers(self) -> None:
        canvas = self._canvas
        canvas.saveState()
        canvas.setStrokeGray(FAINT)
        canvas.setLineWidth(0.3)
        right, down = self._look.right, self._look.down
        for column in range(1, 80):
            x = left_of(column) + right
            long = column % 10 == 1
            canvas.line(
                x, HEIGHT - top_of(1) - down, x, HEIGHT - top_of(1) - (18 if long else 6) - down
            )
            if long:
                canvas.line(x, HEIGHT - top_of(4) - down, x, HEIGHT - top_of(63) - down)
                self._text(left_of(column) + 1, top_of(4), str(column), font="Helvetica", size=7)
        for row in range(4, 64):
            y = HEIGHT - top_of(row) - down
            long = row % 10 == 0
            canvas.line(left_of(1) + right, y, left_of(80 if long else 2) + right, y)
            if long:
                self._text(left_of(1) - 12, top_of(row) + 2, str(row), font="Helvetica", size=7)
        canvas.restoreState()

    def turn(self) -> None:
        self._canvas.showPage()

    def finish(self) -> bytes:
        self._canvas.save()
        return self._file.getvalue()
