"""Find ICD-10-CM codes by code or by words, and tell which may stand on a claim.

The table is the tabular list that the National Center for Health Statistics publishes, as the
package `simple_icd_10_cm` ships it (fiscal year 2026, with the April 2026 additions). The files
are read directly: importing the package builds a tree that costs each process three times as
much memory.
"""

from __future__ import annotations

import datetime as dt
import importlib.util
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

HOLDS_FROM = dt.date(2025, 10, 1)  # the first day of the fiscal year that the table is of
MOST_RESULTS = 20
_LOOKS_LIKE_A_CODE = re.compile(r"[a-z](?:\d[0-9a-z]?|a\d)\.?[0-9a-z]{0,4}", re.IGNORECASE)
# Chapters a therapist's patients come from stand first among equals.
_USUAL = ("G20", "M", "G", "I69.35", "I69", "R2", "S", "H81", "Z47", "Z96", "R")

# What people say, and what the tabular list says instead.
SAID_AS = {
    "acl": "anterior cruciate ligament",
    "bppv": "benign paroxysmal vertigo",
    "cp": "cerebral palsy",
    "cts": "carpal tunnel",
    "cva": "cerebral infarction",
    "frozen shoulder": "adhesive capsulitis shoulder",
    "hip replacement": "artificial hip",
    "knee replacement": "artificial knee",
    "balance": "unsteadiness",
    "fall": "falls",
    "loss of balance": "unsteadiness",
    "mcl": "medial collateral ligament",
    "ms": "multiple sclerosis",
    "neck pain": "cervicalgia",
    "oa": "osteoarthritis",
    "sci": "spinal cord",
    "shin splints": "tibial stress",
    "stroke": "cerebral infarction",
    "tbi": "intracranial injury",
    "tennis elbow": "lateral epicondylitis",
    "tha": "artificial hip",
    "thr": "artificial hip",
    "tka": "artificial knee",
    "tkr": "artificial knee",
    "unsteady gait": "unsteadiness",
    "whiplash": "sprain ligaments cervical",
}


class UnknownDiagnosis(Exception):
    """There is no such code."""


class NotSpecific(Exception):
    """The code is a heading: a claim wants one of the codes beneath it."""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    code: str
    label: str


@dataclass(frozen=True)
class Table:
    """Every code; `headings` have codes beneath them and are refused on claims."""

    billable: dict[str, Diagnosis]
    headings: dict[str, str]
    words: list[tuple[str, str]]  # code, everything it may be found by


def tidy(code: str) -> str:
    """i69354 as I69.354"""
    plain = re.sub(r"[^0-9A-Za-z]", "", code).upper()
    return f"{plain[:3]}.{plain[3:]}" if len(plain) > 3 else plain


def find(code: str) -> Diagnosis:
    """The code with its label; raises `UnknownDiagnosis` or `NotSpecific`."""
    table = load()
    code = tidy(code)
    if code in table.billable:
        return table.billable[code]
    if code in table.headings:
        raise NotSpecific(
            f"{code} ({table.headings[code]}) is a heading: choose a code beneath it."
        )
    raise UnknownDiagnosis(f"There is no ICD-10-CM code {code}.")


def is_billable(code: str) -> bool:
    """Whether a claim takes the code: it exists and has none beneath it."""
    return tidy(code) in load().billable


def search(query: str, most: int = MOST_RESULTS) -> list[Diagnosis]:
    """The billable codes that a few words or the beginning of a code describe."""
    query = query.strip()[:200]
    table = load()
    if _LOOKS_LIKE_A_CODE.fullmatch(query):
        prefix = tidy(query)
        found = (entry for code, entry in table.billable.items() if code.startswith(prefix))
        return [entry for entry, _ in zip(found, range(most), strict=False)]

    wanted = [f" {word}" for word in _as_listed(query).split()]
    if not any(len(word) > 2 for word in wanted):
        return []
    wanted.sort(key=len, reverse=True)  # the longest word leaves the fewest to look at
    hits = [
        table.billable[code] for code, words in table.words if all(word in words for word in wanted)
    ]
    return sorted(hits, key=lambda entry: _rank(entry, wanted))[:most]


def _rank(entry: Diagnosis, wanted: list[str]) -> tuple[bool, int, int, str]:
    """What names the thing itself, then the usual chapters, then the shortest label."""
    label = _plain(entry.label)
    is_indirect = not all(word in label for word in wanted)
    usual = next(
        (place for place, start in enumerate(_USUAL) if entry.code.startswith(start)), len(_USUAL)
    )
    return is_indirect, usual, len(entry.label), entry.code


def _plain(text: str) -> str:
    return " " + " ".join(re.findall(r"[a-z0-9]+", text.casefold().replace("'s", "s")))


def _as_listed(query: str) -> str:
    plain = _plain(query) + " "
    for said, listed in sorted(SAID_AS.items(), key=lambda pair: -len(pair[0])):
        plain = plain.replace(f" {said} ", f" {listed} ")
    return plain


@lru_cache(maxsize=1)
def load() -> Table:
    """The table, read at its first use: 2 seconds and 60 MB for the process."""
    spec = importlib.util.find_spec("simple_icd_10_cm")
    assert spec is not None
    assert spec.origin is not None
    folder = Path(spec.origin).parent / "data"
    valid = set(_one(folder, "code-list*.txt").read_text(encoding="utf-8").split())

    table = Table(billable={}, headings={}, words=[])
    file = _one(folder, "icd10c-tabular*.xml")
    for _, chapter in ET.iterparse(file):  # noqa: S314 -- a pinned package's own file
        if chapter.tag == "chapter":
            for diagnosis in chapter.findall("section/diag"):
                _take_in(table, diagnosis, valid, terms=[], endings={})
            chapter.clear()
    return table


def _one(folder: Path, pattern: str) -> Path:
    [found] = folder.glob(pattern)
    return found


def _take_in(
    table: Table, node: ET.Element, valid: set[str], *, terms: list[str], endings: dict[str, str]
) -> None:
    code, label = node.findtext("name", ""), node.findtext("desc", "")
    terms = terms + [note.text or "" for note in node.findall("inclusionTerm/note")]
    endings = dict(_endings(node)) or endings
    children = node.findall("diag")
    for child in children:
        _take_in(table, child, valid, terms=terms, endings=endings)
    if children:
        table.headings[code] = label
        return
    with_seventh = [
        Diagnosis(full, f"{label}, {meaning}")
        for character, meaning in endings.items()
        if (full := _with_seventh(code, character)).replace(".", "") in valid
    ]
    if with_seventh:
        table.headings[code] = label
    for entry in with_seventh or [Diagnosis(code, label)]:
        table.billable[entry.code] = entry
        table.words.append((entry.code, _plain(" ".join([entry.label, *terms]))))


def _endings(node: ET.Element) -> Iterator[tuple[str, str]]:
    for extension in node.findall("sevenChrDef/extension"):
        yield extension.attrib["char"], extension.text or ""


def _with_seventh(code: str, character: str) -> str:
    """S83.51 and A as S83.51XA: the seventh character keeps its place."""
    plain = code.replace(".", "").ljust(6, "X")
    return f"{plain[:3]}.{plain[3:]}{character}"
