"""The unit rules against every published example we hold, and against what must always be true."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.rules.allocation import UnknownCode
from billing.rules.types import Discipline, Service, UnitRule
from billing.rules.units import ChoiceNotAllowed, bill_units
from tests.billing.rules.makers import property_test
from tests.billing.rules.tables import CODES, POOLED
from tests.billing.rules.unit_cases import AMA, CMS, CMS_TABLE, UnitCase


def services(minutes: list[tuple[str, int]]) -> list[Service]:
    return [Service(code, spent) for code, spent in minutes]


def as_set(allocations) -> set[frozenset]:
    return {frozenset(units.items()) for units in allocations}


@pytest.mark.parametrize(
    ("rule", "case"),
    [*((UnitRule.CMS, case) for case in CMS), *((UnitRule.AMA, case) for case in AMA)],
    ids=lambda value: value.name if isinstance(value, UnitCase) else str(value),
)
def test_published_and_worked_examples_hold(rule, case):
    result = bill_units(services(case.minutes), rule, CODES)

    assert (result.timed_minutes, result.units_total) == (case.timed_minutes, case.total)
    assert as_set([result.units, *result.alternatives]) == as_set(case.allowed)
    assert len(result.alternatives) == len(case.allowed) - 1
    assert result.tied == (len(case.allowed) > 1)
    assert result.untimed_units == case.untimed


@pytest.mark.parametrize(("first", "last", "units"), CMS_TABLE)
def test_each_row_of_the_cms_table_begins_and_ends_where_the_manual_says(first, last, units):
    billed = {
        minutes: bill_units([Service("97112", minutes)], UnitRule.CMS, CODES).units_total
        for minutes in range(first, last + 1)
    }

    assert set(billed.values()) == {units}


def test_rest_within_the_clock_time_is_not_counted():
    # CMS Pub. 100-04, ch. 5, § 20.3: twenty minutes by the clock, six of them rest.
    service = Service(
        "97110",
        14,
        starts_at=datetime(2026, 3, 2, 9, 0, tzinfo=UTC),
        ends_at=datetime(2026, 3, 2, 9, 20, tzinfo=UTC),
    )

    result = bill_units([service], UnitRule.CMS, CODES)

    assert (result.timed_minutes, result.units) == (14, {"97110": 1})


@pytest.mark.parametrize(
    ("minutes", "cms", "ama"),
    [
        ([("97110", 8), ("97112", 8), ("97140", 8)], 2, 3),
        ([("97110", 23), ("97140", 10)], 2, 3),
        ([("97112", 24), ("97110", 23)], 3, 4),
        ([("97112", 20), ("97110", 20)], 3, 2),
        ([("97110", 33), ("97140", 7)], 3, 2),
        ([("97110", 18), ("97140", 13), ("97116", 10), ("97035", 8)], 3, 4),
        ([("97112", 7), ("97110", 7), ("97140", 7)], 1, 0),
    ],
)
def test_neither_rule_is_always_the_more_generous(minutes, cms, ama):
    totals = [bill_units(services(minutes), rule, CODES).units_total for rule in UnitRule]

    assert totals == [cms, ama]


def test_a_tie_goes_to_the_code_with_more_minutes():
    result = bill_units(services([("97110", 7), ("97112", 22)]), UnitRule.CMS, CODES)

    assert (result.units, result.alternatives) == ({"97112": 2}, ({"97110": 1, "97112": 1},))


def test_a_tie_of_equal_minutes_goes_to_the_higher_price():
    prices = {"97110": Decimal("29.06"), "97112": Decimal("32.73")}

    result = bill_units(
        services([("97110", 20), ("97112", 20)]), UnitRule.CMS, CODES, prices=prices
    )

    assert result.units == {"97110": 1, "97112": 2}


def test_a_tie_of_equal_minutes_and_price_goes_to_the_first_logged():
    result = bill_units(services([("97116", 20), ("97110", 20)]), UnitRule.CMS, CODES)

    assert result.units == {"97116": 2, "97110": 1}


def test_the_clinicians_choice_stands_and_what_was_not_chosen_becomes_an_alternative():
    result = bill_units(
        services([("97112", 20), ("97110", 20)]),
        UnitRule.CMS,
        CODES,
        choice={"97112": 1, "97110": 2, "97140": 0},
    )

    assert result.units == {"97112": 1, "97110": 2}
    assert result.alternatives == ({"97112": 2, "97110": 1},)
    assert result.by_discipline == {Discipline.PT: {"97112": 1, "97110": 2}}


@pytest.mark.parametrize("choice", [{"97112": 3}, {"97112": 2, "97110": 2}, {"97140": 3}, {}])
def test_a_choice_the_rule_does_not_allow_is_refused(choice):
    with pytest.raises(ChoiceNotAllowed):
        bill_units(services([("97112", 20), ("97110", 20)]), UnitRule.CMS, CODES, choice=choice)


def test_physical_and_occupational_therapy_are_never_pooled():
    # 7 + 7 would earn a unit together; apart they earn none.
    apart = [Service("97112", 7), Service("97535", 7, discipline=Discipline.OT)]

    result = bill_units(apart, UnitRule.CMS, CODES)

    assert (result.timed_minutes, result.units_total, result.units) == (14, 0, {})


def test_each_discipline_keeps_its_own_units_of_one_code():
    both = [
        Service("97112", 23),
        Service("97530", 8, discipline=Discipline.OT),
        Service("97112", 15, discipline=Discipline.OT),
    ]

    result = bill_units(both, UnitRule.CMS, CODES)

    assert result.by_discipline == {
        Discipline.PT: {"97112": 2},
        Discipline.OT: {"97530": 1, "97112": 1},
    }
    assert (result.units, result.units_total) == ({"97112": 3, "97530": 1}, 4)


def test_under_cms_an_hour_code_is_counted_beside_the_pool():
    result = bill_units(services([("96125", 31), ("97530", 7)]), UnitRule.CMS, CODES)

    assert (result.timed_minutes, result.units) == (38, {"96125": 1})


def test_under_cms_a_timed_code_that_is_no_therapy_is_not_pooled():
    result = bill_units(services([("97810", 8), ("97112", 8)]), UnitRule.CMS, CODES)

    # Together they would be 16 minutes and one unit.
    assert result.units == {"97810": 1, "97112": 1}


def test_a_family_ties_with_the_price_of_the_unit_it_would_get():
    prices = {"97129": Decimal(40), "97130": Decimal(10), "97112": Decimal(20)}

    for minutes, expected in [(20, {"97129": 1, "97112": 2}), (8, {"97129": 1})]:
        tie = services([("97129", minutes), ("97112", minutes)])
        assert bill_units(tie, UnitRule.CMS, CODES, prices=prices).units == expected


def test_a_pooled_add_on_family_gets_its_first_code_first_and_a_warning():
    result = bill_units(services([("97129", 22), ("97112", 8)]), UnitRule.CMS, CODES)

    # 30 minutes bill 2; the family's block and the larger remainder (8 over 7).
    assert result.units == {"97129": 1, "97112": 1}
    assert [finding.check for finding in result.findings] == ["addon_pool"]


def test_a_pooled_family_that_wins_the_last_unit_bills_the_add_on():
    result = bill_units(services([("97129", 24), ("97112", 8)]), UnitRule.CMS, CODES)

    assert result.units == {"97129": 1, "97130": 1}


def test_untimed_codes_are_counted_and_not_measured():
    result = bill_units(
        [Service("97012", 10), Service("97112", 15), Service("97012", 12), Service("97597")],
        UnitRule.CMS,
        CODES,
    )

    assert (result.timed_minutes, result.units) == (15, {"97112": 1})
    assert result.untimed_units == {"97012": 2, "97597": 1}
    assert result.by_discipline == {Discipline.PT: {"97012": 2, "97112": 1, "97597": 1}}


def test_an_unknown_code_is_refused_by_name():
    with pytest.raises(UnknownCode, match="99999"):
        bill_units([Service("99999", 15)], UnitRule.CMS, CODES)


@pytest.mark.parametrize(
    ("minutes", "assistant"), [(-1, 0), (10, 11), (10, -1)], ids=["negative", "more", "below"]
)
def test_a_service_with_impossible_minutes_cannot_be_made(minutes, assistant):
    with pytest.raises(ValueError, match="assistant_minutes"):
        Service("97112", minutes, assistant)


def test_the_proof_of_the_manuals_first_example_reads_as_the_manual_does():
    result = bill_units(services([("97112", 24), ("97110", 23)]), UnitRule.CMS, CODES)

    assert result.proof == (
        "24 + 23 = 47 timed minutes",
        "38 to 52 minutes bill 3 units (CMS Pub. 100-04, ch. 5, § 20.2)",
        "97112: 24 = 1 × 15 + 9",
        "97110: 23 = 1 × 15 + 8",
        "Whole blocks of 15 are 2 units; 1 more goes to the most minutes left over: 97112 (9)",
    )


def test_the_proof_names_the_tie_and_the_code_that_earns_nothing():
    result = bill_units(services([("97112", 3), ("97110", 3), ("97140", 2)]), UnitRule.CMS, CODES)

    assert result.proof == (
        "3 + 3 + 2 = 8 timed minutes",
        "8 to 22 minutes bill 1 unit (CMS Pub. 100-04, ch. 5, § 20.2)",
        "97112: 3 = 0 × 15 + 3",
        "97110: 3 = 0 × 15 + 3",
        "97140: 2 = 0 × 15 + 2",
        "Whole blocks of 15 are no unit; 1 more goes to the most minutes left over: 97112 (3)",
        "97112 and 97110 tie at 3 left over, and the rule leaves the choice to the therapist: "
        "97112 until one chooses (most minutes, then the higher price, then the first logged)",
        "97110 earns no unit; its 3 minutes still count in the total and stand in the note",
        "97140 earns no unit; its 2 minutes still count in the total and stand in the note",
    )


def test_the_proof_says_who_decided_a_tie():
    result = bill_units(
        services([("97112", 20), ("97110", 20)]),
        UnitRule.CMS,
        CODES,
        choice={"97112": 1, "97110": 2},
    )

    assert result.proof[-1] == (
        "97112 and 97110 tie at 5 left over, and the rule leaves the choice to the therapist: "
        "97110 was chosen"
    )


def test_the_proof_of_the_midpoint_rule_looks_at_each_code_alone():
    result = bill_units(
        services([("97110", 23), ("97140", 7), ("97550", 38), ("G0283", 15)]),
        UnitRule.AMA,
        CODES,
    )

    alone = "(AMA: each code alone, a unit begins past its midpoint)"
    assert result.proof == (
        "23 + 7 + 38 = 68 timed minutes",
        f"97110: 23 minutes = 1 × 15 + 8: 97110 2 units {alone}",
        f"97140: 7 minutes = 0 × 15 + 7: 97140 no unit {alone}",
        "97550 with 97551: 38 minutes = first 30, then every 15: 97550 1 unit, 97551 1 unit "
        f"{alone}",
        "G0283 is untimed: 1 unit",
    )


def test_nothing_logged_bills_nothing():
    result = bill_units([Service("97112", 0)], UnitRule.CMS, CODES)

    assert (result.units, result.units_total, result.alternatives) == ({}, 0, ())
    assert result.proof == ("0 timed minutes",)


MINUTES = st.dictionaries(st.sampled_from(POOLED), st.integers(0, 90), min_size=1, max_size=7)


@property_test
@given(MINUTES)
def test_cms_bills_the_tables_units_for_the_total_and_hands_out_every_one(minutes):
    result = bill_units(services(list(minutes.items())), UnitRule.CMS, CODES)

    total = sum(minutes.values())
    assert result.units_total == (0 if total < 8 else (total + 7) // 15)
    assert sum(result.units.values()) == result.units_total


@property_test
@given(MINUTES)
def test_no_code_is_more_than_one_unit_past_its_whole_blocks(minutes):
    result = bill_units(services(list(minutes.items())), UnitRule.CMS, CODES)

    for units in (result.units, *result.alternatives):
        for code, spent in minutes.items():
            assert units.get(code, 0) - spent // 15 in ((0,) if spent % 15 == 0 else (0, 1))


@property_test
@given(MINUTES)
def test_alternatives_are_different_allocations_of_the_same_total(minutes):
    result = bill_units(services(list(minutes.items())), UnitRule.CMS, CODES)

    every_way = [result.units, *result.alternatives]
    assert len(as_set(every_way)) == len(every_way)
    assert {sum(units.values()) for units in every_way} == {result.units_total}


@property_test
@given(MINUTES)
def test_a_longer_remainder_never_goes_without_while_a_shorter_one_is_paid(minutes):
    result = bill_units(services(list(minutes.items())), UnitRule.CMS, CODES)

    for units in (result.units, *result.alternatives):
        paid = [m % 15 for code, m in minutes.items() if units.get(code, 0) > m // 15]
        unpaid = [m % 15 for code, m in minutes.items() if units.get(code, 0) == m // 15]
        assert not paid or not unpaid or min(paid) >= max(unpaid)


@property_test
@given(MINUTES, st.randoms(use_true_random=False))
def test_the_order_of_logging_never_changes_what_is_allowed(minutes, random):
    logged = list(minutes.items())
    shuffled = random.sample(logged, len(logged))

    one = bill_units(services(logged), UnitRule.CMS, CODES)
    other = bill_units(services(shuffled), UnitRule.CMS, CODES)

    assert as_set([one.units, *one.alternatives]) == as_set([other.units, *other.alternatives])


@property_test
@given(MINUTES, st.data())
def test_splitting_a_service_into_episodes_changes_nothing(minutes, data):
    episodes = []
    for code, spent in minutes.items():
        first = data.draw(st.integers(0, spent))
        episodes += [(code, first), (code, spent - first)]

    for rule in UnitRule:
        whole = bill_units(services(list(minutes.items())), rule, CODES)
        split = bill_units(services(episodes), rule, CODES)
        assert as_set([whole.units, *whole.alternatives]) == as_set(
            [split.units, *split.alternatives]
        )


@property_test
@given(MINUTES)
def test_the_midpoint_rule_leaves_nothing_to_choose(minutes):
    result = bill_units(services(list(minutes.items())), UnitRule.AMA, CODES)

    assert result.alternatives == ()
    assert result.units == {
        code: units for code, m in minutes.items() if (units := m // 15 + (m % 15 >= 8))
    }


@property_test
@given(st.integers(0, 400), st.sampled_from(list(UnitRule)))
def test_an_add_on_never_stands_without_its_first_code(minutes, rule):
    for first, more in (("97129", "97130"), ("97550", "97551"), ("97545", "97546")):
        units = bill_units([Service(more, minutes)], rule, CODES).units
        assert units.get(first, 0) == (1 if units else 0)


def test_a_made_up_tie_of_all_codes_does_not_fill_the_memory():
    result = bill_units([Service(code, 7) for code in POOLED], UnitRule.CMS, CODES)

    # 21 × 7 = 147 minutes are 10 units, which 352,716 ways would hand out.
    assert result.units_total == 10
    assert len(result.alternatives) == 5000
