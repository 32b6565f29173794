"""What do CMS's own files say of our codes? Rows of cells in, rows to keep out, or the wrong row.

Plain Python: where the cells come from (text, csv, xlsx) is `billing/rule_files.py`'s business. The
formats: docs/rules/cms_files.md. Descriptions are the AMA's and are never kept.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

Cells = Sequence[str]
Row = tuple[int, Cells]  # numbered as the file counts its lines, the first is 1

CODE = re.compile(r"[0-9A-Z][0-9]{3}[0-9A-Z]")
INDICATORS = frozenset("019")
LONGEST_PREAMBLE = 60  # AMA notice, title and a header that wraps over lines
CENT = Decimal("0.01")


class WrongRow(ValueError):
    """A row that cannot be right; nothing of the file is used. `row` is None for the whole file."""

    def __init__(self, row: int | None, told: str) -> None:
        super().__init__(told)
        self.row = row
        self.told = told


@dataclass(frozen=True)
class Kept:
    """A row that concerns us: its key, and its values as plain JSON."""

    row: int
    key: str
    values: dict[str, str | int | bool | None]


class Once:
    """Refuses a key that comes twice and says something else the second time."""

    def __init__(self) -> None:
        self._seen: dict[str, Kept] = {}

    def is_new(self, kept: Kept) -> bool:
        before = self._seen.setdefault(kept.key, kept)
        if before is not kept and before.values != kept.values:
            raise WrongRow(kept.row, f"It contradicts row {before.row}, which has the same key.")
        return before is kept


def _is_blank(cells: Cells) -> bool:
    return not any(cell.strip() for cell in cells)


def _after_header(
    rows: Iterator[Row], *, is_header: Callable[[list[str]], bool], what: str
) -> tuple[Row, list[Cells]]:
    """The header row, found by what stands in it, and the captions above."""
    above: list[Cells] = []
    for number, cells in rows:
        if is_header([cell.strip().casefold() for cell in cells]):
            return (number, cells), above
        above.append(cells)
        if len(above) >= LONGEST_PREAMBLE:
            break
    raise WrongRow(None, f"This is not {what}: its header is not among the first lines.")


class HeaderTest:
    """Whether each of these words is in a cell of its own kind."""

    def __init__(self, *words: str) -> None:
        self.words = words

    def __call__(self, cells: list[str]) -> bool:
        return all(any(word in cell for cell in cells) for word in self.words)


# The procedure-to-procedure file


def read_pairs(rows: Iterable[Row], codes: Collection[str]) -> Iterator[Kept | str]:
    """Pairs both of whose codes are ours; of every other row just its column-1 code, which says
    how far the file reaches.

    Key: both codes and the start; one pair may have several rows (2024Q3: 97150 with 97116 twice).
    """
    once, previous = Once(), ""
    for number, cells in _pair_rows(iter(rows)):
        # Most rows are of no concern; only what has the usual shape is passed over unread.
        usual = len(cells) >= 6 and (
            len(cells[0]) == len(cells[1]) == 5 and len(cells[3]) == 8 and cells[5] in INDICATORS
        )
        if usual and not (cells[0] in codes and cells[1] in codes):
            if cells[0] != previous:
                previous = cells[0]
                yield previous
            continue
        if not usual and _is_blank(cells):
            continue
        kept = _pair(number, cells)
        if once.is_new(kept) and kept.key[:5] in codes and kept.key[6:11] in codes:
            yield kept


def _pair_rows(rows: Iterator[Row]) -> Iterator[Row]:
    """The rows below the wrapped header."""
    preamble = ""
    for count, (number, cells) in enumerate(rows):
        if len(cells) >= 6 and CODE.fullmatch(cells[0].strip()):
            if "column 1" not in preamble or "column 2" not in preamble:
                break
            if "hospital" in preamble or "outpatient" in preamble:
                raise WrongRow(None, "This is the hospital file; load the practitioner file.")
            yield number, cells
            yield from rows
            return
        preamble += " ".join(cells).casefold() + " "
        if count >= LONGEST_PREAMBLE:
            break
    raise WrongRow(
        None, "This is not an NCCI practitioner file: no pairs under a header of two columns."
    )


def _pair(number: int, cells: Cells) -> Kept:
    if len(cells) < 6:
        raise WrongRow(number, f"It has {len(cells)} columns and not 7: the file was cut off.")
    one, two, _, start, end, indicator = (cell.strip() for cell in cells[:6])
    for code in (one, two):
        if not CODE.fullmatch(code):
            raise WrongRow(number, f"“{_cut(code)}” is not a procedure code.")
    if one == two:
        raise WrongRow(number, f"{one} is paired with itself.")
    if indicator[:1] not in INDICATORS:
        raise WrongRow(number, f"The modifier indicator is “{_cut(indicator)}”, not 0, 1 or 9.")
    starts = _day(number, "effective date", start)
    ends = None if end in ("*", "") else _day(number, "deletion date", end)
    if ends is not None and ends < starts:
        raise WrongRow(number, "It was deleted before it took effect.")
    return Kept(
        row=number,
        key=f"{one} {two} {starts}",
        values={
            "column1": one,
            "column2": two,
            "modifier_indicator": int(indicator[0]),
            "effective_on": starts.isoformat(),
            "deleted_on": ends.isoformat() if ends else None,
        },
    )


def _day(number: int, name: str, text: str) -> date:
    if re.fullmatch(r"[0-9]{8}", text):
        try:
            return date(int(text[:4]), int(text[4:6]), int(text[6:]))
        except ValueError:
            pass
    raise WrongRow(number, f"The {name} is “{_cut(text)}”, not a day such as 20260701.")


# The medically-unlikely-edit table


def read_limits(rows: Iterable[Row], codes: Collection[str]) -> Iterator[Kept | str]:
    every = iter(rows)
    (_, header), _ = _after_header(
        every, is_header=HeaderTest("hcpcs", "mue values"), what="an MUE table"
    )
    if "practitioner" not in " ".join(header).casefold():
        raise WrongRow(None, "This MUE table is not the practitioners': load that one.")
    at = _columns(
        header, {"code": ("hcpcs",), "units": ("mue values",), "judged": ("adjudication",)}
    )
    once = Once()
    for number, cells in every:
        if _is_blank(cells):
            continue
        code, units, judged = (_cell(number, cells, at[n]) for n in ("code", "units", "judged"))
        if not CODE.fullmatch(code):
            raise WrongRow(number, f"“{_cut(code)}” is not a procedure code.")
        if not re.fullmatch(r"[0-9]{1,6}", units):
            raise WrongRow(number, f"The limit is “{_cut(units)}”, not a whole number.")
        if judged[:1] not in {"1", "2", "3"}:
            raise WrongRow(number, f"The indicator is “{_cut(judged)}”; it begins with 1, 2 or 3.")
        kept = Kept(number, code, {"code": code, "units": int(units), "indicator": int(judged[0])})
        if once.is_new(kept) and code in codes:
            yield kept
        else:
            yield code


# The physician fee schedule's relative values

RVU_AT = {
    "code": 0,
    "modifier": 1,
    "status": 3,
    "work": 5,
    "practice_expense": 6,
    "malpractice": 10,
    "total": 11,
    "multiple": 18,
    "factor": 24,
}
PAID = {"A", "R", "T"}  # active, restricted, injection: what has a price of its own
REDUCED_WHEN_REPEATED = "5"  # MULT PROC: the therapy reduction


def read_values(rows: Iterable[Row], codes: Collection[str]) -> Iterator[Kept | str]:
    """What our codes are worth outside a facility, and the conversion factor of the file."""
    every = iter(rows)

    def is_header(cells: list[str]) -> bool:
        return cells[:2] == ["hcpcs", "mod"]

    (_, header), above = _after_header(every, is_header=is_header, what="a PPRRVU file")
    captions = [
        " ".join(cells[place].strip() for cells in (*above, header) if place < len(cells)).upper()
        for place in range(len(header))
    ]
    for name, word in (("work", "RVU"), ("multiple", "PROC"), ("factor", "FACTOR")):
        if RVU_AT[name] >= len(captions) or word not in captions[RVU_AT[name]]:
            raise WrongRow(
                None, f"Its columns are not those of PPRRVU: {word} is not where it was."
            )
    once, factor = Once(), None
    for number, cells in every:
        if _is_blank(cells):
            continue
        code = _cell(number, cells, RVU_AT["code"])
        if not CODE.fullmatch(code):
            raise WrongRow(number, f"“{_cut(code)}” is not a procedure code.")
        if len(cells) <= RVU_AT["factor"]:
            raise WrongRow(number, f"It has {len(cells)} columns: the file was cut off.")
        if code not in codes or cells[RVU_AT["modifier"]].strip():
            yield code
            continue
        each = {name: cells[place].strip() for name, place in RVU_AT.items()}
        if each["status"] not in PAID:
            yield code
            continue
        kept, own = _value(number, each)
        factor = factor or own
        if own != factor:
            raise WrongRow(number, f"The conversion factor is {own}, above it was {factor}.")
        if once.is_new(kept):
            yield kept
    if factor is None:
        raise WrongRow(
            None, "None of the practice's codes has a price in it: the file was cut off."
        )


def _value(number: int, each: dict[str, str]) -> tuple[Kept, str]:
    parts = {n: _number(number, n, each[n]) for n in ("work", "practice_expense", "malpractice")}
    total = _number(number, "total", each["total"])
    if abs(sum(parts.values()) - total) > CENT:
        raise WrongRow(number, f"Its parts come to {sum(parts.values())} and the total is {total}.")
    factor = _number(number, "conversion factor", each["factor"])
    if not 1 < factor < 1000:
        raise WrongRow(number, f"A conversion factor of {factor} cannot be.")
    kept = Kept(
        number,
        each["code"],
        {
            "code": each["code"],
            **{name: str(part) for name, part in parts.items()},
            "mppr": each["multiple"] == REDUCED_WHEN_REPEATED,
            "factor": str(factor),
        },
    )
    return kept, str(factor)


# The geographic indices


def read_indices(rows: Iterable[Row], codes: Collection[str] = ()) -> Iterator[Kept | str]:
    """Every locality; `codes` has no say in it."""
    every = iter(rows)
    (_, header), _ = _after_header(
        every, is_header=HeaderTest("state", "locality", "gpci"), what="a GPCI file"
    )
    at = _columns(
        header,
        {
            "contractor": ("mac", "contractor"),
            "state": ("state",),
            "locality": ("locality number",),
            "name": ("locality name",),
            "work": ("pw gpci (with 1", "pw gpci (with f", "pw gpci", "work gpci"),
            "practice_expense": ("pe gpci",),
            "malpractice": ("mp gpci",),
        },
    )
    once = Once()
    for number, cells in every:
        if _is_blank(cells):
            continue
        if sum(bool(cell.strip()) for cell in cells) == 1 and not cells[0].strip().isdecimal():
            return  # the notes below the table
        each = {name: _cell(number, cells, place) for name, place in at.items()}
        contractor, locality = each["contractor"].zfill(5), each["locality"].zfill(2)
        if not (re.fullmatch(r"[0-9]{5}", contractor) and re.fullmatch(r"[0-9]{2}", locality)):
            raise WrongRow(
                number, f"“{_cut(each['contractor'])}, {_cut(each['locality'])}” is no locality."
            )
        if not re.fullmatch(r"[A-Z]{2}", each["state"]):
            raise WrongRow(number, f"“{_cut(each['state'])}” is not a state.")
        indices = {
            n: str(_number(number, f"{n} index", each[n]))
            for n in ("work", "practice_expense", "malpractice")
        }
        kept = Kept(
            number,
            f"{contractor}-{locality}",
            {
                "contractor": contractor,
                "locality": locality,
                "state": each["state"],
                "name": " ".join(each["name"].replace("*", " ").split())[:120],
                **indices,
            },
        )
        if once.is_new(kept):
            yield kept


# Cells


def _columns(header: Cells, wanted: dict[str, tuple[str, ...]]) -> dict[str, int]:
    """Where each column stands, by the first of its words that a caption holds."""
    captions = [" ".join(cell.casefold().split()) for cell in header]
    found: dict[str, int] = {}
    for name, words in wanted.items():
        places = (
            place
            for word in words
            for place, caption in enumerate(captions)
            if word in caption and "without" not in caption
        )
        place = next(places, None)
        if place is None:
            raise WrongRow(None, f"A column is missing: {words[0]}.")
        found[name] = place
    return found


def _cell(number: int, cells: Cells, place: int) -> str:
    if place >= len(cells):
        raise WrongRow(number, f"It has {len(cells)} columns: the file was cut off.")
    return cells[place].strip()


def _number(number: int, name: str, text: str) -> Decimal:
    try:
        amount = Decimal(text)
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or not 0 <= amount < 10000:
        raise WrongRow(number, f"The {name.replace('_', ' ')} is “{_cut(text)}”, not an amount.")
    return amount


def _cut(text: str) -> str:
    return text if len(text) <= 20 else f"{text[:17]}…"
