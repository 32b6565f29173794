"""Rows as a CSV file that opens well in a spreadsheet and runs nothing there."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

BOM = "\ufeff"  # without it Excel reads UTF-8 as something else
# How a cell begins that a spreadsheet takes for a formula (OWASP, "CSV Injection").
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
ROWS_AT_ONCE = 200


class _Echo:
    """A file for the writer that hands back what is written."""

    def write(self, line: str) -> str:
        return line


def cell(value: Any) -> str:
    """Days and moments as ISO 8601, money plain, no as an empty cell; text is only ever text."""
    if value is None or value is False:
        return ""
    if value is True:
        return "yes"
    if isinstance(value, dt.datetime):
        return value.isoformat(sep=" ", timespec="minutes")
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, dt.time):
        return value.isoformat(timespec="minutes")
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, int):
        return str(value)
    text = str(value)
    return f"'{text}" if text.startswith(FORMULA) else text


def lines(titles: Iterable[str], rows: Iterable[Iterable[Any]]) -> Iterator[bytes]:
    """The file in pieces, as the rows come: no more than a few hundred are held at once."""
    writer = csv.writer(_Echo())
    piece = [BOM, str(writer.writerow(list(titles)))]
    for number, row in enumerate(rows, start=1):
        piece.append(str(writer.writerow([cell(value) for value in row])))
        if number % ROWS_AT_ONCE == 0:
            yield "".join(piece).encode()
            piece = []
    yield "".join(piece).encode()
