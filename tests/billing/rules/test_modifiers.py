"""Which modifiers each line gets, in what order, and what is said when they do not fit."""

from datetime import date
from decimal import Decimal

import pytest

from billing.rules.modifiers import Year, conflicts, modify_lines, place_of
from billing.rules.types import AppliedModifier, Discipline, Line, Service
from tests.billing.rules.makers import at, policy
from tests.billing.rules.tables import CODES, EDITS, THRESHOLDS

MARCH_2026 = date(2026, 3, 2)


def modify(lines, services, terms=None, **more):
    return modify_lines(
        lines, services, CODES, terms or policy(), on=MARCH_2026, edits=EDITS, **more
    )


def codes_of(modified) -> list[list[str]]:
    return [[m.code for m in line] for line in modified.lines]


def said(modified) -> list[tuple]:
    return [(f.check, f.severity.value, f.codes) for f in modified.findings]


def year(accrued: dict[Discipline, str], of: int = 2026) -> Year:
    return Year(THRESHOLDS[of], {each: Decimal(amount) for each, amount in accrued.items()})


@pytest.mark.parametrize(
    ("discipline", "modifier"),
    [(Discipline.PT, "GP"), (Discipline.OT, "GO"), (Discipline.SLP, "GN")],
)
def test_a_therapy_line_says_whose_plan_of_care_it_is(discipline, modifier):
    for code in ("97112", "97129"):  # always therapy, and sometimes therapy
        lines, services = [Line(code, 1, discipline)], [Service(code, 15, discipline=discipline)]
        assert codes_of(modify(lines, services)) == [[modifier]]


def test_a_payer_that_does_not_ask_and_a_code_that_is_no_therapy_get_none():
    services = [Service("97112", 15), Service("20560")]
    lines = [Line("97112", 1), Line("20560", 1)]

    assert codes_of(modify(lines, services)) == [["GP"], []]
    assert codes_of(modify(lines, services, policy(discipline_modifier=False))) == [[], []]


def test_every_modifier_carries_its_reason_and_source():
    services = [at("97150", 0, 30), at("97112", 30, 66, assistant_minutes=23)]
    lines = [Line("97150", 1), Line("97112", 1, assistant=True)]

    modified = modify(lines, services)

    assert modified.lines == (
        (
            AppliedModifier(
                "GP",
                "Furnished under a physical therapy plan of care",
                "CMS Pub. 100-04, ch. 5, § 20.1",
            ),
        ),
        (
            AppliedModifier(
                "59",
                "97150 includes 97112, and the two were done in different minutes",
                "NCCI Policy Manual 2026, ch. XI, § P.2; CMS CR 11168",
            ),
            AppliedModifier(
                "GP",
                "Furnished under a physical therapy plan of care",
                "CMS Pub. 100-04, ch. 5, § 20.1",
            ),
            AppliedModifier(
                "CQ",
                "The assistant alone furnished 23 of the 36 minutes of 97112",
                "CMS therapy services page, CQ/CO: 10 % standard and the 2022 exceptions",
            ),
        ),
    )
    assert modified.findings == ()


@pytest.mark.parametrize(
    ("services", "asked", "modifiers"),
    [
        ([at("97150", 0, 30), at("97112", 30, 45)], "59", ["59", "GP"]),
        ([at("97150", 0, 30), at("97112", 30, 45)], "X", ["XU", "GP"]),
        # No evidence, no modifier: the edit stands as a finding instead.
        ([Service("97150", 30), Service("97112", 15)], "59", ["GP"]),
        ([at("97150", 0, 30), at("97112", 20, 45)], "59", ["GP"]),
        # No edit, no modifier.
        ([at("97110", 0, 30), at("97112", 30, 45)], "59", ["GP"]),
    ],
)
def test_59_or_x_stands_only_where_an_edit_and_the_log_ask_for_it(services, asked, modifiers):
    lines = [Line(services[0].code, 1), Line("97112", 1)]

    modified = modify(lines, services, policy(distinct_modifier=asked))

    assert codes_of(modified) == [["GP"], modifiers]


def test_another_region_beside_manipulation_is_xs():
    services = [
        Service("98940", regions=("lumbar",)),
        Service("97112", 15, regions=("shoulder",)),
    ]
    lines = [Line("98940", 1), Line("97112", 1)]

    assert codes_of(modify(lines, services, policy(distinct_modifier="X"))) == [[], ["XS", "GP"]]


def test_an_edit_that_nothing_bypasses_gets_no_modifier():
    services = [at("97140", 0, 15), at("97124", 15, 30)]
    lines = [Line("97140", 1), Line("97124", 1)]

    assert codes_of(modify(lines, services)) == [["GP"], ["GP"]]


def test_a_payer_outside_ncci_gets_no_distinct_modifier():
    services = [at("97150", 0, 30), at("97112", 30, 45)]
    lines = [Line("97150", 1), Line("97112", 1)]

    assert codes_of(modify(lines, services, policy(ncci=False))) == [["GP"], ["GP"]]


