"""One good claim, wrong in one way at a time: each check finds its own and nobody else's."""

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from billing.rules.checks import ALL_CHECKS, scrub
from billing.rules.facts import (
    AccidentFacts,
    AddressFacts,
    AttachmentFacts,
    DiagnosisFacts,
    FacilityFacts,
    LineFacts,
    SubscriberFacts,
)
from billing.rules.types import Discipline, Finding, MueLimit, Notice, Service, Severity
from tests.billing.rules import claim_faults, earlier_faults
from tests.billing.rules.claims import GOOD, but, line
from tests.billing.rules.makers import at
from tests.billing.rules.spoiled_claims import (
    COLLEAGUE,
    MORE_DIAGNOSES,
    elsewhere,
    group_elsewhere,
    one_service,
    over_the_threshold,
    pair,
)

MUTATIONS = [*claim_faults.MUTATIONS, *earlier_faults.MUTATIONS]
DOCUMENT = Path(__file__).parents[3] / "docs" / "rules" / "claim_checks.md"


def test_a_claim_with_nothing_wrong_has_no_findings():
    assert scrub(GOOD) == []


@pytest.mark.parametrize(
    ("facts", "check", "severity", "field"),
    MUTATIONS,
    ids=[f"{check}-{n}" for n, (_, check, _, _) in enumerate(MUTATIONS)],
)
def test_one_thing_wrong_is_found_by_its_own_check_alone(facts, check, severity, field):
    found = [(f.check, f.severity.value, f.field) for f in scrub(facts)]

    assert found == [(check, severity, field)]


def test_every_check_has_a_claim_it_holds_back_and_no_finding_bears_another_name():
    names = [check.__name__ for check in ALL_CHECKS]
    found_by = {name: set() for name in names}
    for facts, *_ in MUTATIONS:
        for check in ALL_CHECKS:
            found_by[check.__name__] |= {f.check for f in check(facts)}

    assert len(set(names)) == len(names)
    assert found_by == {name: {name} for name in names}


def test_the_list_of_checks_names_each_of_them():
    listed = set(re.findall(r"`([a-z_]+)`", DOCUMENT.read_text(encoding="utf-8")))

    assert {check.__name__ for check in ALL_CHECKS} - listed == set()


def test_everything_is_said_at_once_and_always_in_the_same_order():
    facts = but(note__signed=False, diagnoses=(), practice__npi="", coverage__member_id="")

    found = [f.check for f in scrub(facts)]

    assert found == [
        "note_unsigned",
        "diagnosis_absent",
        "billing_npi",
        "member_id",
    ]
    assert [f.check for f in scrub(facts)] == found


def test_every_finding_says_what_where_and_by_whose_rule():
    for facts, *_ in MUTATIONS:
        for finding in scrub(facts):
            assert finding.message.endswith(".")
            assert finding.source
            assert finding.field


def test_what_coding_found_is_passed_on_once():
    split = Finding("assistant_split", Severity.WARNING, "…", "…", ("97112",))
    repeated = Finding("mue", Severity.WARNING, "…", "…", ("97112",))

    found = scrub(but(one_service("97112", 5, 75), coding=(split, repeated)))

    assert [(f.check, f.field) for f in found] == [
        ("mue", "visit.services"),
        ("assistant_split", "visit.services"),
    ]


