"""The stored rules on a claim: prices, edits, the year's use, notices, evidence for 59."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from billing.claims import draft_claim, scrub
from billing.coding import code_visit, coverage_of
from billing.models import AbnRecord, Claim, ClaimLine, YearUse
from billing.rules.types import Discipline
from billing.year_use import AlreadyWithdrawn, accrued_on, notices_on, withdraw
from documentation.models import ServiceEntry, ServiceTimer
from people.models import AuditEvent, Payer, Role
from tests.billing.makers import make_fees, make_payer, make_visit, sign
from tests.factories import PatientFactory, UserFactory, at

pytestmark = pytest.mark.django_db

MARCH_2026 = dt.date(2026, 3, 2)


# On a claim


def claim_of(*minutes, **policy) -> Claim:
    payer = make_payer(mppr=True, kx=True, **policy)
    make_fees()
    visit = make_visit(*minutes, payer=payer)
    sign(visit)
    return draft_claim(visit)


def lines_of(claim) -> list[tuple]:
    return [(line.code_id, line.modifiers, line.allowed) for line in claim.lines.order_by("number")]


def use(patient, amount, **fields) -> YearUse:
    wanted = {
        "bucket": "PT_SLP",
        "as_of": dt.date(2026, 2, 1),
        "source": "portal",
        "entered_by": UserFactory(roles=[Role.BILLER]),
    } | fields
    return YearUse.objects.create(patient=patient, amount=amount, **wanted)


def test_a_medicare_claim_is_priced_line_by_line_and_says_how():
    claim = claim_of(("97112", 24), ("97110", 23))

    assert lines_of(claim) == [
        ("97112", ["GP"], Decimal("57.61")),
        ("97110", ["GP"], Decimal("22.21")),
    ]
    assert "Used of 2026: 0.00 of 2480.00 for PT with SLP, 0.00 of 2480.00 for OT" in claim.proof
    assert claim.status == Claim.Status.READY


def test_another_payers_claim_has_no_price_of_medicare():
    claim = claim_of(("97112", 24), kind=Payer.Kind.COMMERCIAL, name="Aetna")

    assert lines_of(claim) == [("97112", ["GP"], None)]


def test_an_edit_of_the_stored_pairs_holds_a_claim():
    claim = claim_of(("97140", 15), ("97750", 15))

    held = claim.findings.get(check_id="ncci")
    assert (held.severity, held.codes, held.field) == (
        "error",
        ["97140", "97750"],
        "visit.services",
    )
    assert claim.status == Claim.Status.NEEDS_WORK


def test_units_beyond_the_stored_limit_are_pointed_out():
    claim = claim_of(("97112", 75))

    assert claim.findings.get(check_id="mue").message.startswith(
        "5 units of 97112 are more than the 4 a day"
    )


def test_what_the_portal_said_puts_kx_on_the_line_that_crosses():
    claim = claim_of(("97112", 24), ("97110", 23))
    use(claim.patient, "2400.00")

    scrub(claim=claim)

    # 2400.00 + 57.61 is below 2480.00, with 22.21 more it is 2479.82; one more dollar crosses.
    assert [modifiers for _, modifiers, _ in lines_of(claim)] == [["GP"], ["GP"]]
    use(claim.patient, "2401.00", as_of=dt.date(2026, 2, 2))
    scrub(claim=claim)
    assert [modifiers for _, modifiers, _ in lines_of(claim)] == [["GP"], ["GP", "KX"]]


def test_our_own_medicare_lines_since_the_portal_was_seen_are_added():
    claim = claim_of(("97112", 24), ("97110", 23))  # March 2, 79.82
    patient = claim.patient
    later = dt.date(2026, 3, 9)

    assert accrued_on(patient.pk, later)[Discipline.PT] == Decimal("79.82")
    use(patient, "500.00")
    assert accrued_on(patient.pk, later)[Discipline.PT] == Decimal("579.82")
    use(patient, "600.00", as_of=MARCH_2026)  # what was treated that day is in it
    assert accrued_on(patient.pk, later)[Discipline.PT] == Decimal("600.00")
    assert accrued_on(patient.pk, dt.date(2027, 1, 4))[Discipline.PT] == Decimal(0)


def test_a_visit_does_not_count_itself_and_a_void_or_denied_claim_counts_for_nobody():
    claim = claim_of(("97112", 24), ("97110", 23))

    own = accrued_on(claim.patient_id, MARCH_2026, before_visit=claim.visit_id)
    later = accrued_on(claim.patient_id, MARCH_2026, before_visit=claim.visit_id + 1)
    assert (own[Discipline.PT], later[Discipline.PT]) == (Decimal(0), Decimal("79.82"))
    for status in (Claim.Status.VOID, Claim.Status.DENIED):
        Claim.objects.filter(pk=claim.pk).update(status=status)
        assert accrued_on(claim.patient_id, dt.date(2026, 3, 9))[Discipline.PT] == Decimal(0)


def test_occupational_therapy_has_its_own_amount():
    claim = claim_of(("97112", 24))
    ClaimLine.objects.update(modifiers=["GO"])
    use(claim.patient, "100.00", bucket="OT", as_of=dt.date(2026, 1, 5))
    use(claim.patient, "70.00")

    accrued = accrued_on(claim.patient_id, dt.date(2026, 3, 9))

    assert accrued == {
        Discipline.PT: Decimal("70.00"),
        Discipline.OT: Decimal("157.61"),
        Discipline.SLP: Decimal(0),
    }


def abn(patient, kind="GA", **fields) -> AbnRecord:
    wanted = {
        "reason": "maintenance",
        "signed_on": dt.date(2026, 3, 1),
        "covers_from": dt.date(2026, 3, 1),
        "recorded_by": UserFactory(roles=[Role.BILLER]),
    } | fields
    return AbnRecord.objects.create(patient=patient, kind=kind, **wanted)


def test_a_signed_notice_puts_ga_on_the_claim_and_withdrawing_it_takes_it_off():
    claim = claim_of(("97112", 24))
    notice = abn(claim.patient)

    scrub(claim=claim)
    assert lines_of(claim)[0][1] == ["GP", "GA"]

    withdraw(notice, by=notice.recorded_by)
    scrub(claim=claim)
    assert lines_of(claim)[0][1] == ["GP"]
    with pytest.raises(AlreadyWithdrawn):
        withdraw(notice, by=notice.recorded_by)
    assert AuditEvent.objects.filter(action="notice.withdrawn").count() == 1


def test_option_2_on_the_notice_holds_the_claim():
    claim = claim_of(("97112", 24))
    abn(claim.patient, choice="2")

    claim = scrub(claim=claim)

    assert claim.status == Claim.Status.NEEDS_WORK
    assert claim.findings.get(check_id="notice_no_bill").severity == "error"


def test_a_notice_holds_for_a_year_at_most():
    patient = PatientFactory()
    abn(patient)

    assert len(notices_on(patient.pk, dt.date(2027, 2, 28))) == 1
    assert notices_on(patient.pk, dt.date(2027, 3, 1)) == ()
    assert notices_on(patient.pk, dt.date(2026, 2, 28)) == ()


def test_the_database_refuses_a_required_notice_that_nobody_signed_in_time():
    patient = PatientFactory()
    for signed_on, name in (
        (None, "a_required_notice_is_signed"),
        (dt.date(2026, 3, 2), "a_required_notice_is_signed_first"),
    ):
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            abn(patient, signed_on=signed_on)


def test_coding_a_visit_asks_as_much_for_one_code_as_for_three():
    payer = make_payer(mppr=True, kx=True)
    asked = []
    for minutes in ([("97112", 24)], [("97112", 24), ("97110", 15), ("97140", 15)]):
        visit = make_visit(*minutes, payer=payer)
        coverage = coverage_of(visit)
        with CaptureQueriesContext(connection) as queries:
            code_visit(visit, coverage)
        asked.append(len(queries))

    assert asked[0] == asked[1]


# 59 or X only with evidence from the chart


def group_and_97112(*, hand_written: int = 0) -> Claim:
    """A group from 9:00 to 9:30, and 97112 from 9:30 on."""
    payer = make_payer(distinct_modifier="X")
    make_fees()
    visit = make_visit(("97112", 15 + hand_written), payer=payer)
    timed = visit.timed_entries.get()
    group = ServiceEntry.objects.create(visit=visit, code_id="97150", minutes=30, position=2)
    for entry, began, ended in ((group, at(9), at(9, 30)), (timed, at(9, 30), at(9, 45))):
        ServiceTimer.objects.create(
            visit=visit,
            entry=entry.key,
            code_id=entry.code_id,
            furnished_by=visit.therapist,
            one_on_one=entry is timed,
            started_at=began,
            started_by=visit.therapist.user,
            stopped_at=ended,
            stopped_by=visit.therapist.user,
            stop_told_at=ended,
        )
    sign(visit)
    return draft_claim(visit)


def test_timers_that_ran_one_after_the_other_are_evidence_for_xu():
    claim = group_and_97112()

    lines = {line.code_id: line for line in claim.lines.all()}
    assert lines["97112"].modifiers == ["XU", "GP"]
    assert lines["97112"].reasons[0]["reason"] == (
        "97150 includes 97112, and the two were done in different minutes"
    )
    assert lines["97150"].modifiers == ["GP"]
    assert not claim.findings.filter(check_id="ncci").exists()


def test_minutes_written_by_hand_are_no_evidence():
    claim = group_and_97112(hand_written=1)

    assert claim.lines.get(code="97112").modifiers == ["GP"]
    assert claim.findings.get(check_id="ncci").codes == ["97150", "97112"]


def test_the_session_header_shows_what_the_year_has_used_with_this_visit(client):
    payer = make_payer(mppr=True, kx=True)
    visit = make_visit(("97112", 24), ("97110", 23), payer=payer)
    client.force_login(UserFactory(roles=[Role.OWNER]))
    address = reverse("billing:visit-units", args=[visit.pk])

    below = client.get(address).content.decode()
    use(visit.patient, "2470.00")
    above = client.get(address).content.decode()

    assert ("$79.82" in below, "$2,480.00: KX" in below) == (True, False)
    assert ("$2,549.82" in above, "$2,480.00: KX" in above) == (True, True)
