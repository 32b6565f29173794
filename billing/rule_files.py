"""Open what somebody has loaded as rows of cells: text, csv, xlsx, or one of them in CMS's zip.

Nothing is held in memory but a line: the practitioner file has 2.6 million.
"""

from __future__ import annotations

import contextlib
import csv
import io
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import IO, Any
from xml.etree import ElementTree

from billing.rules.cms_files import (
    Kept,
    Row,
    WrongRow,
    read_indices,
    read_limits,
    read_pairs,
    read_values,
)

MOST_BYTES = 300 * 1024 * 1024
MOST_UNPACKED = 1024 * 1024 * 1024
LONGEST_LINE = 100_000
MOST_ENDINGS = 10_000  # different last cells that are remembered; CMS has a few dozen
READERS: dict[str, Callable[..., Iterator[Kept | str]]] = {
    "ncci": read_pairs,
    "mue": read_limits,
    "rvu": read_values,
    "gpci": read_indices,
}


class Source:
    """A file's rows, counted as they are read."""

    def __init__(self, file: IO[bytes], kind: str) -> None:
        self.rows_read = 0
        self._share: Callable[[], float] = lambda: 0.0
        self._file = file
        self._kind = kind

    @property
    def share_read(self) -> int:
        """Percent of the file, by bytes or by rows; 99 until the end has been seen."""
        return min(int(self._share() * 100), 99)

    def rows(self) -> Iterator[Row]:
        for row in self._open():
            self.rows_read += 1
            yield row

    def _open(self) -> Iterator[Row]:
        self._file.seek(0)
        begin = self._file.read(4)
        size = self._file.seek(0, io.SEEK_END)
        self._file.seek(0)
        if begin.startswith(b"PK"):
            try:
                yield from self._zipped()
            except (zipfile.BadZipFile, zlib.error, ElementTree.ParseError, EOFError, OSError):
                raise WrongRow(None, "The file is damaged or was cut off.") from None
            return
        if begin.startswith(b"\xd0\xcf\x11\xe0"):
            raise WrongRow(
                None, "This is an old Excel file: save it as .xlsx or load the text file."
            )
        self._share = lambda: self._file.tell() / max(size, 1)
        yield from self._lines(self._file)

    def _zipped(self) -> Iterator[Row]:
        with zipfile.ZipFile(self._file) as archive:
            members = archive.infolist()
            if sum(member.file_size for member in members) > MOST_UNPACKED:
                raise WrongRow(None, "Unpacked it would be larger than 1 GB: that is no CMS file.")
            if any(member.filename == "xl/workbook.xml" for member in members):
                yield from self._sheet(self._file)
                return
            for ending in (".txt", ".csv", ".xlsx"):
                for member in members:
                    if member.filename.casefold().endswith(ending):
                        with archive.open(member) as inner:
                            total = max(member.file_size, 1)
                            self._share = lambda: inner.tell() / total  # noqa: B023 -- one member
                            yield from (
                                self._sheet(inner) if ending == ".xlsx" else self._lines(inner)
                            )
                        return
        raise WrongRow(None, "The zip file holds no text, csv or xlsx file.")

    def _lines(self, file: IO[bytes]) -> Iterator[Row]:
        text = io.TextIOWrapper(file, encoding="latin-1", newline="")
        try:
            ends = Ending()
            tabs = self._kind == "ncci"
            reader = csv.reader(
                ends.watch(text),
                delimiter="\t" if tabs else ",",
                quoting=csv.QUOTE_NONE if tabs else csv.QUOTE_MINIMAL,
            )
            last: Row | None = None
            seen: set[str] = set()
            try:
                for cells in reader:
                    if last is not None:
                        if last[1] and len(seen) < MOST_ENDINGS:
                            seen.add(last[1][-1])
                        yield last
                    last = (reader.line_num, cells)
            except csv.Error as problem:
                raise WrongRow(reader.line_num, f"It cannot be read: {problem}.") from None
            if last is not None:
                # Nothing says where a file ends. A last line without its break is whole only if it
                # ends in a word that has stood at the end of another.
                word = last[1][-1] if last[1] else ""
                if not ends.whole and (not word or word not in seen):
                    raise WrongRow(last[0], "The line does not end: the file was cut off here.")
                yield last
        finally:
            # Whoever opened the file closes it, and may have done so when reading stopped early.
            with contextlib.suppress(ValueError):
                text.detach()

    def _sheet(self, file: IO[bytes]) -> Iterator[Row]:
        from openpyxl import load_workbook  # noqa: PLC0415 -- heavy, and only workers need it
        from openpyxl.utils.exceptions import InvalidFileException  # noqa: PLC0415

        try:
            book = load_workbook(file, read_only=True, data_only=True)
        except (InvalidFileException, KeyError, ValueError):
            raise WrongRow(None, "The workbook cannot be read: it is damaged.") from None
        try:
            sheet: Any = book.worksheets[0]
            total = sheet.max_row or 1
            self._share = lambda: self.rows_read / total
            for number, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
                yield number, [_text(cell) for cell in cells]
        finally:
            book.close()


class Ending:
    """Watches whether the last line ended with its line break."""

    def __init__(self) -> None:
        self._last = "\n"

    @property
    def whole(self) -> bool:
        return self._last.endswith(("\n", "\r"))

    def watch(self, text: io.TextIOWrapper) -> Iterator[str]:
        number = 0
        while line := text.readline(LONGEST_LINE):
            number += 1
            if len(line) >= LONGEST_LINE or "\0" in line:
                raise WrongRow(number, "This is no line of text: the file is of another kind.")
            self._last = line
            yield line


def _text(cell: object) -> str:
    """A cell of a workbook as the text file would have it."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def read(source: Source, kind: str, codes: set[str]) -> Iterator[Kept | str]:
    """What the file says of our codes. Raises WrongRow."""
    return READERS[kind](source.rows(), codes)
