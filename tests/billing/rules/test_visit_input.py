"""Every wrong field is named in a sentence of its own; nothing half-read comes through."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.rules.types import Discipline, Service, UnitRule
from billing.rules.visit_input import (
    FieldError,
    RatesInput,
    VisitInput,
    parse_visit,
    parse_visits,
)
from tests.billing.rules.makers import property_test
from tests.billing.rules.tables import CODES


def visit(**changes) -> dict:
    good = {
        "date_of_service": "2026-03-02",
        "discipline": "PT",
        "unit_rule": "cms",
        "services": [{"code": "97112", "minutes": 24}],
    }
    return good | changes


def one(**service) -> dict:
    return visit(services=[{"code": "97112", "minutes": 24} | service])


def test_a_whole_visit_is_read_as_it_was_written():
    parsed = parse_visit(
        {
            "date_of_service": "2026-03-02",
            "discipline": "OT",
            "unit_rule": "ama",
            "payer": {"kx": False, "distinct_modifier": "X"},
            "services": [
                {
                    "code": "g0283",
                    "minutes": 15,
                    "assistant_minutes": 15,
                    "regions": [" left wrist "],
                    "modifiers": ["xu"],
                    "starts_at": "09:00",
                    "ends_at": "09:15",
                },
                {"code": "97165"},
                {"code": "97161", "assistant_minutes": None, "regions": None, "modifiers": None},
            ],
            "year_to_date": {"OT": "12.5", "PT": 7},
            "rates": {"rvu": {"97112": {"work": ".50"}}, "pe_reduction": Decimal("0.5")},
        },
        CODES,
    )

    assert parsed == VisitInput(
        date_of_service=date(2026, 3, 2),
        discipline=Discipline.OT,
        unit_rule=UnitRule.AMA,
        services=(
            Service(
                "G0283",
                15,
                15,
                regions=("left wrist",),
                modifiers=("XU",),
                starts_at=datetime(2026, 3, 2, 9, 0),  # noqa: DTZ001 -- written without offset
                ends_at=datetime(2026, 3, 2, 9, 15),  # noqa: DTZ001 -- written without offset
                discipline=Discipline.OT,
            ),
            Service("97165", discipline=Discipline.OT),
            Service("97161", discipline=Discipline.PT),
        ),
        payer={"kx": False, "distinct_modifier": "X"},
        year_to_date={Discipline.OT: Decimal("12.5"), Discipline.PT: Decimal(7)},
        rates=RatesInput(None, {}, {"97112": {"work": Decimal(".50")}}, Decimal("0.5")),
    )


def test_times_with_an_offset_keep_it():
    parsed = parse_visit(
        one(starts_at="2026-03-02T09:00:00Z", ends_at="2026-03-02T09:30:00+00:00"), CODES
    )

    assert parsed.services[0].starts_at == datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def test_a_day_may_be_full():
    full = [{"code": "97112", "minutes": 1000}, {"code": "97110", "minutes": 440}]

    assert isinstance(parse_visit(visit(services=full), CODES), VisitInput)


WRONG = [
    ([], "", "Write an object in braces, not []."),
    ("visit", "", "Write an object in braces, not 'visit'."),
    (
        visit(colour="red"),
        "colour",
        "There is no such field; the fields are date_of_service, discipline, unit_rule, payer, "
        "services, year_to_date, rates, deductible_remaining.",
    ),
    # Dates
    (visit(date_of_service=None), "date_of_service", "Write the day as 2026-03-02, not nothing."),
    (
        visit(date_of_service="03/02/2026"),
        "date_of_service",
        "Write the day as 2026-03-02, not '03/02/2026'.",
    ),
    (
        visit(date_of_service="2026-02-30"),
        "date_of_service",
        "2026-02-30 is not in the calendar.",
    ),
    (
        visit(date_of_service=20260302),
        "date_of_service",
        "Write the day as 2026-03-02, not 20260302.",
    ),
    # Choices
    (visit(discipline="DC"), "discipline", "Write PT or OT or SLP, not 'DC'."),
    (visit(discipline=None), "discipline", "Write PT or OT or SLP, not nothing."),
    (visit(unit_rule="8-minute"), "unit_rule", "Write cms or ama, not '8-minute'."),
    (visit(unit_rule=["cms"]), "unit_rule", "Write cms or ama, not ['cms']."),
    # Services
    (visit(services=[]), "services", "List at least one service."),
    (visit(services={"code": "97112"}), "services", "List at least one service."),
    (visit(services=None), "services", "List at least one service."),
    (
        visit(services=[{"code": "97112", "minutes": 1}] * 101),
        "services",
        "A visit has at most 100 services.",
    ),
    (visit(services=["97112"]), "services[0]", "Write an object in braces, not '97112'."),
    (
        one(units=2),
        "services[0].units",
        "There is no such field; the fields are code, minutes, assistant_minutes, regions, "
        "modifiers, starts_at, ends_at.",
    ),
    (one(code="99999"), "services[0].code", "'99999' is not a code this practice knows."),
    (one(code=None), "services[0].code", "Write a code such as 97112, not nothing."),
    (one(code=97112), "services[0].code", "Write a code such as 97112, not 97112."),
    # Minutes
    (one(minutes=-5), "services[0].minutes", "Minutes cannot be negative; this is -5."),
    (one(minutes=1441), "services[0].minutes", "Minutes are at most 1440 a day; this is 1441."),
    (one(minutes="24"), "services[0].minutes", "Minutes are a whole number, not '24'."),
    (one(minutes=7.5), "services[0].minutes", "Minutes are a whole number, not 7.5."),
    (one(minutes=True), "services[0].minutes", "Minutes are a whole number, not True."),
    (one(minutes=None), "services[0].minutes", "Minutes are a whole number, not nothing."),
    (
        one(assistant_minutes=25),
        "services[0].assistant_minutes",
        "The assistant's 25 minutes are more than the service's 24.",
    ),
    (
        one(assistant_minutes="all"),
        "services[0].assistant_minutes",
        "Minutes are a whole number, not 'all'.",
    ),
    (
        visit(services=[{"code": "97112", "minutes": 1000}, {"code": "97110", "minutes": 441}]),
        "services",
        "The minutes come to 1441; a day has 1440 of them.",
    ),
    # Texts
    (
        one(regions="knee"),
        "services[0].regions",
        "List up to 20 short texts, such as left lower extremity.",
    ),
    (
        one(regions=["x" * 81]),
        "services[0].regions",
        "List up to 20 short texts, such as left lower extremity.",
    ),
    (
        one(modifiers=["GP1"]),
        "services[0].modifiers",
        "List up to ten modifiers of two characters, such as GP or 59.",
    ),
    (
        one(modifiers=[59]),
        "services[0].modifiers",
        "List up to ten modifiers of two characters, such as GP or 59.",
    ),
    # Times
    (
        one(starts_at="09:30", ends_at="09:00"),
        "services[0].ends_at",
        "The service ends before it starts.",
    ),
    (
        one(starts_at="09:00", ends_at="09:00"),
        "services[0].ends_at",
        "The service ends before it starts.",
    ),
    (one(starts_at="09:00"), "services[0]", "Give both starts_at and ends_at, or neither."),
    (
        one(starts_at="9 o'clock", ends_at="09:30"),
        "services[0].starts_at",
        'Write a time as 09:00 or 2026-03-02T09:00, not "9 o\'clock".',
    ),
    (
        one(starts_at="25:00", ends_at="09:30"),
        "services[0].starts_at",
        "Write a time as 09:00 or 2026-03-02T09:00, not '25:00'.",
    ),
    (
        one(starts_at="09:00", ends_at="2026-03-02T09:30:00Z"),
        "services[0].ends_at",
        "Give both times with their offset from UTC, or none.",
    ),
    (
        visit(
            services=[
                {"code": "97112", "minutes": 9, "starts_at": "09:00", "ends_at": "09:30"},
                {
                    "code": "97110",
                    "minutes": 9,
                    "starts_at": "2026-03-02T09:30:00Z",
                    "ends_at": "2026-03-02T10:00:00Z",
                },
            ]
        ),
        "services",
        "Give every time with its offset from UTC, or none.",
    ),
    (
        one(starts_at="09:00", ends_at="09:20"),
        "services[0].minutes",
        "24 minutes do not fit between starts_at and ends_at.",
    ),
    # Payer
    (visit(payer=[]), "payer", "Write an object in braces, not []."),
    (visit(payer={"kx": "yes"}), "payer.kx", "Write true or false, not 'yes'."),
    (visit(payer={"mue": 1}), "payer.mue", "Write true or false, not 1."),
    (
        visit(payer={"distinct_modifier": "XU"}),
        "payer.distinct_modifier",
        "Write 59 or X, not 'XU'.",
    ),
    (
        visit(payer={"ncii": True}),
        "payer.ncii",
        "There is no such field; the fields are discipline_modifier, ncci, mue, "
        "assistant_modifier, mppr, kx, distinct_modifier.",
    ),
    # Money
    (
        visit(year_to_date={"PT": "-1.00"}),
        "year_to_date.PT",
        "The amount cannot be negative; this is '-1.00'.",
    ),
    (
        visit(year_to_date={"PT": "2.400,00"}),
        "year_to_date.PT",
        "Write the amount as text, such as \"33.40\", not '2.400,00'.",
    ),
    (
        visit(year_to_date={"PT": "1.005"}),
        "year_to_date.PT",
        "The amount has at most 2 decimals; this is '1.005'.",
    ),
    (
        visit(year_to_date={"DC": "1.00"}),
        "year_to_date.DC",
        "There is no such field; the fields are PT, OT, SLP.",
    ),
    *(
        (
            visit(rates={"conversion_factor": value}),
            "rates.conversion_factor",
            f'Write the amount as text, such as "33.40", not {shown}.',
        )
        for value, shown in [
            ("NaN", "'NaN'"),
            ("1e9", "'1e9'"),
            ("", "''"),
            (".", "'.'"),
            (33.4, "33.4"),
            (True, "True"),
            ([], "[]"),
            ("1234567890", "'1234567890'"),
            ("٣٣", "'٣٣'"),
            (Decimal("1E+3"), "1E+3"),
        ]
    ),
    (
        visit(rates={"pe_reduction": "1.01"}),
        "rates.pe_reduction",
        "The amount is at most 1; this is '1.01'.",
    ),
    (
        visit(rates={"rvu": {"97112": {"work": "x"}}}),
        "rates.rvu.97112.work",
        "Write the amount as text, such as \"33.40\", not 'x'.",
    ),
    (
        visit(rates={"rvu": {"nine": {}}}),
        "rates.rvu.nine",
        "A code has five characters, such as 97112.",
    ),
    (visit(rates={"gpci": "1"}), "rates.gpci", "Write an object in braces, not '1'."),
]


@pytest.mark.parametrize(
    ("data", "field", "message"), WRONG, ids=[f"{n}-{w[1]}" for n, w in enumerate(WRONG)]
)
def test_one_wrong_field_is_one_sentence(data, field, message):
    assert parse_visit(data, CODES) == [FieldError(field, message)]


def test_everything_wrong_is_said_at_once():
    errors = parse_visit(
        {
            "date_of_service": "soon",
            "discipline": "PT",
            "unit_rule": "cms",
            "services": [{"code": "97112", "minutes": -1}, {"code": "?", "minutes": "x"}],
            "year_to_date": {"PT": "much"},
        },
        CODES,
    )

    assert [error.field for error in errors] == [
        "date_of_service",
        "services[0].minutes",
        "services[1].code",
        "services[1].minutes",
        "year_to_date.PT",
    ]


def test_in_a_list_each_fault_says_in_which_visit_it_is():
    errors = parse_visits([visit(), one(minutes=-1), "nothing"], CODES)

    assert [str(error) for error in errors] == [
        "[1].services[0].minutes: Minutes cannot be negative; this is -1.",
        "[2]: Write an object in braces, not 'nothing'.",
    ]


def test_a_long_paste_is_not_thrown_back():
    (error,) = parse_visit(one(code="9" * 5_000_000), CODES)

    assert len(str(error)) < 120


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["97112", "2026-03-02", "PT", "cms", "09:00", "1.00"]),
    lambda children: (
        st.lists(children, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    *("date_of_service", "discipline", "unit_rule", "services", "code", "minutes"),
                    *("assistant_minutes", "starts_at", "ends_at", "payer", "rates", "rvu", "gpci"),
                    *("year_to_date", "PT", "work", "97112", "kx", "regions", "modifiers"),
                ]
            ),
            children,
            max_size=5,
        )
    ),
    max_leaves=12,
)


@property_test
@given(JSON)
def test_nothing_anybody_writes_makes_the_reader_fall_over(data):
    for tried in (data, visit(services=data), one(starts_at=data), visit(rates=data)):
        parsed = parse_visit(tried, CODES)
        assert isinstance(parsed, VisitInput) or (
            parsed and all(isinstance(error, FieldError) for error in parsed)
        )
