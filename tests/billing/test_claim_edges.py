"""Claims that are not the usual one: at home, after an accident, of two therapists, of many
diagnoses, under one of several authorizations. Each file passes the independent validator."""

import datetime as dt

import pytest

from billing import batches, claims, details
from billing.claim_content import content_of
from billing.details import Attached
from billing.models import Claim
from billing.paper.cms1500 import fill
from billing.rules.diagnoses import Chosen, claim_diagnoses
from billing.x12.read import read_segments
from documentation.models import Visit
from people.models import Clinic, Coverage, Payer, Role
from tests.billing.makers import make_fees, make_partner, make_payer, make_visit, sign
from tests.billing.x12.pyx12_check import check
from tests.factories import (
    AuthorizationFactory,
    ServiceTimerFactory,
    TherapistFactory,
    UserFactory,
    at,
)

pytestmark = pytest.mark.django_db

JOINTS = "11 12 21 22 31 32 41 42 51 52 61 62".split()


@pytest.fixture
def partner():
    make_fees()
    return make_partner(name="Clearinghouse", receiver_id="CLEAR01")


@pytest.fixture
def biller():
    return UserFactory(roles=[Role.BILLER])


def file_of(claim: Claim, partner, biller) -> list[list[str]]:
    """The segments of the claim's file, which passes pyx12."""
    assert list(claim.findings.filter(severity="error").values_list("check_id", "message")) == []
    claims.release(claim=claim, by=biller)
    content = bytes(batches.build(partner=partner, by=biller).file.file_bytes)
    assert check(content.decode("ascii")) == (True, [])
    return [[s.id, *s.elements] for s in read_segments(content)]


def rows(segments, *starts):
    """Those that begin like this, in their order."""
    return ["*".join(s) for s in segments if "*".join(s).startswith(starts)]


def after_an_accident(payer, cause, state=""):
    visit = make_visit(("97112", 24), payer=payer)
    episode = visit.episode
    episode.accident, episode.accident_state = cause, state
    episode.accident_on = dt.date(2026, 1, 10)
    episode.save(update_fields=["accident", "accident_state", "accident_on"])
    visit.patient.coverages.update(member_id="W90011", claim_number="WC-2026-0311")
    sign(visit)
    return claims.draft_claim(visit)


def test_a_visit_at_home_names_no_clinic(partner, biller):
    payer = make_payer(kind="commercial", filing="CI", partner=partner)
    visit = make_visit(("97112", 24), payer=payer)
    Clinic.objects.filter(pk=visit.clinic_id).update(
        name="Home visits", line1="9 Low St", postal_code="97214"
    )
    Visit.objects.filter(pk=visit.pk).update(place_of_service="12")
    sign(visit)

    segments = file_of(claims.draft_claim(visit), partner, biller)

    assert rows(segments, "CLM")[0].split("*")[5] == "12:B:1"
    assert rows(segments, "NM1*77") == []


def test_the_same_visit_in_the_office_names_the_clinic_and_wants_its_whole_zip(partner):
    payer = make_payer(kind="commercial", filing="CI", partner=partner)
    visit = make_visit(("97112", 24), payer=payer)
    Clinic.objects.filter(pk=visit.clinic_id).update(
        name="East side", line1="9 Low St", postal_code="97214"
    )
    sign(visit)

    claim = claims.draft_claim(visit)

    assert list(claim.findings.values_list("check_id", "field")) == [
        ("facility_zip", "clinic.postal_code")
    ]


def test_an_automobile_accident_is_told_with_its_state_day_and_number(partner, biller):
    payer = make_payer(name="Auto Mutual", kind=Payer.Kind.AUTO, filing="AM", partner=partner)

    segments = file_of(after_an_accident(payer, "AA", "WA"), partner, biller)

    assert rows(segments, "CLM")[0].split("*")[11] == "AA:::WA"
    assert rows(segments, "DTP*439", "REF*Y4") == ["REF*Y4*WC-2026-0311", "DTP*439*D8*20260110"]


def test_an_injury_at_work_goes_with_its_days_number_and_papers(partner, biller):
    payer = make_payer(
        name="State Fund", kind=Payer.Kind.WORKERS_COMP, filing="WC", partner=partner
    )
    claim = after_an_accident(payer, "EM")
    details.keep(
        claim=claim,
        dates={"last_worked_on": dt.date(2026, 1, 9), "return_to_work_on": dt.date(2026, 4, 1)},
        attached=[Attached("PN", "FX"), Attached("09", "AA")],
        by=biller,
    )

    segments = file_of(Claim.objects.get(pk=claim.pk), partner, biller)

    number = claim.control_number
    assert rows(segments, "CLM")[0].split("*")[11] == "EM"
    assert rows(segments, "SBR") == ["SBR*P*18*******WC"]
    assert rows(segments, "REF*Y4", "DTP*439", "DTP*29", "PWK") == [
        "REF*Y4*WC-2026-0311",
        "DTP*439*D8*20260110",
        "DTP*297*D8*20260109",
        "DTP*296*D8*20260401",
        f"PWK*PN*FX***AC*{number}A1",
        "PWK*09*AA",
    ]


