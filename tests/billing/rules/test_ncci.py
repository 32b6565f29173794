"""Edits, limits and the policy manual's own prohibitions, case by case."""

from datetime import date

import pytest

from billing.rules.ncci import (
    BYPASS,
    Evidence,
    edits_between,
    evaluation_findings,
    evidence_apart,
    in_force,
    judge_units,
    mue_findings,
    pair_findings,
    same_minutes_findings,
    services_behind,
)
from billing.rules.types import MueLimit, PtpEdit, Service, Severity
from tests.billing.rules.makers import at
from tests.billing.rules.tables import CODES, EDITS, MUE

AUGUST_2024 = date(2024, 8, 1)
FILE = "NCCI practitioner file 2024Q3"


def findings_of(services, modifiers=None, on=AUGUST_2024):
    behind = services_behind([s.code for s in services], services, CODES)
    return pair_findings(behind, {c: frozenset(m) for c, m in (modifiers or {}).items()}, EDITS, on)


@pytest.mark.parametrize(
    ("codes", "column1", "column2"),
    [
        (("97112", "97760"), "97760", "97112"),  # ncci-003
        (("97112", "97763"), "97763", "97112"),  # ncci-005
        (("90912", "97112"), "90912", "97112"),  # ncci-007
        (("92526", "97112"), "92526", "97112"),  # ncci-009
        (("97112", "98940"), "98940", "97112"),  # ncci-010
        (("97036", "97112"), "97112", "97036"),  # ncci-014: here 97112 is column 1
        (("97110", "97150"), "97150", "97110"),  # ncci-015
        (("97140", "97150"), "97150", "97140"),  # ncci-016
        (("97150", "97530"), "97150", "97530"),  # ncci-017
        (("97530", "97750"), "97530", "97750"),  # ncci-020
        (("97140", "97750"), "97140", "97750"),  # ncci-021
        (("97110", "97113"), "97113", "97110"),  # ncci-022
        (("97012", "97140"), "97012", "97140"),  # ncci-023
        (("97140", "98941"), "98941", "97140"),  # ncci-024
    ],
)
def test_a_bypassable_edit_denies_column_2_and_names_the_line_for_the_modifier(
    codes, column1, column2
):
    for pair in (codes, codes[::-1]):
        (finding,) = findings_of([Service(code, 15) for code in pair])

        assert (finding.check, finding.severity) == ("ncci", Severity.ERROR)
        assert finding.codes == (column1, column2)
        assert finding.extras == {
            "column1": column1,
            "column2": column2,
            "modifier_indicator": 1,
            "bypass_modifiers": ["59", "XE", "XS", "XP", "XU"],
            "suggested_line": column2,
        }


@pytest.mark.parametrize(
    ("codes", "column1", "column2"),
    [
        (("97124", "97140"), "97140", "97124"),  # ncci-026
        (("97161", "97750"), "97161", "97750"),  # ncci-027, and ncci-065: one specialty
        (("97161", "97164"), "97161", "97164"),  # ncci-028
        (("97161", "97162"), "97162", "97161"),  # ncci-029
        (("97161", "98940"), "98940", "97161"),  # ncci-030
        (("97150", "97750"), "97750", "97150"),  # ncci-032
    ],
)
def test_no_modifier_bypasses_indicator_0(codes, column1, column2):
    (finding,) = findings_of(
        [Service(code, 15) for code in codes], {column2: {"59"}, column1: {"XU"}}
    )

    assert finding.severity is Severity.ERROR
    assert finding.extras == {
        "column1": column1,
        "column2": column2,
        "modifier_indicator": 0,
        "bypass_modifiers": [],
        "suggested_line": None,
    }


@pytest.mark.parametrize(
    "codes",
    [
        ("97140", "97161"),  # ncci-036: issued twice with indicator 9
        ("97110", "97164"),  # ncci-040: ended 2019, re-issued with indicator 9
        ("97116", "97164"),  # ncci-041
        ("97112", "97116"),  # ncci-046: never a pair
        ("97112", "97750"),  # ncci-050: ended 2003
        ("97112", "97161"),  # ncci-051
        ("20560", "97112"),  # ncci-052
        ("97110", "98940"),  # ncci-054
    ],
)
def test_pairs_without_an_edit_in_force_are_both_payable(codes):
    assert findings_of([Service(code, 15) for code in codes]) == []


