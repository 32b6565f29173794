"""Read a file of patients that another system wrote: bytes in, rows and every problem out.

Plain Python: nothing is looked up. What cannot be read at all raises `Unreadable` with what to do
instead; what is wrong in a row is listed beside its row and column, and the others stay good.
"""

from __future__ import annotations

import codecs
import csv
import datetime as dt
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from people import cells
from people.patient_columns import COLUMNS, SPELLINGS, plain

LARGEST = 5 * 1024 * 1024
MOST_ROWS = 10_000
MOST_COLUMNS = 100
PROBLEMS = "Problems"  # the column we add to rows that were refused; ignored when it comes back


Reader = Callable[[str], str]


@dataclass(frozen=True)
class Problem:
    """What is wrong in a row: the column as the file calls it, '' for the row as a whole."""

    column: str
    told: str


@dataclass(frozen=True)
class Row:
    """One row, numbered as a spreadsheet numbers it: the header is row 1."""

    number: int
    cells: tuple[str, ...]  # as they were written
    values: dict[str, str]  # by our fields, as they are stored; those that are wrong left out
    problems: tuple[Problem, ...]


@dataclass(frozen=True)
class Sheet:
    header: tuple[str, ...]
    unknown: tuple[str, ...]  # columns that nothing is made of
    rows: tuple[Row, ...]


class Unreadable(Exception):
    """The file as a whole cannot be used; `told` says what to do instead."""

    def __init__(self, told: str) -> None:
        super().__init__("unreadable file")
        self.told = told


def read(content: bytes, *, today: dt.date) -> Sheet:
    """Raises `Unreadable` and nothing else, whatever the bytes are."""
    records = _records(decoded(content))
    header = records[0][1]
    fields = _fields_of(header)
    body = records[1:]
    if not body:
        raise Unreadable("There is only a header in this file, and no patient below it.")
    if len(body) > MOST_ROWS:
        raise Unreadable(
            f"This file has {len(body):,} rows, and {MOST_ROWS:,} are read at a time: "
            "split it and upload the parts one after the other."
        )
    readers = _readers(today)
    rows = [_row(number, record, header, fields, readers) for number, record in body]
    known = set(fields) | {n for n, name in enumerate(header) if plain(name) == plain(PROBLEMS)}
    unknown = tuple(name for n, name in enumerate(header) if n not in known and name.strip())
    return Sheet(header, unknown, tuple(_without_repeats(rows)))


def decoded(content: bytes) -> str:
    """The text in whichever of the usual encodings it was written."""
    if len(content) > LARGEST:
        raise Unreadable("This file is larger than 5 MB. Split it and upload the parts.")
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise Unreadable("This is a spreadsheet. Save it there as “CSV UTF-8” and upload that.")
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        tried = ["utf-16"]
    else:
        tried = ["utf-8-sig", "cp1252"]
    for encoding in tried:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" in text:
            break
        return text
    raise Unreadable(
        "This is not a text file that can be read. Save it as “CSV UTF-8” and upload that."
    )


def _records(text: str) -> list[tuple[int, tuple[str, ...]]]:
    """The records that hold something, each with its number; the first is the header."""
    delimiter = _delimiter(text)
    records: list[tuple[int, tuple[str, ...]]] = []
    number = 0
    try:
        for number, record in enumerate(
            csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True), start=1
        ):
            if any(cell.strip() for cell in record):
                records.append((number, tuple(record)))
    except csv.Error:
        raise Unreadable(
            f"Row {number + 1} cannot be taken apart: look for a quotation mark that is not "
            "closed, or for a cell of enormous length."
        ) from None
    if records and re.fullmatch(r"sep=.?", "".join(records[0][1]).strip()):
        records = records[1:]  # Excel's own line, which says what stands between the cells
    if not records:
        raise Unreadable("This file is empty.")
    return records


