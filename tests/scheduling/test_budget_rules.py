"""Which authorization a visit draws on, what is left of it, and when it runs out."""

import datetime as dt

import pytest

from scheduling.budget_rules import (
    Card,
    Choice,
    Grant,
    Problem,
    Standing,
    Use,
    budget,
    choose,
    fits,
    runs_out_on,
    sentence,
    usual_units,
)

TODAY = dt.date(2026, 3, 2)
LIMITS = {"few_visits": 3, "ends_soon_days": 14}


def day(number):
    return TODAY + dt.timedelta(days=number)


def grant(pk=1, **changes):
    values = {"number": f"A{pk}", "starts_on": day(-60), "ends_on": day(60), "visits": 12}
    return Grant(id=pk, **values | changes)


def card(*grants, **changes):
    values = {
        "priority": 1,
        "payer": "Providence",
        "needs_authorization": True,
        "starts_on": day(-400),
        "ends_on": None,
    }
    return Card(grants=grants, **values | changes)


def held(*days, units=3):
    return [Use(on=day(number), units=units, held=True) for number in days]


def booked(*days, units=3):
    return [Use(on=day(number), units=units, held=False) for number in days]


def chosen(*cards, uses=None, on=TODAY, units=3, discipline="PT", is_evaluation=False):
    return choose(
        cards,
        uses or {},
        on=on,
        units=units,
        discipline=discipline,
        is_evaluation=is_evaluation,
    )


def test_of_two_that_cover_the_day_the_one_that_ends_first_is_drawn_on():
    later, sooner = grant(1, ends_on=day(60)), grant(2, ends_on=day(20))

    assert chosen(card(later, sooner)).grant == sooner


def test_one_that_is_spent_gives_way_to_one_with_something_left():
    spent, fresh = grant(1, ends_on=day(20), visits=2), grant(2)

    choice = chosen(card(spent, fresh), uses={1: booked(1, 2)})

    assert (choice.grant, choice.problem, choice.visits_left) == (fresh, None, 12)


def test_the_primary_cards_comes_before_the_secondarys():
    second = card(grant(1, ends_on=day(5)), priority=2)
    first = card(grant(2), priority=1)

    assert chosen(second, first).grant.id == 2


def test_a_card_that_needs_none_and_has_none_lets_the_next_card_speak():
    plain = card(needs_authorization=False)
    second = card(grant(7), priority=2)

    assert chosen(plain, second).grant.id == 7
    assert chosen(plain) == Choice()


def test_a_card_that_has_ended_is_not_asked():
    assert chosen(card(grant(), ends_on=day(-1))) == Choice()


def test_when_all_are_spent_the_first_is_named_with_the_problem():
    choice = chosen(
        card(grant(1, visits=2), grant(2, visits=1, ends_on=day(30))),
        uses={
            1: booked(1, 2),
            2: held(-3),
        },
    )

    assert (choice.grant.id, choice.problem, choice.visits_left) == (2, Problem.SPENT, 0)
    assert sentence(choice, on=TODAY) == (
        "Authorization A2 is spent: all 1 visits are used or booked."
    )


def test_none_that_covers_the_day_is_a_problem_only_where_the_payer_needs_one():
    ended = grant(ends_on=day(-10))
    choice = chosen(card(ended))

    assert choice == Choice(
        problem=Problem.MISSING, payer="Providence", needs_units=3, ended_on=day(-10)
    )
    assert sentence(choice, on=TODAY) == (
        "Providence needs an authorization, and none covers March 2; the last ended on February 20."
    )
    assert chosen(card(ended, needs_authorization=False)) == Choice()


def test_units_must_reach_for_the_visit():
    of_units = grant(visits=None, units=10)

    enough = chosen(card(of_units), uses={1: held(-3, -2)}, units=4)
    short = chosen(card(of_units), uses={1: held(-3, -2)}, units=5)

    assert (enough.problem, enough.units_left) == (None, 4)
    assert (short.problem, short.units_left) == (Problem.SPENT, 4)
    assert sentence(short, on=TODAY) == (
        "Authorization A1 has 4 of 10 units left; this visit usually takes 5."
    )


