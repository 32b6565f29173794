"""Superbills: visits no payer was billed for, frozen when asked for, charged to the patient."""

import io
from decimal import Decimal

import pypdf
import pytest
from django.db import DatabaseError, connection, transaction

from billing import batches, claims, issued_papers, ledger, superbills, verification
from billing.models import Claim, LedgerEntry, Superbill, SuperbillVisit
from documentation.models import EpisodeDiagnosis
from people.models import Role
from tests.billing.makers import (
    make_fees,
    make_partner,
    make_payer,
    make_signed_visit,
    make_visit,
    sign,
)
from tests.factories import (
    AppointmentFactory,
    CoverageFactory,
    DeskPaymentFactory,
    TimedEntryFactory,
    UserFactory,
    VisitFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def biller():
    return UserFactory(roles=[Role.BILLER], first_name="Bea", last_name="Quill")


@pytest.fixture
def visit():
    """97112 for 24 minutes and 97110 for 23: three units, $275.00; nobody's card."""
    make_fees()
    visit = make_visit(("97112", 24), ("97110", 23))
    visit.appointment = AppointmentFactory(
        patient=visit.patient, therapist=visit.therapist, status="completed"
    )
    visit.save(update_fields=["appointment"])
    sign(visit)
    return visit


def ask(visit, *visits, by) -> Superbill:
    return superbills.ask(patient=visit.patient, visits=[visit, *visits], by=by)


def refusal_of(visit) -> str:
    return next(one.refusal for one in superbills.candidates(visit.patient) if one.visit == visit)


def text_of(content: bytes) -> str:
    reader = pypdf.PdfReader(io.BytesIO(content))
    return " ".join(" ".join(page.extract_text().split()) for page in reader.pages)


def paid(visit, amount: str, **fields):
    return DeskPaymentFactory(appointment=visit.appointment, amount=Decimal(amount), **fields)


# --- What it says -------------------------------------------------------------------------------


def test_a_superbill_says_all_that_an_insurer_asks_for(visit, biller):
    payment = paid(visit, "100.00")
    superbill = ask(visit, by=biller)

    issued_papers.make(superbill, issued_papers.superbill_pdf)
    superbill.refresh_from_db()
    text = text_of(bytes(superbill.file_bytes))

    for said in (
        f"Superbill SB{superbill.pk:06d}",
        "Riverbend Physical Therapy LLC",
        "Tax ID (EIN) 93-1234567",
        f"NPI {visit.therapist.npi}",
        "Ada Okafor",
        "Mar 12, 1958",
        "No insurance was billed for these visits.",
        "Mar 2, 2026",
        "place of service 11",
        EpisodeDiagnosis.objects.get().code,
        "GP 2 $95.00 $190.00",
        "GP 1 $85.00 $85.00",
        "Visit of Mar 2, 2026 $275.00",
        f"Mar 2, 2026 {payment.receipt} Card $100.00",
        "Balance of these visits $175.00",
    ):
        assert said in text, said


def test_its_pdf_can_be_read_aloud_and_is_the_same_bytes_twice(visit, biller):
    superbill = ask(visit, by=biller)

    issued_papers.make(superbill, issued_papers.superbill_pdf)
    superbill.refresh_from_db()

    assert issued_papers.superbill_pdf(superbill) == bytes(superbill.file_bytes)
    catalog = pypdf.PdfReader(io.BytesIO(bytes(superbill.file_bytes))).trailer["/Root"]
    assert catalog["/MarkInfo"]["/Marked"]
    assert b"pdfuaid:part" in catalog["/Metadata"].get_object().get_data()


def test_a_second_worker_finds_it_made_and_leaves(visit, biller):
    superbill = ask(visit, by=biller)
    issued_papers.make(superbill, lambda row: b"%PDF first")

    issued_papers.make(superbill, lambda row: b"%PDF second")

    superbill.refresh_from_db()
    assert bytes(superbill.file_bytes) == b"%PDF first"
    assert superbill.attempts == 1


def test_what_is_given_back_and_a_fee_for_a_missed_visit_are_told_apart(visit, biller):
    copay = paid(visit, "100.00")
    paid(visit, "60.00", kind="fee")
    paid(visit, "-100.00", reverses=copay, reason="Wrong card")

    content = ask(visit, by=biller).content

    assert [(row["how"], row["amount"]) for row in content["payments"]] == [
        ("Card", "$100.00"),
        ("Given back", "-$100.00"),
    ]
    assert (content["paid"], content["balance"]) == ("$0.00", "$275.00")


def test_visits_come_in_order_of_their_days_whatever_order_they_were_ticked_in(visit, biller):
    later = VisitFactory(
        episode=visit.episode, therapist=visit.therapist, date_of_service="2026-03-04"
    )
    TimedEntryFactory(visit=later, code_id="97110", minutes=15)
    sign(later)

    superbill = ask(later, visit, by=biller)

    assert [row["day"] for row in superbill.content["visits"]] == ["Mar 2, 2026", "Mar 4, 2026"]
    assert superbill.total == Decimal("360.00")


# --- What it takes ------------------------------------------------------------------------------


def test_an_unsigned_visit_is_refused(biller):
    make_fees()
    visit = make_visit(("97110", 30))

    with pytest.raises(superbills.Refused) as refused:
        ask(visit, by=biller)

    assert refused.value.reasons == {
        visit.pk: "Its note is not final yet: signed, and co-signed where that is needed."
    }
    assert not Superbill.objects.exists()


def test_a_note_that_waits_for_its_co_signature_is_refused(biller):
    make_fees()
    visit = make_visit(("97110", 30))
    sign(visit, cosign_needed=True)

    assert refusal_of(visit).startswith("Its note is not final yet")


def test_a_visit_that_was_billed_to_a_payer_is_refused_however_the_claim_ended(biller):
    make_fees()
    partner = make_partner()
    payer = make_payer(partner=partner)
    visit = make_signed_visit(payer=payer)
    claim = claims.draft_claim(visit)

    assert refusal_of(visit) == (
        "A claim to Medicare Part B is being prepared. Void it if the patient pays instead."
    )

    claims.release(claim=claim, by=biller)
    assert refusal_of(visit) == "Its claim to Medicare Part B was released."

    batch = batches.build(partner=partner, by=biller)
    batches.mark_sent(batch=batch, by=biller)
    Claim.objects.update(status=Claim.Status.VOID)
    assert refusal_of(visit) == "It was billed to Medicare Part B."
    with pytest.raises(superbills.Refused):
        ask(visit, by=biller)


def test_a_claim_that_was_voided_before_it_left_is_in_nobodys_way(biller):
    make_fees()
    visit = make_signed_visit(payer=make_payer())
    claims.void(claim=claims.draft_claim(visit), by=biller, reason="The patient pays")

    assert ask(visit, by=biller).total == Decimal("275.00")


def test_a_code_without_a_price_is_refused_by_name(biller):
    make_fees(c97110="85.00")
    visit = make_signed_visit()

    with pytest.raises(superbills.Refused) as refused:
        ask(visit, by=biller)

    assert refused.value.reasons == {
        visit.pk: "97112 has no price on the practice's own list that day."
    }


def test_a_visit_stands_on_one_superbill_at_the_most(visit, biller):
    superbill = ask(visit, by=biller)

    assert refusal_of(visit) == f"It stands on superbill {superbill.number}."
    with pytest.raises(DatabaseError), transaction.atomic():
        SuperbillVisit.objects.create(superbill=superbill, visit=visit, charge=1)


def test_another_patients_visit_is_not_taken(visit, biller):
    other = make_signed_visit()

    with pytest.raises(superbills.Refused):
        superbills.ask(patient=visit.patient, visits=[other], by=biller)


# --- The ledger and the claim -------------------------------------------------------------------


def test_its_charges_raise_what_the_patient_owes_and_taking_it_back_lowers_it_again(visit, biller):
    superbill = ask(visit, by=biller)
    assert ledger.balance_of(visit.patient)["patient"] == Decimal("275.00")

    superbills.take_back(superbill=superbill, reason="Insured after all", by=biller)

    assert ledger.balance_of(visit.patient)["patient"] == Decimal("0.00")
    assert [(row.kind, row.amount) for row in LedgerEntry.objects.order_by("pk")] == [
        ("charge", Decimal("275.00")),
        ("reversal", Decimal("-275.00")),
    ]
    superbill.refresh_from_db()
    assert (superbill.stands, superbill.withdrawn_by) == (False, biller)
    assert refusal_of(visit) == ""


def test_of_two_who_take_it_back_one_is_told(visit, biller):
    superbill = ask(visit, by=biller)
    superbills.take_back(superbill=superbill, reason="Insured after all", by=biller)

    with pytest.raises(superbills.TakenBack):
        superbills.take_back(superbill=superbill, reason="Again", by=biller)

    assert LedgerEntry.objects.count() == 2


def test_a_card_that_turns_up_later_bills_nothing_while_the_superbill_stands(visit, biller):
    superbill = ask(visit, by=biller)
    CoverageFactory(patient=visit.patient, payer=make_payer(), member_id="1EG4TE5MK73")
    claim = claims.draft_claim(visit)

    held = {finding.check_id for finding in claim.findings.filter(severity="error")}
    assert held == {"on_a_superbill"}
    with pytest.raises(claims.NotReady):
        claims.release(claim=claim, by=biller)

    superbills.take_back(superbill=superbill, reason="Insured after all", by=biller)
    claims.release(claim=claim, by=biller)
    assert ledger.balance_of(visit.patient) == {
        "payer": Decimal("275.00"),
        "patient": Decimal("0.00"),
    }


# --- It stays -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change", [{"content": {}}, {"total": 1}, {"asked_at": "2026-01-01T00:00Z"}, {"sha256": "1"}]
)
def test_nothing_of_a_superbill_that_was_made_can_be_changed(visit, biller, change):
    superbill = ask(visit, by=biller)
    issued_papers.make(superbill, lambda row: b"%PDF")

    with pytest.raises(DatabaseError), transaction.atomic():
        Superbill.objects.filter(pk=superbill.pk).update(**change)