@pytest.mark.parametrize(
    ("edit", "on", "active"),
    [
        # ncci-079: deleted on the day it began, indicator 9
        (PtpEdit("97112", "97164", 9, date(2020, 10, 1), date(2020, 10, 1)), AUGUST_2024, False),
        (PtpEdit("97112", "97164", 9, date(2020, 10, 1)), AUGUST_2024, False),
        (PtpEdit("97116", "97164", 1, None, date(2019, 12, 31)), date(2019, 12, 31), True),
        (PtpEdit("97116", "97164", 1, None, date(2019, 12, 31)), date(2020, 1, 1), False),
        (PtpEdit("97150", "97112", 1, date(2024, 8, 1)), date(2024, 7, 31), False),
        (PtpEdit("97150", "97112", 1, date(2024, 8, 1)), AUGUST_2024, True),
    ],
)
def test_an_edit_is_in_force_from_its_first_day_to_its_last(edit, on, active):
    assert in_force(edit, on) is active


def test_several_rows_of_one_pair_are_one_edit():
    rows = [
        PtpEdit("97150", "97116", 1, date(2010, 1, 1), date(2012, 12, 31)),
        PtpEdit("97150", "97116", 1, date(2013, 1, 1)),
        PtpEdit("97150", "97116", 0, date(2014, 1, 1), date(2014, 6, 30)),
    ]

    assert edits_between(["97116", "97150"], rows, AUGUST_2024) == [rows[1]]


def test_a_distinct_modifier_on_either_column_bypasses_when_the_log_shows_it():
    # CMS CR 11168, since July 2019.
    services = [at("97150", 0, 30), at("97110", 30, 45)]

    assert findings_of(services, {"97110": {"GP", "59"}}) == []
    assert findings_of(services, {"97150": {"XU"}}) == []


@pytest.mark.parametrize("modifier", ["LT", "F5", "91"])
def test_sides_digits_and_repeat_tests_bypass_for_reasons_of_their_own(modifier):
    # NCCI Policy Manual 2026, ch. I, § E
    assert findings_of([Service("97760", 15), Service("97112", 15)], {"97112": {modifier}}) == []


@pytest.mark.parametrize("modifier", ["22", "76", "77", "GP", "KX"])
def test_modifiers_that_say_nothing_of_distinctness_bypass_nothing(modifier):
    # ncci-080: 76 does not bypass
    services = [Service("98940", regions=("lumbar",)), Service("97112", 15, regions=("knee",))]

    (finding,) = findings_of(services, {"97112": {modifier}})

    assert finding.check == "ncci"
    assert modifier not in BYPASS


def test_manipulation_and_reeducation_of_one_region_are_refused_with_or_without_59():
    # ncci-055
    services = [
        Service("98940", regions=("Lumbar",)),
        Service("97112", 15, regions=(" lumbar", "knee")),
    ]

    for modifiers in ({}, {"97112": {"59"}}):
        (finding,) = findings_of(services, modifiers)
        assert (finding.check, finding.severity) == ("ncci", Severity.ERROR)


@pytest.mark.parametrize("modifier", ["59", "XS"])
def test_manipulation_and_reeducation_of_different_regions_are_allowed(modifier):
    # ncci-056
    services = [Service("98940", regions=("lumbar",)), Service("97112", 15, regions=("shoulder",))]

    assert findings_of(services, {"97112": {modifier}}) == []


def test_a_reevaluation_logged_as_distinct_is_allowed_but_asks_for_the_chart():
    # ncci-061: allowed with 59 on a change of status
    (finding,) = findings_of([Service("97012", 15), Service("97164", 20)], {"97164": {"59"}})

    assert (finding.check, finding.severity) == ("distinct_modifier", Severity.WARNING)


@pytest.mark.parametrize(
    ("one", "other", "evidence"),
    [
        (
            at("97150", 0, 30),
            at("97112", 30, 45),
            Evidence("XU", "the two were done in different minutes"),
        ),
        (at("97150", 0, 31), at("97112", 30, 45), None),
        (
            at("97150", 0, 31, regions=("knee",)),
            at("97112", 30, 45, regions=("shoulder",)),
            None,
        ),
        (
            Service("97760", 15, regions=("left ankle",)),
            Service("97112", 15, regions=("left shoulder",)),
            Evidence("XS", "the two were done on different regions"),
        ),
        (Service("97760", 15, regions=("left  Ankle",)), Service("97112", 15), None),
        (Service("97760", 15), Service("97112", 15), None),
        # Beside manipulation different minutes are not enough.
        (at("98940", 0, 10), at("97112", 10, 25), None),
    ],
)
def test_evidence_of_distinctness_is_time_or_region_and_never_a_shared_minute(one, other, evidence):
    assert evidence_apart([one], [other]) == evidence