def test_a_modifier_the_clinician_set_on_either_column_is_not_added_again():
    services = [at("97150", 0, 30, modifiers=("59",)), at("97112", 30, 45)]
    lines = [Line("97150", 1), Line("97112", 1)]

    assert codes_of(modify(lines, services)) == [["59", "GP"], ["GP"]]


def test_59_without_an_edit_is_questioned():
    services = [Service("97112", 15, modifiers=("59",)), Service("97110", 15)]

    modified = modify([Line("97112", 1), Line("97110", 1)], services)

    assert codes_of(modified) == [["59", "GP"], ["GP"]]
    assert said(modified) == [("distinct_for_nothing", "warning", ("97112",))]


@pytest.mark.parametrize(
    ("discipline", "modifiers"), [(Discipline.PT, ["GP", "CQ"]), (Discipline.OT, ["GO", "CO"])]
)
def test_the_assistants_line_carries_the_assistants_modifier(discipline, modifiers):
    services = [Service("97530", 15, 15, discipline=discipline)]

    modified = modify([Line("97530", 1, discipline, assistant=True)], services)

    assert codes_of(modified) == [modifiers]


def test_cq_brings_gp_even_to_a_payer_that_does_not_ask_for_gp():
    services = [Service("97530", 15, 15)]

    modified = modify(
        [Line("97530", 1, assistant=True)], services, policy(discipline_modifier=False)
    )

    assert codes_of(modified) == [["GP", "CQ"]]


def test_a_logged_cq_goes_where_the_minutes_say():
    services = [Service("97530", 30, 15, modifiers=("CQ",))]

    modified = modify([Line("97530", 1), Line("97530", 1, assistant=True)], services)

    assert codes_of(modified) == [["GP"], ["GP", "CQ"]]


@pytest.mark.parametrize(
    ("discipline", "modifiers", "findings"),
    [
        (Discipline.PT, ("GP", "CQ"), []),
        (Discipline.OT, ("GO", "CO"), []),
        (Discipline.OT, ("CO",), []),  # the discipline modifier is added beside it
        # cq-042: CQ beside GO is returned
        (Discipline.OT, ("GO", "CQ"), [("assistant_pairing", "error")]),
        (Discipline.OT, ("CQ",), [("assistant_pairing", "error")]),
        (
            Discipline.PT,
            ("GO", "CQ"),
            [("discipline_modifier", "error"), ("assistant_pairing", "error")],
        ),
        (Discipline.SLP, ("GN", "CQ"), [("assistant_pairing", "error")]),
        (Discipline.PT, ("GO",), [("discipline_modifier", "error")]),
        (Discipline.PT, ("59", "XU"), [("modifier_conflict", "error")]),
        (Discipline.PT, ("XS", "XU"), []),
        (Discipline.PT, ("KX", "GA"), [("modifier_conflict", "warning")]),
    ],
)
def test_modifiers_that_contradict_each_other_are_named(discipline, modifiers, findings):
    found = conflicts("97530", discipline, CODES["97530"], modifiers)

    assert [(f.check, f.severity.value) for f in found] == findings


def test_an_evaluation_stands_under_its_own_discipline():
    found = conflicts("97165", Discipline.PT, CODES["97165"], ("GP",))

    assert [(f.check, f.codes) for f in found] == [("evaluation_discipline", ("97165",))]


def test_kx_begins_with_the_line_that_crosses_and_stays():
    lines = [Line("97110", 1), Line("97112", 2), Line("97140", 1)]
    services = [Service("97110", 15), Service("97112", 30), Service("97140", 15)]
    amounts = [Decimal("22.21"), Decimal("57.61"), Decimal("21.21")]

    modified = modify(lines, services, allowed=amounts, year=year({Discipline.PT: "2400.00"}))

    # 2422.21, 2479.82, 2501.03 against 2480
    assert codes_of(modified) == [["GP"], ["GP"], ["GP", "KX"]]
    assert modified.lines[2][1].reason == (
        "The year's therapy comes to 2501.03 with this line, above 2480.00"
    )
    assert modified.findings == ()


def test_speech_uses_up_what_physical_therapy_may():
    # kx-002
    modified = modify(
        [Line("97112", 1)],
        [Service("97112", 15)],
        allowed=[Decimal("70.00")],
        year=year({Discipline.PT: "2400.00", Discipline.SLP: "60.00"}),
    )

    assert codes_of(modified) == [["GP", "KX"]]


def test_lines_of_one_visit_fill_the_shared_amount_together():
    modified = modify(
        [Line("97112", 1), Line("97129", 1, Discipline.SLP), Line("97530", 1, Discipline.OT)],
        [
            Service("97112", 15),
            Service("97129", 15, discipline=Discipline.SLP),
            Service("97530", 15, discipline=Discipline.OT),
        ],
        allowed=[Decimal("70.00")] * 3,
        year=year({Discipline.PT: "2400.00", Discipline.OT: "2400.00"}),
    )

    assert codes_of(modified) == [["GP"], ["GN", "KX"], ["GO"]]