# What must not be held back


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param(
            but(
                services=(Service("97112", 20), Service("97110", 20)),
                lines=(
                    LineFacts("97112", 1, Decimal("100.00"), ("GP",), (1,)),
                    LineFacts("97110", 2, Decimal("170.00"), ("GP",), (1,)),
                ),
            ),
            id="the other side of a tie",
        ),
        pytest.param(
            but(
                services=(Service("97110", 36, 23), Service("97112", 15)),
                lines=(
                    LineFacts("97110", 1, Decimal("70.00"), ("GP",), (1,)),
                    LineFacts("97110", 1, Decimal("70.00"), ("GP", "CQ"), (1,)),
                    LineFacts("97112", 1, Decimal("130.00"), ("GP",), (1,)),
                ),
            ),
            id="therapist and assistant on one code",
        ),
        pytest.param(
            pair(at("97150", 0, 30), at("97112", 30, 45), modifiers={"97112": ("59", "GP")}),
            id="59 with the times to show for it",
        ),
        pytest.param(
            but(diagnoses=(DiagnosisFacts("I69354", primary=True), GOOD.diagnoses[1])),
            id="no dot",
        ),
        pytest.param(
            but(diagnoses=(DiagnosisFacts("U07.1", primary=True), DiagnosisFacts("C7A.00"))),
            id="codes with U and with a letter third",
        ),
        pytest.param(but(coverage__member_id="1eg4te5mk73"), id="MBI as typed"),
        pytest.param(
            but(coverage__payer__medicare=False, coverage__member_id="W123"), id="other payers' ids"
        ),
        pytest.param(but(practice__address__postal_code="972010001"), id="ZIP without hyphen"),
        pytest.param(but(coverage__ends_on=date(2026, 3, 2)), id="the card's last day"),
        pytest.param(but(rendering__licence_expires_on=date(2026, 3, 2)), id="last licensed day"),
        pytest.param(but(authorization__visits_used=11), id="the last visit approved"),
        pytest.param(but(authorization__units_used=37), id="the last units approved"),
        pytest.param(
            but(policy__authorization_required=False, authorization=None), id="none wanted"
        ),
        pytest.param(
            but(policy__certification_required=False, plans=()), id="no certification wanted"
        ),
        pytest.param(
            but(policy__referring_required=False, referring=None), id="no referral wanted"
        ),
        pytest.param(
            but(
                policy__discipline_modifier=False,
                lines=(line(1, modifiers=())[0], line(2, modifiers=())[1]),
            ),
            id="no discipline modifier wanted",
        ),
        pytest.param(
            but(pair(Service("97150", 30), Service("97112", 15)), policy__ncci=False),
            id="no edits applied",
        ),
        pytest.param(but(one_service("97112", 5, 75), policy__mue=False), id="no limits applied"),
        pytest.param(but(today=date(2026, 12, 18)), id="a day before the last fifth"),
        pytest.param(but(accident=AccidentFacts("EM", date(2026, 1, 15), "")), id="at work"),
        pytest.param(but(elsewhere=(elsewhere("97530", 1),)), id="another code billed"),
        pytest.param(but(elsewhere=(elsewhere("97112", 2),)), id="of another discipline"),
        pytest.param(
            but(elsewhere=(elsewhere("97112", 3),), mue={"97112": MueLimit("97112", 4, 1)}),
            id="a limit by line does not count other claims",
        ),
        pytest.param(
            but(elsewhere=(elsewhere("97112", 9, together=False),)), id="another payer's units"
        ),
        pytest.param(
            but(
                group_elsewhere(at("97112", 30, 54)),
                lines=(LineFacts("97112", 2, Decimal("270.00"), ("59", "GP"), (1,)),),
            ),
            id="59 with the times of both claims to show for it",
        ),
        pytest.param(
            but(
                one_service("97112", 2, 24),
                elsewhere=(elsewhere("97150", 1, at("97150", 0, 30), modifiers=("59", "GO")),),
                services=(at("97112", 30, 54),),
            ),
            id="the other claim bears the 59",
        ),
        pytest.param(but(onset_on=None), id="onset unknown"),
        pytest.param(but(place_of_service="12"), id="at home"),
        pytest.param(but(diagnoses=GOOD.diagnoses + MORE_DIAGNOSES[:10]), id="twelve diagnoses"),
        pytest.param(but(lines=line(2, rendering=COLLEAGUE)), id="a colleague took one service"),
        pytest.param(
            but(
                services=(Service("97112", 24, 24), Service("97110", 23)),
                lines=line(1, modifiers=("GP", "CQ")),
            ),
            id="CQ with the assistant's minutes to show for it",
        ),
        pytest.param(
            but(over_the_threshold("GP"), accrued={Discipline.PT: Decimal("2420.00")}),
            id="exactly at the year's amount",
        ),
        pytest.param(over_the_threshold("GP", "KX"), id="KX above the year's amount"),
        pytest.param(
            but(lines=line(1, modifiers=("GP", "GA")), notices=(Notice("GA", Discipline.PT),)),
            id="GA with its notice",
        ),
        pytest.param(but(report_days=10), id="the tenth treatment day"),
        pytest.param(but(treatment_minutes=47), id="no minute but the services'"),
        pytest.param(but(treatment_minutes=None), id="total minutes unknown"),
        pytest.param(but(started_on=date(2026, 3, 2)), id="first treatment"),
        pytest.param(but(discharged_on=date(2026, 3, 2)), id="the last visit"),
        pytest.param(but(patient__died_on=date(2026, 3, 2)), id="died on the day"),
        pytest.param(but(frequency="7", payer_claim_number="77"), id="a correction"),
        pytest.param(
            but(
                place_of_service="21", admitted_on=date(2026, 3, 1), coverage__payer__medicare=False
            ),
            id="an inpatient with the day of admission",
        ),
        pytest.param(
            but(facility=FacilityFacts(AddressFacts("9 Low", "Portland", "OR", "97214-0001"))),
            id="another clinic",
        ),
        pytest.param(
            but(
                coverage__payer__medicare=False,
                coverage__payer__pays_for="EM",
                coverage__claim_number="W-1",
                coverage__subscriber=SubscriberFacts(is_patient=False, employer="Millwork"),
                accident=AccidentFacts("EM", date(2026, 1, 15), ""),
            ),
            id="an accident at work and who pays for it",
        ),
        pytest.param(
            but(
                attachments=(
                    AttachmentFacts("Notes", on_request=True),
                    AttachmentFacts("Notes", on_request=False, control_number="A1"),
                )
            ),
            id="numbered attachments",
        ),
    ],
)
def test_what_is_right_passes(facts):
    assert scrub(facts) == []


def test_an_occupational_therapists_line_wants_go():
    facts = but(discipline=Discipline.OT, rendering__taxonomy="225X00000X")

    found = [(f.check, f.codes) for f in scrub(facts)]

    assert found == [
        ("discipline_modifier", ("97112",)),
        ("discipline_modifier", ("97110",)),
    ]
