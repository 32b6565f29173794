"""The same interchange, wrapped and bruised in every way that partners do, reads the same."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from textwrap import wrap

import pytest

from billing.x12.read import NotX12, read_segments, to_amount, to_day

FILE = (
    Path(__file__).parent.joinpath("samples/medicare_secondary/expected.837").read_bytes()
).replace(b"\n", b"")
HEADER, BODY = FILE[:106], FILE[106:]


def outline(content):
    """What a reader sees of the file, apart from its delimiters and offsets."""
    found = []
    for s in read_segments(content):
        marks = (s.separators.component, s.separators.repetition)
        elements = [
            tuple(element.split(marks[0])) if s.id != "ISA" else element.strip()
            for element in s.elements
        ]
        # ISA11 and ISA16 are the delimiters themselves.
        found.append((s.id, elements[:10] + elements[11:15] if s.id == "ISA" else elements))
    return found


EXPECTED = outline(FILE)


def columns(width):
    return "\n".join(wrap(FILE.decode(), width, drop_whitespace=False)).encode()


def with_marks(element, component, repetition, segment):
    swaps = bytes.maketrans(b"*:^~", "".join((element, component, repetition, segment)).encode())
    return FILE.translate(swaps)


VARIANTS = {
    "one line": FILE,
    "a line each": FILE.replace(b"~", b"~\n"),
    "CRLF": FILE.replace(b"~", b"~\r\n"),
    "blank lines first": b"\n\r\n  \n" + FILE,
    "blank lines between": FILE.replace(b"~", b"~\n\n"),
    "spaces after each segment": FILE.replace(b"~", b"~  "),
    "a byte-order mark": b"\xef\xbb\xbf" + FILE,
    "a covering letter": "Dear ISA-team, señor: the file follows.\n\n".encode() + FILE,
    "words after the trailer": FILE + b"\nend of file ~ thank you ~",
    "a DOS end of file": FILE + b"\r\n\x1a",
    "wrapped at column 80": columns(80),
    "wrapped at column 72 by CRLF": columns(72).replace(b"\n", b"\r\n"),
    "wrapped at column 105": HEADER[:105] + b"\n" + HEADER[105:] + BODY,
    "other marks": with_marks("|", ">", "!", "'"),
    "control marks": with_marks("\x1d", "\x1f", "\x1e", "\x1c"),
    "line feed as terminator": FILE.replace(b"~", b"\n"),
    "CRLF as terminator": FILE.replace(b"~", b"\r\n"),
    "line feed as terminator, no last one": FILE.replace(b"~", b"\n")[:-1],
    "header values not padded": HEADER.replace(b" ", b"") + BODY,
    "header values too wide": HEADER.replace(b"*ZZ*LARKPT01  ", b"*ZZ*LARKPT01       ") + BODY,
    "unpadded and a line each": (HEADER.replace(b" ", b"") + BODY).replace(b"~", b"~\r\n"),
    "lower-case ids": FILE.replace(b"~SV1*", b"~sv1*").replace(b"ISA*", b"isa*"),
}


@pytest.mark.parametrize("variant", VARIANTS.values(), ids=VARIANTS)
def test_every_wrapping_reads_the_same(variant):
    assert outline(variant) == EXPECTED


@pytest.mark.parametrize("variant", VARIANTS.values(), ids=VARIANTS)
def test_an_offset_is_the_byte_where_the_segment_begins(variant):
    wrong = [
        segment.id
        for segment in read_segments(variant)
        if variant[segment.offset :].translate(None, b"\r\n")[: len(segment.id)].decode().upper()
        != segment.id
    ]

    assert wrong == []


def test_the_delimiters_are_those_of_the_header():
    content = with_marks("|", ">", "!", "'")

    assert tuple(next(read_segments(content)).separators) == ("|", ">", "!", "'")


def test_an_empty_last_header_element_leaves_the_usual_component_separator():
    segments = list(read_segments(HEADER[:-2] + b"~" + BODY))

    assert tuple(segments[0].separators) == ("*", ":", "^", "~")
    assert [segment.id for segment in segments] == [name for name, _ in EXPECTED]


def test_two_interchanges_in_one_file_keep_their_own_delimiters():
    segments = list(read_segments(FILE + b"\n" + with_marks("|", ">", "!", "'")))

    assert [s.separators.element for s in segments if s.id == "ISA"] == ["*", "|"]
    assert [s.id for s in segments] == [name for name, _ in EXPECTED] * 2


@pytest.mark.parametrize("place", [b"GE*1*412", b"HANGE*"])
@pytest.mark.parametrize("second", [FILE, with_marks("|", ">", "!", "'")], ids=["same", "other"])
def test_an_interchange_that_breaks_off_ends_where_the_next_begins(place, second):
    cut = FILE[: FILE.index(place)]

    segments = list(read_segments(cut + second))

    header = [s.offset for s in segments if s.id == "ISA"]
    assert header == [0, len(cut)]
    assert outline((cut + second)[header[1] :]) == EXPECTED
    assert [s.id for s in segments].count("IEA") == 1
    assert [s.elements[-1] for s in segments if not s.terminated] == (
        ["CLEAR HOUSE EXC"] if place == b"HANGE*" else []
    )


def test_a_file_that_breaks_off_says_so_at_its_last_segment():
    segments = list(read_segments(FILE[: FILE.index(b"*170*") + 2]))

    assert [segment.terminated for segment in segments] == [True] * (len(segments) - 1) + [False]
    assert (segments[-1].id, segments[-1].elements) == ("CLM", ("S1", "1"))


def test_accents_are_read_from_utf8_and_from_latin_1():
    names = [
        next(s.get(3) for s in read_segments(FILE.replace(b"WOJCIK", text)) if s.get(1) == "IL")
        for text in ("WÓJCIK".encode(), "WÓJCIK".encode("latin-1"))
    ]

    assert names == ["WÓJCIK", "WÓJCIK"]


def test_an_element_that_is_not_there_is_empty():
    service = next(s for s in read_segments(FILE) if s.id == "SV1")

    assert (service.get(1, 2), service.get(1, 9), service.get(5), service.get(40)) == (
        "97112",
        "",
        "",
        "",
    )
    assert (service.components(1), service.components(5)) == (("HC", "97112", "GP"), ())


def test_repetitions_are_parted_by_the_header_s_own_mark():
    content = FILE.replace(b"REF*F8*EMB7731002", b"REF*F8*A^B")

    reference = next(s for s in read_segments(content) if s.get(1) == "F8")

    assert (reference.repetitions(2), reference.repetitions(3)) == (("A", "B"), ())


@pytest.mark.parametrize("content", [b"", b"hello", b"ISA", HEADER[:90], b"\xff\xfe\x00", BODY])
def test_bytes_without_a_whole_header_are_not_x12(content):
    with pytest.raises(NotX12):
        list(read_segments(content))


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("240", Decimal(240)),
        ("240.", Decimal(240)),
        (".5", Decimal("0.5")),
        ("-69.05", Decimal("-69.05")),
        ("", None),
        (".", None),
        ("-", None),
        ("1.005", None),
        ("1E3", None),
        ("$70", None),
        ("٣", None),
    ],
)
def test_an_amount_is_read_exactly_or_not_at_all(text, amount):
    assert to_amount(text) == amount


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("20260302", date(2026, 3, 2)),
        ("20240229", date(2024, 2, 29)),
        ("20230229", None),
        ("260302", None),
        ("2026030", None),
        ("20260302-", None),
        ("", None),
    ],
)
def test_a_day_is_read_exactly_or_not_at_all(text, day):
    assert to_day(text) == day