def test_occupational_therapy_has_an_amount_of_its_own():
    modified = modify(
        [Line("97530", 1, Discipline.OT)],
        [Service("97530", 15, discipline=Discipline.OT)],
        allowed=[Decimal("70.00")],
        year=year({Discipline.PT: "2480.00"}),
    )

    assert codes_of(modified) == [["GO"]]


@pytest.mark.parametrize(
    ("terms", "known"),
    [
        (policy(kx=False), year({Discipline.PT: "9000.00"})),
        (policy(), Year(None, {Discipline.PT: Decimal("9000.00")})),
        (policy(), Year(THRESHOLDS[2026], None)),
    ],
    ids=["not asked", "no threshold stored", "nothing accrued known"],
)
def test_kx_is_never_guessed(terms, known):
    modified = modify(
        [Line("97112", 1)], [Service("97112", 15)], terms, allowed=[Decimal("70")], year=known
    )

    assert codes_of(modified) == [["GP"]]


def test_above_the_threshold_a_notice_replaces_kx_and_the_patient_bears_it():
    # kx-010
    modified = modify(
        [Line("97112", 1)],
        [Service("97112", 15, modifiers=("GA",))],
        allowed=[Decimal("33.00")],
        year=year({Discipline.PT: "3000.00"}),
    )

    assert codes_of(modified) == [["GP", "GA"]]
    assert [(f.check, f.severity.value, f.extras) for f in modified.findings] == [
        ("medical_review", "warning", {}),
        ("kx", "warning", {"outcome": "deny", "liability": "patient"}),
    ]


def test_above_the_threshold_without_a_mandatory_notice_the_provider_bears_it():
    modified = modify(
        [Line("97112", 1)],
        [Service("97112", 15, modifiers=("GZ",))],
        allowed=[Decimal("33.00")],
        year=year({Discipline.PT: "2900.00"}),
    )

    assert [(f.check, f.extras) for f in modified.findings] == [
        ("kx", {"outcome": "deny", "liability": "provider"})
    ]


@pytest.mark.parametrize("amounts", [[Decimal("33.00")], []], ids=["priced", "without a price"])
def test_routine_kx_below_the_threshold_is_questioned(amounts):
    # kx-011
    modified = modify(
        [Line("97112", 1)],
        [Service("97112", 15, modifiers=("KX",))],
        allowed=amounts,
        year=year({Discipline.PT: "100.00"}),
    )

    assert codes_of(modified) == [["GP", "KX"]]
    assert said(modified) == [("kx", "warning", ("97112",))]


def test_crossing_the_review_amount_is_said_once():
    modified = modify(
        [Line("97112", 1), Line("97110", 1)],
        [Service("97112", 15), Service("97110", 15)],
        allowed=[Decimal("32.73"), Decimal("22.21")],
        year=year({Discipline.PT: "2990.00"}),
    )

    assert said(modified) == [("medical_review", "warning", ("97112",))]


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (("59", "GP", "CQ", "KX", "GA"), ["XU", "GO", "CO", "KX"]),
        (("GP", "CQ", "59", "KX"), ["GO", "CO", "XU", "KX"]),
        (("KX",), ["KX", "XU", "GO", "CO"]),
    ],
)
def test_each_payer_may_set_the_order_and_a_kind_stands_for_its_kin(order, expected):
    assert sorted(["XU", "GO", "CO", "KX"], key=lambda code: place_of(code, order)) == expected


def test_a_line_holds_four_and_the_fifth_is_reported():
    services = [
        Service("97150", 30),
        Service("97112", 15, 15, modifiers=("95", "59")),
    ]
    modified = modify(
        [Line("97150", 1), Line("97112", 1, assistant=True)],
        services,
        allowed=[Decimal("18.04"), Decimal("32.73")],
        year=year({Discipline.PT: "2480.00"}),
    )

    assert codes_of(modified) == [["GP", "KX"], ["59", "GP", "CQ", "KX"]]
    assert said(modified) == [("modifier_count", "error", ("97112",))]
    assert "95 found no place" in modified.findings[0].message


def test_modifiers_logged_under_a_first_code_stand_on_its_add_on_too():
    services = [Service("97129", 45, 30, modifiers=("95",), discipline=Discipline.OT)]
    lines = [
        Line("97129", 1, Discipline.OT),
        Line("97130", 2, Discipline.OT, assistant=True),
    ]

    modified = modify(lines, services)

    assert codes_of(modified) == [["GO", "95"], ["GO", "CO", "95"]]
    assert modified.lines[1][1].reason == (
        "The assistant alone furnished 30 of the 45 minutes of 97130"
    )
