"""What a notice of non-coverage puts on a line, and what it keeps off."""

from datetime import date
from decimal import Decimal

import pytest

from billing.rules.modifiers import Year, modify_lines
from billing.rules.types import Discipline, Line, Notice, Service
from tests.billing.rules.makers import at, policy
from tests.billing.rules.tables import CODES, EDITS, THRESHOLDS

MARCH_2026 = date(2026, 3, 2)
USED_UP = Year(THRESHOLDS[2026], {Discipline.PT: Decimal("3000.00")})
LINES = [Line("97112", 1), Line("97110", 1)]
SERVICES = [Service("97112", 15), Service("97110", 15)]


def modify(*notices: Notice, lines=LINES, services=SERVICES, **more):
    return modify_lines(
        lines, services, CODES, policy(), on=MARCH_2026, given=notices, edits=EDITS, **more
    )


def codes_of(modified) -> list[list[str]]:
    return [[m.code for m in line] for line in modified.lines]


@pytest.mark.parametrize(
    ("kind", "added"), [("GA", ["GA"]), ("GX", ["GX", "GY"]), ("GY", ["GY"]), ("GZ", ["GZ"])]
)
def test_each_kind_of_notice_has_its_modifiers(kind, added):
    modified = modify(Notice(kind, Discipline.PT, reason="maintenance"))

    assert codes_of(modified) == [["GP", *added], ["GP", *added]]
    assert modified.lines[0][1].reason.endswith(": maintenance")
    assert modified.findings == ()


def test_a_notice_covers_its_codes_and_its_discipline_only():
    of_one_code = Notice("GA", Discipline.PT, codes=frozenset({"97110"}))
    of_another_plan = Notice("GA", Discipline.OT)

    assert codes_of(modify(of_one_code)) == [["GP"], ["GP", "GA"]]
    assert codes_of(modify(of_another_plan)) == [["GP"], ["GP"]]


def test_the_first_notice_that_covers_a_line_decides():
    latest = Notice("GZ", Discipline.PT, codes=frozenset({"97112"}))

    assert codes_of(modify(latest, Notice("GA", Discipline.PT))) == [["GP", "GZ"], ["GP", "GA"]]


def test_what_the_clinician_logged_stands_in_the_notices_place():
    logged = [Service("97112", 15, modifiers=("GY",)), Service("97110", 15)]

    assert codes_of(modify(Notice("GA", Discipline.PT), services=logged)) == [
        ["GP", "GY"],
        ["GP", "GA"],
    ]


def test_above_the_threshold_the_notice_keeps_kx_off_and_moves_the_denial_to_the_patient():
    (with_notice,) = {
        (f.check, f.extras["liability"])
        for f in modify(Notice("GA", Discipline.PT), year=USED_UP).findings
    }
    without = modify(year=USED_UP)

    assert with_notice == ("kx", "patient")
    assert codes_of(without) == [["GP", "KX"], ["GP", "KX"]]


def test_what_medicare_never_covers_neither_needs_kx_nor_uses_the_year_up():
    below = Year(THRESHOLDS[2026], {Discipline.PT: Decimal("2470.00")})
    never = Notice("GY", Discipline.PT, codes=frozenset({"97112"}))

    modified = modify(never, year=below, allowed=[Decimal("32.73"), Decimal("9.00")])

    assert codes_of(modified) == [["GP", "GY"], ["GP"]]
    assert modified.findings == ()


def test_option_2_holds_the_claim():
    modified = modify(Notice("GA", Discipline.PT, codes=frozenset({"97112"}), bill=False))

    assert [(f.check, f.severity, f.codes, f.field) for f in modified.findings] == [
        ("notice_no_bill", "error", ("97112",), "patient.notices")
    ]


def test_a_fifth_modifier_is_named_when_a_notice_brings_two():
    apart = [at("97150", 0, 15), at("97112", 15, 30, assistant_minutes=15)]
    lines = [Line("97150", 1), Line("97112", 1, assistant=True)]

    modified = modify(Notice("GX", Discipline.PT), lines=lines, services=apart)

    assert codes_of(modified) == [["GP", "GX", "GY"], ["59", "GP", "CQ", "GX"]]
    assert [(f.check, f.codes) for f in modified.findings] == [("modifier_count", ("97112",))]