@pytest.mark.parametrize(
    ("codes", "discipline", "is_evaluation", "answer"),
    [
        (set(), "PT", False, True),
        (set(), "SLP", True, True),
        ({"97112", "97110"}, "PT", False, True),
        ({"97112", "97110"}, "OT", False, True),
        ({"97112", "97110"}, "SLP", False, False),
        ({"92507"}, "SLP", False, True),
        ({"92507"}, "PT", False, False),
        ({"97162"}, "PT", True, True),
        ({"97162"}, "OT", True, False),
        ({"97162"}, "PT", False, False),
        ({"97112"}, "PT", True, False),
        ({"97112", "97161"}, "PT", True, True),
    ],
)
def test_the_codes_say_for_which_visits_it_is(codes, discipline, is_evaluation, answer):
    assert fits(codes, discipline=discipline, is_evaluation=is_evaluation) is answer


def test_an_authorization_for_speech_is_not_drawn_on_for_physical_therapy():
    speech = grant(1, codes=frozenset({"92507"}), ends_on=day(5))
    movement = grant(2, codes=frozenset({"97112"}))

    assert chosen(card(speech, movement)).grant.id == 2


@pytest.mark.parametrize(
    ("minutes", "told", "units"), [(45, None, 3), (50, None, 3), (45, 4, 4), (45, 0, 0)]
)
def test_a_visit_takes_what_its_type_says_else_a_unit_per_quarter_hour(minutes, told, units):
    assert usual_units(minutes=minutes, told=told) == units


def test_a_budget_counts_what_was_held_and_what_is_booked():
    found = budget(grant(), held(-9, -7, -2) + booked(1, 3), today=TODAY, **LIMITS)

    assert (found.visits_used, found.visits_booked, found.visits_left) == (3, 2, 7)
    assert (found.units_used, found.units_booked, found.units_left) == (9, 6, None)
    assert found.standing is Standing.FINE


@pytest.mark.parametrize(
    ("changes", "uses", "standing"),
    [
        ({}, [], Standing.FINE),
        ({"visits": 6}, held(-3, -2), Standing.FINE),
        ({"visits": 5}, held(-3, -2), Standing.LOW),
        ({"ends_on": day(14)}, [], Standing.LOW),
        ({"ends_on": day(15)}, [], Standing.FINE),
        ({"visits": 2}, held(-3) + booked(2), Standing.SPENT),
        ({"visits": 1}, held(-3) + booked(2), Standing.OVER),
        ({"ends_on": day(0)}, [], Standing.LOW),
        ({"ends_on": day(-1)}, [], Standing.EXPIRED),
        ({"visits": 1, "ends_on": day(-1)}, held(-9, -8), Standing.OVER),
        ({"visits": None, "units": 20}, held(-3), Standing.FINE),
        ({"visits": None, "units": 12}, held(-3), Standing.LOW),
        ({"visits": None, "units": 3}, held(-3), Standing.SPENT),
        ({"visits": 12, "units": 3}, held(-3), Standing.SPENT),
    ],
)
def test_how_an_authorization_stands(changes, uses, standing):
    assert budget(grant(**changes), uses, today=TODAY, **LIMITS).standing is standing


def test_what_is_booked_says_when_it_runs_out():
    assert runs_out_on(grant(visits=4), held(-7, -2) + booked(5, 9, 12), today=TODAY) == day(9)


def test_units_may_run_out_before_visits_do():
    both = grant(visits=4, units=8)

    assert runs_out_on(both, held(-7, -2) + booked(5, 9), today=TODAY) == day(5)


def test_beyond_what_is_booked_the_pace_says_when_it_runs_out():
    twice_a_week = held(-28, -25, -21, -18, -14, -11, -7, -4)

    # 7 visits since three weeks and a half ago are 1.96 a week: 4 more take two weeks.
    assert runs_out_on(grant(), twice_a_week, today=TODAY) == day(14)


def test_the_pace_goes_on_from_the_last_booked_visit():
    once_a_week = held(-21, -14, -7) + booked(0, 7)

    # 5 visits in 4 weeks: 7 more take 39 days after the last booked one.
    assert runs_out_on(grant(), once_a_week, today=TODAY) == day(7 + 39)


def test_nothing_says_how_fast_an_unused_one_goes():
    assert runs_out_on(grant(), [], today=TODAY) is None
    assert runs_out_on(grant(), held(-50), today=TODAY) is None


def test_it_runs_out_early_only_when_that_is_before_its_last_day():
    uses = booked(1, 2)

    early = budget(grant(visits=2), uses, today=TODAY, **LIMITS)
    in_time = budget(grant(visits=2, ends_on=day(2)), uses, today=TODAY, **LIMITS)

    assert (early.runs_out_early, in_time.runs_out_early) == (True, False)