def test_one_untimed_episode_leaves_the_time_unproved():
    assert evidence_apart([at("97150", 0, 30)], [at("97112", 30, 40), Service("97112", 5)]) is None


def test_two_therapy_services_in_the_same_minutes_are_refused_without_any_edit():
    # ncci-059
    services = [at("97112", 0, 15), at("97110", 0, 15)]

    (finding,) = same_minutes_findings(services, CODES)

    assert (finding.check, finding.severity) == ("same_minutes", Severity.ERROR)
    assert finding.codes == ("97112", "97110")
    assert findings_of(services) == []


@pytest.mark.parametrize(
    "services",
    [
        [at("97112", 0, 15), at("97110", 15, 30)],
        [at("97110", 15, 30), at("97112", 0, 15)],
        [at("97112", 0, 15), Service("97110", 15)],
        [at("97112", 0, 15), at("97010", 0, 15)],  # a supervised modality beside it
        [at("97112", 0, 15), at("98940", 0, 15)],  # no therapy service
    ],
)
def test_what_follows_or_may_run_beside_is_no_overlap(services):
    assert same_minutes_findings(services, CODES) == []


def test_one_overlap_is_said_once_however_many_episodes_share_it():
    services = [at("97112", 0, 15), at("97110", 5, 10), at("97110", 10, 20)]

    assert [f.codes for f in same_minutes_findings(services, CODES)] == [("97112", "97110")]


def test_a_day_has_one_physical_therapy_evaluation():
    # ncci-063
    (finding,) = evaluation_findings([Service("97161"), Service("97163")], CODES)

    assert (finding.check, finding.codes) == ("evaluation_per_day", ("97161", "97163"))


def test_a_physical_and_an_occupational_evaluation_may_share_a_day():
    # ncci-064
    services = [Service("97161"), Service("97165")]

    assert evaluation_findings(services, CODES) == []
    assert findings_of(services) == []


@pytest.mark.parametrize(
    ("code", "units", "denied", "appealable"),
    [
        ("97112", [4], 0, None),  # ncci-069
        ("97112", [5], 5, True),  # ncci-070: all of them, not the fifth
        ("97110", [6], 0, None),  # ncci-071
        ("97110", [7], 7, True),  # ncci-072
        ("97530", [6], 0, None),  # ncci-074
        ("97035", [3], 3, True),  # ncci-077
        ("97112", [3, 2], 5, True),  # two lines of one date are added
        ("97161", [2], 2, False),
    ],
)
def test_past_the_limit_every_unit_of_the_date_is_denied(code, units, denied, appealable):
    verdict = judge_units(units, MUE[code])

    assert (verdict.within, verdict.denied_units, verdict.appealable) == (
        denied == 0,
        denied,
        appealable,
    )


def test_a_limit_by_line_looks_at_each_line():
    by_line = MueLimit("97999", 2, 1)

    assert judge_units([2, 2], by_line).within
    assert judge_units([2, 3], by_line).denied_units == 3


def test_limits_that_an_appeal_can_lift_warn_and_absolute_ones_hold_the_claim():
    findings = mue_findings({"97112": [5], "97161": [2], "97110": [1], "20560": [9]}, MUE)

    assert [(f.codes, f.severity.value, f.extras) for f in findings] == [
        (
            ("97112",),
            "warning",
            {"mue": 4, "mai": 3, "denied_units": 5, "appealable_with_documentation": True},
        ),
        (
            ("97161",),
            "error",
            {"mue": 1, "mai": 2, "denied_units": 2, "appealable_with_documentation": False},
        ),
    ]


def test_an_add_on_is_judged_by_the_work_logged_under_its_first_code():
    services = [at("97129", 0, 30)]

    assert services_behind(["97129", "97130"], services, CODES) == {
        "97129": services,
        "97130": services,
    }