def _delimiter(text: str) -> str:
    """What stands between the cells: whichever the header has most of, outside quotes."""
    head = next((line for line in io.StringIO(text) if line.strip()), "")
    if told := re.match(r"\ufeff?sep=([,;\t])", head):
        return told[1]
    bare = re.sub(r'"[^"]*"', "", head)
    return max(",;\t", key=bare.count)


def _fields_of(header: Sequence[str]) -> dict[int, str]:
    """Which field each column holds, by the column's place."""
    if len(header) > MOST_COLUMNS:
        raise Unreadable(f"This file has {len(header)} columns; {MOST_COLUMNS} are read at most.")
    fields: dict[int, str] = {}
    for place, name in enumerate(header):
        field = SPELLINGS.get(plain(name))
        if field is None:
            continue
        if field in fields.values():
            first = header[next(at for at, taken in fields.items() if taken == field)]
            raise Unreadable(
                f"Two columns hold the same: “{first.strip()}” and “{name.strip()}” are both read "
                f"as {COLUMNS[field].label}. Take one out, or name it otherwise."
            )
        fields[place] = field
    missing = [
        column.label
        for field, column in COLUMNS.items()
        if column.required and field not in fields.values()
    ]
    if missing:
        seen = ", ".join(f"“{name.strip()[:40]}”" for name in header[:12] if name.strip())
        raise Unreadable(
            f"These columns are missing: {', '.join(missing)}. The first row must name the "
            f"columns; it reads {seen}."
        )
    return fields


def _readers(today: dt.date) -> dict[str, Reader]:
    def day(cell: str) -> str:
        return cells.birth_date(cell, today=today)

    return {
        "birth_date": day,
        "sex": cells.sex,
        "mobile_phone": cells.phone,
        "home_phone": cells.phone,
        "emergency_phone": cells.phone,
        "guarantor_phone": cells.phone,
        "email": cells.email,
        "contact_by": cells.contact_by,
        "state": cells.state,
        "postal_code": cells.postal_code,
    }


def _row(
    number: int,
    record: tuple[str, ...],
    header: Sequence[str],
    fields: dict[int, str],
    readers: dict[str, Reader],
) -> Row:
    values: dict[str, str] = {}
    problems: list[Problem] = []
    wrong: set[str] = set()
    for place, field in fields.items():
        try:
            value = _value(field, record[place] if place < len(record) else "", readers)
        except cells.Wrong as problem:
            problems.append(Problem(header[place].strip(), problem.told))
            wrong.add(field)
        else:
            if value:
                values[field] = value
    if any(cell.strip() for cell in record[len(header) :]):
        problems.append(
            Problem("", "There are more cells than columns: look for a comma without quotes.")
        )
    needed = {"sms": "mobile_phone", "email": "email"}.get(values.get("contact_by", ""))
    if needed and needed not in values and needed not in wrong:
        label = COLUMNS[needed].label
        problems.append(Problem(label, "The patient prefers to be reached this way: write it."))
    return Row(number, record, values, tuple(problems))


def _value(field: str, cell: str, readers: dict[str, Reader]) -> str:
    column = COLUMNS[field]
    value = cells.tidy(cell)
    if not value:
        if column.required:
            raise cells.Wrong("This must not be empty.")
        return ""
    reader = readers.get(field)
    return reader(value) if reader else cells.text(value, column.longest)


def _without_repeats(rows: Iterable[Row]) -> Iterator[Row]:
    """Who stands in the file a second time is a problem of the second row."""
    first_seen: dict[tuple[str, ...], int] = {}
    for row in rows:
        who = tuple(
            row.values.get(field, "").casefold()
            for field in ("last_name", "first_name", "suffix", "birth_date")
        )
        if not (who[0] and who[1] and who[3]):
            yield row
            continue
        first = first_seen.setdefault(who, row.number)
        if first == row.number:
            yield row
        else:
            told = f"The same name and birth date stand in row {first} already."
            yield Row(row.number, row.cells, row.values, (*row.problems, Problem("", told)))
