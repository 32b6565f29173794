"""Two claims of one patient and day: the payer adds them together, and so do the checks."""

import datetime as dt

import pytest

from billing import claims
from billing.models import Claim, NcciPair, UnitLimit
from people.models import Role
from tests.billing.makers import make_fees, make_payer, make_visit, sign
from tests.factories import (
    EpisodeDiagnosisFactory,
    EpisodeFactory,
    PlanOfCareFactory,
    ServiceTimerFactory,
    TherapistFactory,
    TimedEntryFactory,
    UserFactory,
    VisitFactory,
    at,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def payer():
    make_fees(c97112="95.00", c97110="85.00", c97150="60.00", c97530="98.00")
    NcciPair.objects.all().delete()
    NcciPair.objects.create(column1="97150", column2="97112", modifier_indicator=1, source="test")
    UnitLimit.objects.all().delete()
    UnitLimit.objects.create(
        code="97112",
        units=4,
        adjudication_indicator=2,
        effective_from=dt.date(2020, 1, 1),
        source="test",
    )
    return make_payer()


def ot_visit(beside, *minutes, groups=(), group_at=None, **fields):
    """An occupational therapist's visit of the same patient and day; `group_at` times its group."""
    episode = EpisodeFactory(
        patient=beside.patient,
        discipline="OT",
        onset_on=dt.date(2026, 1, 10),
        referring_provider=beside.episode.referring_provider,
    )
    EpisodeDiagnosisFactory(episode=episode)
    PlanOfCareFactory(episode=episode, signed_on=dt.date(2026, 2, 25))
    therapist = TherapistFactory(
        credential="OT", user=UserFactory(roles=[Role.THERAPIST]), taxonomy="225X00000X"
    )
    visit = VisitFactory(episode=episode, therapist=therapist, total_treatment_minutes=60, **fields)
    for position, (code, spent) in enumerate(minutes, start=1):
        TimedEntryFactory(visit=visit, code_id=code, minutes=spent, position=position)
    for code in groups:
        entry = visit.service_entries.create(code_id=code, minutes=30)
        if group_at is not None:
            run(visit, entry, *group_at)
    sign(visit)
    return visit


def run(visit, entry, started_at, stopped_at):
    ServiceTimerFactory(
        visit=visit,
        entry=entry.key,
        code=entry.code,
        started_at=started_at,
        stopped_at=stopped_at,
        stopped_by=visit.therapist.user,
        stop_told_at=stopped_at,
    )


def found_on(claim: Claim) -> list[tuple[str, list[str]]]:
    return [(finding.check_id, finding.codes) for finding in claim.findings.all()]


def modifiers_of(claim: Claim) -> list[tuple[str, list[str]]]:
    return [(line.code_id, line.modifiers) for line in claim.lines.all()]


def test_a_pair_across_two_claims_holds_the_second_and_says_with_which(payer):
    visit = make_visit(("97112", 24), payer=payer)
    sign(visit)
    first = claims.draft_claim(ot_visit(visit, groups=["97150"]))

    second = claims.draft_claim(visit)

    assert found_on(first) == []
    assert found_on(second) == [("ncci", ["97150", "97112"])]
    assert second.findings.get().message.startswith(f"With claim {first.control_number}: ")
    assert second.status == Claim.Status.NEEDS_WORK


def test_times_of_both_visits_put_59_on_the_second_claims_line(payer):
    visit = make_visit(("97112", 24), payer=payer)
    run(visit, visit.timed_entries.get(), at(9, 30), at(9, 54))
    sign(visit)
    group = ot_visit(visit, groups=["97150"], group_at=(at(9), at(9, 30)))
    first = claims.draft_claim(group)

    second = claims.draft_claim(visit)

    assert modifiers_of(first) == [("97150", ["GO"])]
    assert modifiers_of(second) == [("97112", ["59", "GP"])]
    assert found_on(second) == []
    first = claims.scrub(claim=first)
    assert (modifiers_of(first), found_on(first)) == ([("97150", ["GO"])], [])


def test_units_of_both_claims_count_against_a_limit_by_date(payer):
    visit = make_visit(("97112", 24), payer=payer)
    sign(visit)
    first = claims.draft_claim(ot_visit(visit, ("97112", 45)))

    second = claims.draft_claim(visit)

    assert found_on(first) == []
    assert found_on(second) == [("mue", ["97112"])]
    assert f"3 on claim {first.control_number}" in second.findings.get().message


@pytest.mark.parametrize("limit_is_by_line", [True, False])
def test_a_limit_by_line_looks_at_one_claim(payer, limit_is_by_line):
    UnitLimit.objects.update(adjudication_indicator=1 if limit_is_by_line else 2)
    visit = make_visit(("97112", 24), payer=payer)
    sign(visit)
    claims.draft_claim(ot_visit(visit, ("97112", 45)))

    found = found_on(claims.draft_claim(visit))

    assert found == ([] if limit_is_by_line else [("mue", ["97112"])])


@pytest.mark.parametrize("gone", ["void", "denied", "another payer's", "of another day"])
def test_what_is_not_judged_together_does_not_count(payer, gone):
    visit = make_visit(("97112", 24), payer=payer)
    sign(visit)
    days = {"date_of_service": dt.date(2026, 3, 1)} if gone == "of another day" else {}
    other = ot_visit(visit, ("97112", 45), groups=["97150"], **days)
    first = Claim.objects.filter(pk=claims.draft_claim(other).pk)
    if gone == "void":
        first.update(status=Claim.Status.VOID)
    elif gone == "denied":
        first.update(status=Claim.Status.DENIED)
    elif gone == "another payer's":
        first.update(payer=make_payer(name="Another", kind="commercial", filing="CI"))

    assert found_on(claims.draft_claim(visit)) == []


def test_releasing_looks_at_the_other_claim_of_the_day_once_more(payer):
    visit = make_visit(("97112", 24), payer=payer)
    sign(visit)
    first = claims.draft_claim(visit)
    assert first.status == Claim.Status.READY
    claims.draft_claim(ot_visit(visit, groups=["97150"]))

    with pytest.raises(claims.NotReady):
        claims.release(claim=first, by=UserFactory(roles=[Role.BILLER]))