def test_a_superbill_is_taken_back_once_and_never_deleted(visit, biller):
    superbill = ask(visit, by=biller)
    superbills.take_back(superbill=superbill, reason="Insured after all", by=biller)

    for act in (
        lambda: Superbill.objects.update(withdrawn_reason="Another"),
        lambda: SuperbillVisit.objects.update(stands=True),
        lambda: SuperbillVisit.objects.update(charge=1),
        lambda: SuperbillVisit.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()


def test_bytes_that_were_changed_behind_its_back_are_found(visit, biller):
    superbill = ask(visit, by=biller)
    issued_papers.make(superbill, lambda row: b"%PDF")
    assert verification.changed_bills() == []

    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE billing_superbill DISABLE TRIGGER superbills_stay")
        cursor.execute("UPDATE billing_superbill SET file_bytes = 'x'")
        cursor.execute("ALTER TABLE billing_superbill ENABLE TRIGGER superbills_stay")

    assert verification.changed_bills() == [
        f"superbill {superbill.pk}: its bytes are not those that were made"
    ]


def test_a_pdf_that_cannot_be_drawn_waits_for_a_person_with_the_reason(visit, biller):
    superbill = ask(visit, by=biller)

    def broken(row):
        raise ValueError("no")

    for _ in range(5):
        with pytest.raises(ValueError, match="no"):
            issued_papers.make(superbill, broken)
    superbill.refresh_from_db()
    assert superbill.status == "failed"
    assert superbill.problem == "Something in it could not be drawn (ValueError)."

    assert issued_papers.ask_again(superbill, by=biller)
    issued_papers.make(superbill, lambda row: b"%PDF")
    superbill.refresh_from_db()
    assert superbill.status == "ready"


def test_the_visits_are_judged_in_as_many_queries_however_many_there_are(
    visit, biller, django_assert_max_num_queries
):
    for number in range(4, 8):
        other = VisitFactory(
            episode=visit.episode, therapist=visit.therapist, date_of_service=f"2026-03-{number:02}"
        )
        sign(other)

    with django_assert_max_num_queries(4):  # visits, claims, their batches, superbills
        found = superbills.candidates(visit.patient)

    assert len(found) == 5
