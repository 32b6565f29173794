"""Where each field of the CMS-1500 (02/12) stands, read from `billing/data/cms1500_fields.csv`.

The form is a grid of ten characters and six lines to the inch on US letter. Rows and columns were
compared over 161 fields between two public programs that share no code (OpenEMR's text grid and
medplum's list of points): 1.0 pt apart in the middle, never more than 7.8. `most` is the NUCC's
limit where the line has room for it, else the room itself.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

SOURCE = Path(__file__).parent.parent / "data" / "cms1500_fields.csv"
LEFT, TOP = 21.6, 27.0
CHARACTER, LINE = 7.2, 12.0
LINES_ON_A_PAGE = 6


@dataclass(frozen=True, slots=True)
class Field:
    box: str
    name: str
    row: int
    column: int
    most: int


@dataclass(frozen=True, slots=True)
class Printed:
    """One text on the sheet: which box it fills, on which page, and its place in the grid."""

    box: str
    page: int
    row: int
    column: int
    text: str


@lru_cache(maxsize=1)
def all_fields() -> dict[tuple[str, str], Field]:
    with SOURCE.open(encoding="utf-8", newline="") as lines:
        return {
            (row["box"], row["field"]): Field(
                box=row["box"],
                name=row["field"],
                row=int(row["row"]),
                column=int(row["column"]),
                most=int(row["most"]),
            )
            for row in csv.DictReader(lines)
        }


def field_of(box: str, name: str) -> Field:
    return all_fields()[(box, name)]


def left_of(column: int) -> float:
    """Points from the left edge of the sheet to where the column begins."""
    return LEFT + CHARACTER * (column - 1)


def top_of(row: int) -> float:
    """Points from the upper edge of the sheet to where the row begins."""
    return TOP + LINE * (row - 1)
