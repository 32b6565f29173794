"""A good file with a segment gone, doubled or out of place, and payers' sums that do not agree."""
# ruff: noqa: E501  one wrong thing to a line

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from billing.x12.check_837p import check_837p
from billing.x12.problems import Problem
from billing.x12.write_837p import write_837p
from tests.billing.x12.cast import CLAIM, LINE, file_of
from tests.billing.x12.pyx12_check import check
from tests.billing.x12.test_check_837p import FAMILY, PAIR, PRIMARY, SECONDARY, found, recounted

MISSING = [
    (PRIMARY, "BHT*", ["missing ST"]),
    (PRIMARY, "NM1*41*", ["stray-segment PER", "missing ST"]),
    (PRIMARY, "PER*IC*BILLING", ["missing NM1"]),
    (PRIMARY, "NM1*40*", ["missing ST"]),
    (PRIMARY, "N3*88 LARK", ["missing NM1"]),
    (PRIMARY, "N4*EUGENE*OR*974013020", ["missing NM1"]),
    (PRIMARY, "REF*EI*", ["missing NM1"]),
    (
        PRIMARY,
        "SBR*P*18*",
        ["missing HL", "code ", "filing ", "patient ", "patient NM1", "other-payer CLM"],
    ),
    (PRIMARY, "DMG*", ["patient NM1"]),
    (PRIMARY, "NM1*PR*", ["missing HL"]),
    (PRIMARY, "HI*", ["missing CLM", "pointer SV1", "pointer SV1", "pointer SV1"]),
    (FAMILY, "PAT*19~", ["missing HL", "code "]),
    (SECONDARY, "OI***", ["missing SBR"]),
]


def without(text, start):
    """The file without the first segment that begins like this."""
    at = text.index("\n" + start)
    return text[:at] + text[text.index("\n", at + 1) :]


@pytest.mark.parametrize(("file", "start", "expected"), MISSING)
def test_a_segment_that_is_gone_is_missed(file, start, expected):
    assert found(recounted(without(file, start))) == expected


PLACES = [
    (PRIMARY, "HI*ABK", "K3*X~\nHI*ABK", ["stray-segment K3"]),
    (PRIMARY, "NTE*CER", "NM1*DK*1*STRAND~\nNTE*CER", ["stray-segment NM1"]),
    (PRIMARY, "LX*1~", "HL*3*2*24*0~\nLX*1~", ["hl-child HL", "hl-level HL", "stray-segment HL"]),
    (PRIMARY, "REF*EI*931112223~", "", ["missing NM1"]),
    (SECONDARY, "AMT*D*109~\nAMT*EAF*35~\nOI***Y***Y~", "OI***Y***Y~\nAMT*D*109~\nAMT*EAF*35~", ["segment-order AMT", "segment-order AMT"]),
    (FAMILY, "REF*G1*AUTH 7731~\nHI*ABK:M5450~", "HI*ABK:M5450~\nREF*G1*AUTH 7731~", ["segment-order REF"]),
]  # fmt: skip


@pytest.mark.parametrize(("file", "good", "bad", "expected"), PLACES)
def test_a_segment_out_of_place_is_found(file, good, bad, expected):
    assert good in file

    assert found(recounted(file.replace(good + "\n" * (not bad), bad, 1))) == expected


PAYERS = [
    ("AMT*D*109~", "AMT*D*108~", ["balance SBR", "balance SBR"]),
    ("AMT*D*109~\n", "", ["other-payer SBR"]),
    ("AMT*EAF*35~", "AMT*EAF*34~", ["balance SBR"]),
    ("SVD*88201*64.5*", "SVD*88201*64*", ["balance SBR", "balance SVD"]),
    ("CAS*PR*2*20~", "CAS*PR*2*21~", ["balance SBR", "balance SBR", "balance SVD"]),
    ("CAS*PR*2*20~", "CAS*XX*2*20~", ["balance SBR", "adjustment CAS"]),
    ("CAS*PR*2*20~", "CAS*PR*TOO-LONG*20~", ["adjustment CAS"]),
    ("SVD*88201*64.5*", "SVD*99999*64.5*", ["balance SBR", "balance SBR", "balance SBR", "other-payer SVD"]),
    ("SVD*88201*64.5*HC:97112", "SVD*88201*64.5*HC:97", ["procedure SVD"]),
    ("SBR*P*18*GRP8842", "SBR*S*18*GRP8842", ["other-payer CLM"]),
    ("SBR*P*18*GRP8842", "SBR*P*99*GRP8842", ["code SBR"]),
    ("SBR*P*18*GRP8842******CI", "SBR*P*18*GRP8842", ["filing SBR"]),
    ("OI***Y***Y", "OI***Y***N", ["code OI"]),
    ("MI*W123456789", "MI*W", ["member-id NM1"]),
    ("PI*88201", "PI", ["other-payer CLM", "name NM1", "balance SBR", "date SBR", "balance SBR", "other-payer SVD", "other-payer SVD"]),
    ("DTP*573*D8*20260220~\nLX*2", "DTP*573*D8*20260231~\nLX*2", ["date SVD"]),
]  # fmt: skip


