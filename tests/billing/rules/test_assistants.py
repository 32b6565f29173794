"""Whose units are whose: the published examples and the edges of the 10 % standard."""

from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.rules.assistants import Owned, mostly_assistant, own_units, split_lines
from billing.rules.types import Discipline, Line, Service, UnitRule
from billing.rules.units import bill_units
from tests.billing.rules.makers import property_test
from tests.billing.rules.tables import CODES

RULE = "10 % standard and the 2022 exceptions; worked by hand"


class SplitCase(NamedTuple):
    name: str
    source: str
    minutes: list[tuple[str, int, int]]  # code, therapist, assistant alone
    total: int
    lines: list[Line]


def plain(code: str, units: int) -> Line:
    return Line(code, units)


def by_assistant(code: str, units: int) -> Line:
    return Line(code, units, assistant=True)


CASES = [
    SplitCase(
        "cq-001",
        "CMS scenario 1, reprinted (map-france.com)",
        [("97110", 13, 23), ("97140", 30, 0)],
        4,
        [plain("97110", 1), by_assistant("97110", 1), plain("97140", 2)],
    ),
    SplitCase(
        "cq-002",
        "therapycomply.com, example A",
        [("97110", 5, 10)],
        1,
        [by_assistant("97110", 1)],
    ),
    SplitCase(
        "cq-005",
        "WebPT, modifier mayhem, scenario 1",
        [("97110", 15, 13), ("97140", 22, 0)],
        3,
        [plain("97110", 1), by_assistant("97110", 1), plain("97140", 1)],
    ),
    SplitCase(
        "cq-006 the assistant's seven minutes earn nothing",
        "APTA guide 2019, D (answer worked by hand)",
        [("97140", 15, 0), ("97110", 0, 7)],
        1,
        [plain("97140", 1)],
    ),
    SplitCase("cq-007", "pt-management.com", [("97112", 30, 0)], 2, [plain("97112", 2)]),
    SplitCase("cq-008", "pt-management.com", [("97112", 0, 30)], 2, [by_assistant("97112", 2)]),
    SplitCase(
        "cq-009",
        "CMS examples page, from memory",
        [("97112", 23, 0), ("97110", 0, 22)],
        3,
        [plain("97112", 2), by_assistant("97110", 1)],
    ),
    SplitCase(
        "cq-010",
        "CMS examples page, from memory",
        [("97110", 10, 19)],
        2,
        [plain("97110", 1), by_assistant("97110", 1)],
    ),
    SplitCase(
        "cq-011",
        "CMS examples page, from memory",
        [("97110", 14, 12)],
        2,
        [plain("97110", 1), by_assistant("97110", 1)],
    ),
    SplitCase("cq-020 the midpoint alone", RULE, [("97112", 8, 7)], 1, [plain("97112", 1)]),
    SplitCase(
        "cq-021 one short of the midpoint", RULE, [("97112", 7, 8)], 1, [by_assistant("97112", 1)]
    ),
    SplitCase(
        "cq-022 lower edge, 23 together",
        RULE,
        [("97112", 14, 9)],
        2,
        [plain("97112", 1), by_assistant("97112", 1)],
    ),
    SplitCase(
        "cq-023 upper edge, 28 together",
        RULE,
        [("97112", 14, 14)],
        2,
        [plain("97112", 1), by_assistant("97112", 1)],
    ),
    SplitCase("cq-024", RULE, [("97112", 30, 5)], 2, [plain("97112", 2)]),
    SplitCase("cq-028", RULE, [("97112", 7, 1)], 1, [by_assistant("97112", 1)]),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_published_and_worked_splits_hold(case):
    services = [
        Service(code, therapist + assistant, assistant)
        for code, therapist, assistant in case.minutes
    ]
    result = bill_units(services, UnitRule.CMS, CODES)

    split = split_lines(services, result, CODES, assistant_modifier=True)

    assert result.units_total == case.total
    assert list(split.lines) == case.lines
    assert split.findings == ()


@pytest.mark.parametrize(
    ("total", "assistant", "marked"),
    # cq-034 is 60/7; exactly a tenth is not more than a tenth.
    [(60, 7, True), (60, 6, False), (45, 5, True), (45, 4, False), (20, 0, False), (0, 0, False)],
)
def test_an_untimed_service_is_the_assistants_beyond_a_tenth_of_it(total, assistant, marked):
    services = [Service("97150", total, assistant)]
    result = bill_units(services, UnitRule.CMS, CODES)

    split = split_lines(services, result, CODES, assistant_modifier=True)

    assert split.lines == (Line("97150", 1, assistant=marked),)
    assert mostly_assistant(total - assistant, assistant) is marked


def test_two_untimed_services_of_a_day_are_looked_at_one_by_one():
    services = [Service("97012", 10), Service("97012", 10, 10)]
    result = bill_units(services, UnitRule.CMS, CODES)

    split = split_lines(services, result, CODES, assistant_modifier=True)

    assert split.lines == (Line("97012", 1), Line("97012", 1, assistant=True))


def test_minutes_together_are_the_therapists():
    # APTA guide 2019, C: the assistant only helped while the therapist treated.
    services = [Service("97112", 30, assistant_minutes=0)]
    result = bill_units(services, UnitRule.CMS, CODES)

    split = split_lines(services, result, CODES, assistant_modifier=True)

    assert split.lines == (Line("97112", 2),)


def test_a_payer_that_does_not_ask_gets_one_line():
    services = [Service("97110", 36, 23)]
    result = bill_units(services, UnitRule.CMS, CODES)

    split = split_lines(services, result, CODES, assistant_modifier=False)

    assert split.lines == (Line("97110", 2),)


def test_occupational_therapy_splits_the_same_way():
    services = [Service("97530", 30, 15, discipline=Discipline.OT)]
    result = bill_units(services, UnitRule.CMS, CODES)

    split = split_lines(services, result, CODES, assistant_modifier=True)

    assert split.lines == (
        Line("97530", 1, Discipline.OT),
        Line("97530", 1, Discipline.OT, assistant=True),
    )


def test_speech_has_no_assistant_line_and_says_so():
    services = [Service("97129", 15, 15, discipline=Discipline.SLP)]
    result = bill_units(services, UnitRule.CMS, CODES)

    split = split_lines(services, result, CODES, assistant_modifier=True)

    assert split.lines == (Line("97129", 1, Discipline.SLP),)
    assert [(f.check, f.severity.value, f.codes) for f in split.findings] == [
        ("assistant_discipline", "warning", ("97129",))
    ]


@pytest.mark.parametrize("asked", [True, False])
def test_an_assistant_may_not_evaluate_whatever_the_payer_asks(asked):
    services = [Service("97161", 40, 40)]
    result = bill_units(services, UnitRule.CMS, CODES)

    split = split_lines(services, result, CODES, assistant_modifier=asked)

    assert [(f.check, f.severity.value) for f in split.findings] == [
        ("assistant_evaluation", "error")
    ]


def test_two_units_left_with_a_pooled_remainder_go_one_each_with_a_warning():
    # 20 + 18 = 38 minutes bill 3, and 97112 takes the third with 5 left over against 3. Its two
    # units meet 14 and 6 minutes: nobody's whole block, and fewer than 23 together.
    services = [Service("97112", 20, 6), Service("97110", 18)]
    result = bill_units(services, UnitRule.CMS, CODES)

    split = split_lines(services, result, CODES, assistant_modifier=True)

    assert split.lines == (
        Line("97112", 1),
        Line("97112", 1, assistant=True),
        Line("97110", 1),
    )
    assert [f.check for f in split.findings] == ["assistant_split"]


def test_the_therapists_minutes_fill_a_first_code_before_its_add_on():
    services = [Service("97129", 45, 30, discipline=Discipline.OT)]
    result = bill_units(services, UnitRule.CMS, CODES)

    split = split_lines(services, result, CODES, assistant_modifier=True)

    assert split.lines == (
        Line("97129", 1, Discipline.OT),
        Line("97130", 2, Discipline.OT, assistant=True),
    )


def test_a_half_hour_code_has_its_own_midpoint():
    assert own_units(1, therapist=15, assistant=15, minutes_per_unit=30) == Owned(0, 1)
    assert own_units(1, therapist=16, assistant=14, minutes_per_unit=30) == Owned(1, 0)


@property_test
@given(
    st.dictionaries(
        st.sampled_from(["97112", "97110", "97140", "97150", "97129", "97550"]),
        st.tuples(st.integers(0, 60), st.integers(0, 60)),
        min_size=1,
    ),
    st.sampled_from(list(UnitRule)),
)
def test_a_split_never_gains_or_loses_a_unit(minutes, rule):
    services = [Service(code, t + a, a) for code, (t, a) in minutes.items()]
    result = bill_units(services, rule, CODES)

    split = split_lines(services, result, CODES, assistant_modifier=True)

    billed: dict[str, int] = {}
    for line in split.lines:
        assert line.units > 0
        billed[line.code] = billed.get(line.code, 0) + line.units
    assert billed == {**result.units, **result.untimed_units}


@property_test
@given(st.integers(0, 120))
def test_without_assistant_minutes_no_line_is_the_assistants(minutes):
    services = [Service("97112", minutes), Service("97110", 8)]
    result = bill_units(services, UnitRule.CMS, CODES)

    split = split_lines(services, result, CODES, assistant_modifier=True)

    assert not any(line.assistant for line in split.lines)