@pytest.mark.parametrize(("cause", "number"), [("", "WC-1"), ("AA", "WC-1"), ("EM", "")])
def test_workers_compensation_wants_the_injury_and_its_number(partner, cause, number):
    payer = make_payer(name="State Fund", kind=Payer.Kind.WORKERS_COMP, filing="WC")
    claim = after_an_accident(payer, cause, "OR")
    Coverage.objects.update(
        claim_number=number, relation="20", subscriber_employer="Sellwood Millwork"
    )

    claim = claims.scrub(claim=claim)

    assert list(claim.findings.values_list("check_id", flat=True)) == [
        "accident_of_payer" if number else "casualty_number"
    ]


def of_the_employer(partner) -> Claim:
    payer = make_payer(
        name="State Fund", kind=Payer.Kind.WORKERS_COMP, filing="WC", partner=partner
    )
    claim = after_an_accident(payer, "EM")
    Coverage.objects.update(
        relation="20",
        subscriber_employer="Sellwood Millwork & Sons",
        subscriber_line1="40 Spokane St",
        subscriber_city="Portland",
        subscriber_state="OR",
        subscriber_postal_code="97202",
        group_number="POL-7731",
    )
    return claims.scrub(claim=claim)


def test_workers_compensation_insures_the_employer_and_the_patient_works_there(partner, biller):
    claim = of_the_employer(partner)

    segments = file_of(claim, partner, biller)

    assert claim.findings.count() == 0
    assert rows(segments, "SBR", "NM1*IL", "PAT", "NM1*QC", "REF*Y4", "N3*40 SPOKANE") == [
        "SBR*P**POL-7731******WC",
        "NM1*IL*2*SELLWOOD MILLWORK & SONS*****MI*W90011",
        "PAT*20",
        "NM1*QC*1*OKAFOR*ADA",
        "REF*Y4*WC-2026-0311",
    ]


def test_on_paper_the_employer_stands_in_4_7_and_11_and_the_patient_in_2(partner):
    form = fill(content_of(of_the_employer(partner)))

    boxes = ("2", "4", "6", "7", "11", "11a", "11b")
    assert {box: [each.text for each in form.printed if each.box == box] for box in boxes} == {
        "2": ["OKAFOR, ADA"],
        "4": ["SELLWOOD MILLWORK & SONS"],
        "6": ["X"],
        "7": ["40 SPOKANE ST", "PORTLAND", "OR", "97202"],
        "11": ["POL7731"],
        "11a": [],
        "11b": ["Y4", "WC20260311"],
    }


def test_workers_compensation_that_names_no_employer_is_asked_about(partner):
    payer = make_payer(name="State Fund", kind=Payer.Kind.WORKERS_COMP, filing="WC")

    claim = after_an_accident(payer, "EM")

    assert list(claim.findings.values_list("check_id", "severity", "field")) == [
        ("employer_absent", "warning", "coverage.relation")
    ]


def of_two_therapists(payer, *codes):
    """A visit whose codes a colleague timed, half an hour from nine."""
    visit = make_visit(("97112", 24), ("97110", 23), payer=payer)
    colleague = TherapistFactory(user=UserFactory(last_name="Roe", roles=[Role.THERAPIST]))
    for place, entry in enumerate(visit.timed_entries.order_by("position")):
        who = colleague if entry.code_id in codes else visit.therapist
        ServiceTimerFactory(
            visit=visit,
            entry=entry.key,
            code=entry.code,
            furnished_by=who,
            started_at=at(9, 30 * place),
            stopped_at=at(9, 30 * place + 24),
            stopped_by=who.user,
            stop_told_at=at(10),
        )
    sign(visit)
    return claims.draft_claim(visit), colleague


def test_a_line_that_a_colleague_furnished_says_so_and_the_rest_is_the_therapists(partner, biller):
    payer = make_payer(kind="commercial", filing="CI", partner=partner)
    claim, colleague = of_two_therapists(payer, "97110")

    segments = file_of(claim, partner, biller)

    own = claim.visit.therapist
    assert rows(segments, "NM1*82", "LX", "PRV*PE") == [
        f"NM1*82*1*{own.user.last_name.upper()}*SAM****XX*{own.npi}",
        "PRV*PE*PXC*225100000X",
        "LX*1",
        "LX*2",
        f"NM1*82*1*ROE*SAM****XX*{colleague.npi}",
        "PRV*PE*PXC*225100000X",
    ]


def test_a_colleague_who_furnished_everything_is_named_for_the_whole_claim(partner, biller):
    payer = make_payer(kind="commercial", filing="CI", partner=partner)
    claim, colleague = of_two_therapists(payer, "97112", "97110")

    segments = file_of(claim, partner, biller)

    assert rows(segments, "NM1*82", "LX") == [
        f"NM1*82*1*ROE*SAM****XX*{colleague.npi}",
        "LX*1",
        "LX*2",
    ]


