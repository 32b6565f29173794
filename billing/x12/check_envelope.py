"""Do the characters, the wrapping and the level numbers of an 837P hold together?"""

import re
from collections.abc import Iterable, Sequence

from billing.x12.codes import GUIDE
from billing.x12.outline import LEVELS
from billing.x12.problems import Report
from billing.x12.read import Segment
from billing.x12.segments import ISA_LENGTH, ISA_WIDTHS

_BASIC = re.compile(r"""[A-Z0-9 !"&'()*+,\-./:;?=]*""")
_EMAIL = re.compile(r"""[A-Z0-9!"&'()*+,\-./:;?=@_%#$]*""")
_COMPOSITES = {"CLM05", "CLM11", "SV101", "SV107", "SVD03"}  # and every element of HI
_PARENT = {"22": "20", "23": "22"}


def check_characters(report: Report, content: bytes, segments: Sequence[Segment]) -> None:
    """Only the basic set in the data, no empty tail on a segment, no bytes that are no segment."""
    for segment in segments:
        if segment.elements and not segment.elements[-1]:
            report.add("empty-tail", "The segment ends with an empty element.", segment)
        for position, element in enumerate(segment.elements, start=1):
            _check_element(report, segment, position, element)
    if not segments[-1].terminated:
        report.add("broken-off", "The last segment has no terminator.", segments[-1])
    elif content not in (_joined(segments, ""), _joined(segments, "\n")):
        report.add("stray-bytes", "The file holds bytes that belong to no segment.")


def _check_element(report: Report, segment: Segment, position: int, element: str) -> None:
    name = f"{segment.id}{position:02d}"
    if segment.id == "ISA" and position in (11, 16):
        return  # the delimiters themselves
    marks = segment.separators
    composite = segment.id == "HI" or name in _COMPOSITES
    data = element.replace(marks.component, "") if composite else element
    if marks.component in data or marks.repetition in data:
        report.add("character", f"{name} holds a delimiter of the file.", segment)
    mail = segment.id == "PER" and segment.get(position - 1) == "EM"
    if not (_EMAIL if mail else _BASIC).fullmatch(data):
        report.add("character", f"{name} has a character outside the basic set.", segment)
    if element != element.strip() and segment.id != "ISA":
        report.add("blank", f"{name} begins or ends with a blank.", segment)
    if element.endswith(marks.component):
        report.add("empty-tail", f"{name} ends with an empty component.", segment)


def _joined(segments: Iterable[Segment], line_break: str) -> bytes:
    return "".join(
        segment.separators.element.join([segment.id, *segment.elements])
        + segment.separators.segment
        + line_break
        for segment in segments
    ).encode()


def check_envelope(report: Report, segments: Sequence[Segment]) -> None:
    """ISA, GS and ST are each closed once, by the same number and with the right count."""
    expected = ["ISA", "GS", *["ST", "SE"] * sum(s.id == "ST" for s in segments), "GE", "IEA"]
    found = [s for s in segments if s.id in ("ISA", "GS", "ST", "SE", "GE", "IEA")]
    if [s.id for s in found] != expected or len(expected) < 6:
        report.add("envelope", "ISA, GS, ST, SE, GE and IEA do not enclose each other.")
        return
    inside = False
    for segment in segments:
        inside = inside or segment.id == "ST"
        if not inside and segment not in found:
            report.add("stray-segment", "A segment stands outside the transactions.", segment)
        inside = inside and segment.id != "SE"
    isa, gs, *transactions, ge, iea = found
    _check_isa(report, isa)
    _check_gs(report, gs)
    _check_closing(report, isa, 13, iea, 1, "control-number")
    _check_closing(report, gs, 6, ge, len(transactions) // 2, "control-number")
    numbers = set()
    for opening, closing in zip(transactions[::2], transactions[1::2], strict=True):
        count = report.places[closing.offset] - report.places[opening.offset] + 1
        _check_closing(report, opening, 2, closing, count, "control-number")
        if (opening.get(1), opening.get(3)) != ("837", GUIDE):
            report.add("guide", f"The transaction is not an 837 of {GUIDE}.", opening)
        if opening.get(2) in numbers or not re.fullmatch("[0-9]{4,9}", opening.get(2)):
            report.add("control-number", "ST02 is not a number of its own.", opening)
        numbers.add(opening.get(2))


def _check_isa(report: Report, isa: Segment) -> None:
    widths = tuple(map(len, isa.elements))
    if widths != ISA_WIDTHS or 3 + 16 + sum(widths) + 1 != ISA_LENGTH:
        report.add("isa-width", f"The header is not {ISA_LENGTH} characters in fixed widths.", isa)
    marks = isa.separators
    if len(set(marks)) != len(marks) or any(mark.isalnum() or mark == " " for mark in marks):
        report.add("delimiters", "The four delimiters are not four different marks.", isa)
    if isa.get(12) != "00501" or isa.get(15) not in ("P", "T") or isa.get(14) not in ("0", "1"):
        report.add("isa-code", "ISA12, ISA14 or ISA15 holds a code that is not known.", isa)
    if not re.fullmatch("[0-9]{9}", isa.get(13)) or not int(isa.get(13)):
        report.add("control-number", "ISA13 is not a number of nine digits.", isa)
    if not isa.get(6).strip() or not isa.get(8).strip():
        report.add("isa-code", "ISA06 or ISA08 is blank.", isa)


def _check_gs(report: Report, gs: Segment) -> None:
    if (gs.get(1), gs.get(7), gs.get(8)) != ("HC", "X", GUIDE):
        report.add("guide", f"The group does not say HC, X and {GUIDE}.", gs)
    if not re.fullmatch("[1-9][0-9]{0,8}", gs.get(6)):
        report.add("control-number", "GS06 is not a number of at most nine digits.", gs)


def _check_closing(
    report: Report, opening: Segment, position: int, closing: Segment, count: int, check: str
) -> None:
    if closing.get(1) != str(count):
        report.add(
            f"{closing.id.lower()}-count",
            f"{closing.id}01 is wrong: {count} were counted.",
            closing,
        )
    if closing.get(2) != opening.get(position):
        report.add(check, f"{closing.id}02 is not {opening.id}{position:02d}.", closing)


def check_levels(report: Report, transaction: Iterable[Segment]) -> None:
    """HL01 counts from 1; HL02 names the level above; HL04 says whether there is one below."""
    levels = [segment for segment in transaction if segment.id == "HL"]
    kinds = {level.get(1): level.get(3) for level in levels}
    parents = {level.get(2) for level in levels}
    open_level: dict[str, str] = {}
    for number, level in enumerate(levels, start=1):
        kind = level.get(3)
        if level.get(1) != str(number):
            report.add("hl-number", f"HL01 is not {number}.", level)
        if kind not in LEVELS:
            report.add("hl-level", "HL03 is not 20, 22 or 23.", level)
        elif kind not in _PARENT:
            if level.get(2):
                report.add("hl-parent", "A billing provider has no level above.", level)
        elif kinds.get(level.get(2)) != _PARENT[kind] or open_level.get(_PARENT[kind]) != level.get(
            2
        ):
            report.add("hl-parent", "HL02 is not the level that it stands under.", level)
        if level.get(4) != ("1" if level.get(1) in parents else "0"):
            report.add("hl-child", "HL04 does not say whether a level follows below.", level)
        open_level[kind] = level.get(1)