@pytest.mark.parametrize(("good", "bad", "expected"), PAYERS)
def test_a_payers_decision_is_found_wrong(good, bad, expected):
    assert good in SECONDARY

    assert found(recounted(SECONDARY.replace(good, bad, 1))) == expected


def test_a_problem_names_the_check_the_segment_its_place_and_the_claim():
    changed = PRIMARY.replace("*239.55*", "*240*")

    assert check_837p(changed.encode()) == [
        Problem("claim-total", "CLM02 is not the sum of SV102.", "CLM", 24, "PT000412")
    ]


def test_a_file_that_is_no_interchange_is_one_problem():
    assert check_837p(b"not at all") == [
        Problem("not-x12", "There is no interchange header in the file.")
    ]


def test_numbers_must_differ_across_the_transactions_of_a_file():
    assert found(PAIR) == []

    assert found(PAIR.replace("CLM*T2*", "CLM*T1*")) == ["claim-control CLM"]
    assert found(PAIR.replace("6R*T2L1", "6R*T1L1")) == ["line-control REF"]
    assert found(PAIR.replace("*0002*", "*0001*").replace("*0002~", "*0001~")) == [
        "control-number ST"
    ]


def test_more_claims_under_one_patient_than_the_guide_allows_are_found():
    claims = [
        replace(CLAIM, control_number=f"C{n}", lines=(replace(LINE, control_number=f"C{n}L"),))
        for n in range(101)
    ]
    text = write_837p(file_of(*claims)).decode()
    again = text.index("HL*3*1*22*0~")
    joined = text[:again] + text[text.index("CLM*C100*") :]

    assert found(text) == []
    assert found(recounted(joined)) == ["claim-count CLM"]


def test_a_line_has_one_service_and_a_claim_fifty_lines():
    service = "SV1*HC:97112:GP*100*UN*2***1~\nDTP*472*D8*20260302~\n"
    doubled = FAMILY.replace(service, service[: service.index("DTP")] + service, 1)
    row = f"{service}REF*6R*F1L1~\n"
    more = "".join(f"LX*{n}~\n{row.replace('F1L1', f'F1L{n}')}" for n in range(2, 52))
    long = FAMILY.replace(row, row + more, 1).replace("CLM*F1*100*", "CLM*F1*5100*")

    assert found(recounted(doubled)) == ["line LX"]
    assert found(recounted(long)) == ["line-count CLM"]


def test_the_rule_page_names_every_check():
    room = Path(__file__).parents[3]
    code = "".join(path.read_text() for path in room.glob("billing/x12/check_*.py"))
    named = set(re.findall(r"(?:report\.add|Problem)\(\s*\"([a-z0-9-]+)\"", code))

    page = room.joinpath("docs/rules/x12.md").read_text()

    assert {check for check in named if f"`{check}`" not in page} == set()
    assert {"claim-total", "not-x12", "balance"} <= named


def test_problems_that_the_independent_validator_passes_are_ours_to_find():
    # If it learns to find one of these, this list may shrink.
    passed = {
        "sum of lines": PRIMARY.replace("*239.55*", "*240*"),
        "absent diagnosis": PRIMARY.replace("***1:2:3", "***1:2:9"),
        "check digit": PRIMARY.replace("XX*1677777025", "XX*1677777024"),
        "short ZIP": PRIMARY.replace("OR*974013020", "OR*97401"),
        "post-office box": PRIMARY.replace("88 LARK STREET", "PO BOX 88"),
        "no filing code": recounted(PRIMARY.replace("18*******MB", "18")),
        "why Medicare is second": SECONDARY.replace("MEDICARE*12*", "MEDICARE**"),
        "sum of a decision": SECONDARY.replace("*64.5*", "*64*"),
        "line number twice": PRIMARY.replace("6R*PT000412L2", "6R*PT000412L1"),
        "no state of the crash": recounted(PRIMARY.replace("*Y*A*Y*Y~", "*Y*A*Y*Y**AA~")),
    }

    judged = {name: (check(text)[0], bool(found(text))) for name, text in passed.items()}

    assert judged == dict.fromkeys(passed, (True, True))


@settings(max_examples=200)
@given(
    at=st.integers(0, len(SECONDARY) - 1),
    length=st.integers(0, 40),
    junk=st.binary(max_size=12),
)
def test_the_check_never_raises_and_finds_any_change_of_the_envelope(at, length, junk):
    content = SECONDARY.encode()
    changed = content[:at] + junk + content[at + length :]

    problems = check_837p(changed)

    assert [problem for problem in problems if not isinstance(problem, Problem)] == []
    if changed != content and at < 60:  # within ISA, whose widths leave no room for a change
        assert len(changed) == len(content) or problems