def test_a_colleague_without_a_license_holds_the_claim(partner):
    claim, colleague = of_two_therapists(make_payer(partner=partner), "97110")
    colleague.licence_expires_on = dt.date(2026, 3, 1)
    colleague.save(update_fields=["licence_expires_on"])

    claim = claims.scrub(claim=claim)

    assert list(claim.findings.values_list("check_id", "message")) == [
        (
            "licence_expired",
            "Sam Roe, PT's license ran out on Mar 1, 2026, before the visit. Enter the new date.",
        )
    ]


def test_fourteen_diagnoses_leave_two_off_the_claim_and_say_which(partner, biller):
    payer = make_payer(kind="commercial", filing="CI", partner=partner)
    visit = make_visit(("97112", 24), payer=payer)
    for position, code in enumerate(["Z91.81", *(f"M25.5{joint}" for joint in JOINTS)], start=2):
        visit.episode.diagnoses.create(position=position + 4, code=code, label="…")
    sign(visit)

    claim = claims.draft_claim(visit)

    finding = claim.findings.get()
    assert (finding.check_id, finding.severity, finding.codes) == (
        "diagnosis_count",
        "info",
        ["M25.561", "M25.562"],
    )
    assert claim.status == Claim.Status.READY
    (said,) = rows(file_of(claim, partner, biller), "HI")
    assert len(said.split("*")) == 1 + 12


@pytest.mark.parametrize(
    ("codes", "kept", "dropped"),
    [
        (["A00", "B00"], ["A00", "B00"], []),
        (
            ["A00", "Z01", "W01", "Y92", *(f"M{n}" for n in range(10, 20))],
            ["A00", "Z01", "W01", "Y92", *(f"M{n}" for n in range(10, 18))],
            ["M18", "M19"],
        ),
        (
            ["A00", "A01", "A02", "A03", "W01", "Z01", *(f"M{n}" for n in range(10, 18))],
            ["A00", "A01", "A02", "A03", *(f"M{n}" for n in range(10, 18))],
            ["W01", "Z01"],
        ),
        (
            ["A00", "A01", "A02", "A03", "W01", "Z01", *(f"M{n}" for n in range(10, 17))],
            ["A00", "A01", "A02", "A03", "Z01", *(f"M{n}" for n in range(10, 17))],
            ["W01"],
        ),
    ],
)
def test_the_first_four_stay_then_what_is_treated_then_status_then_causes(codes, kept, dropped):
    assert claim_diagnoses(codes) == Chosen(tuple(kept), tuple(dropped))


def test_the_authorization_is_the_one_of_the_visits_day(partner):
    visit = make_visit(("97112", 24), payer=make_payer(authorization_needed=True))
    card = visit.patient.coverages.get()
    AuthorizationFactory(
        coverage=card, number="A-FEB", starts_on=dt.date(2026, 2, 1), ends_on=dt.date(2026, 3, 1)
    )
    march = AuthorizationFactory(
        coverage=card, number="A-MAR", starts_on=dt.date(2026, 3, 2), ends_on=dt.date(2026, 4, 30)
    )
    sign(visit)

    claim = claims.draft_claim(visit)

    assert claim.authorization == march
    assert content_of(claim).prior_authorization == "A-MAR"
    assert list(claim.findings.all()) == []


@pytest.mark.parametrize("short_of", ["visits", "codes"])
def test_of_two_authorizations_of_the_day_the_one_that_serves_is_taken(partner, short_of):
    payer = make_payer(authorization_needed=True)
    visit = make_visit(("97112", 24), payer=payer)
    card = visit.patient.coverages.get()
    short = AuthorizationFactory(
        coverage=card,
        number="A-1",
        visits_approved=1,
        codes=["97110"] if short_of == "codes" else [],
        ends_on=dt.date(2026, 3, 31),
    )
    good = AuthorizationFactory(coverage=card, number="A-2", ends_on=dt.date(2026, 6, 30))
    if short_of == "visits":
        other = make_visit(("97112", 24), payer=payer)
        sign(other)
        used = claims.draft_claim(other)
        Claim.objects.filter(pk=used.pk).update(authorization=short)
    sign(visit)

    assert claims.draft_claim(visit).authorization == good


def test_what_the_file_would_refuse_is_found_before_it_is_built(partner):
    visit = make_visit(("97112", 24), payer=make_payer(partner=partner))
    visit.patient.last_name = "李"
    visit.patient.save(update_fields=["last_name"])
    sign(visit)

    claim = claims.draft_claim(visit)

    assert list(claim.findings.values_list("check_id", "field")) == [
        ("cannot_be_written", "coverage")
    ]
    assert claim.status == Claim.Status.NEEDS_WORK
