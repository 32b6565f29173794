"""A biller types an EOB: the sums are checked, kept, shown, and the next payer is billed."""

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse

from billing import claims
from billing.earlier_payers import decided_of, standing
from billing.models import Adjudication, Claim, LedgerEntry, PayerPolicy
from billing.rules.balance import Adjusted, Decided
from people.models import AuditEvent, Coverage, Role
from tests.billing.makers import make_fees, make_partner, make_payer, make_signed_visit
from tests.billing.secondary.makers import commercial, decide, sent
from tests.factories import CoverageFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def biller(client):
    user = UserFactory(roles=[Role.BILLER])
    client.force_login(user)
    return user


@pytest.fixture
def claim(biller):
    make_fees()
    partner = make_partner()
    claim = sent(make_payer(partner=partner), biller)
    CoverageFactory(patient=claim.patient, payer=commercial(partner), priority=2)
    return claim


def form_of(claim) -> str:
    return reverse("billing:adjudication-new", args=[claim.pk])


def rows(prefix, *adjustments):
    """A formset's fields: (group, reason, amount, quantity) each."""
    typed = {
        f"{prefix}-TOTAL_FORMS": len(adjustments) + 1,
        f"{prefix}-INITIAL_FORMS": 0,
        f"{prefix}-MIN_NUM_FORMS": 0,
        f"{prefix}-MAX_NUM_FORMS": 30,
        f"{prefix}-{len(adjustments)}-group": "PR",  # an open row that nobody filled in
    }
    for number, (group, reason, amount, *quantity) in enumerate(adjustments):
        typed |= {
            f"{prefix}-{number}-group": group,
            f"{prefix}-{number}-reason": reason,
            f"{prefix}-{number}-amount": amount,
            f"{prefix}-{number}-quantity": quantity[0] if quantity else "",
        }
    return typed


def typed(**changes):
    return {
        "source": "paper",
        "decided_on": "2026-03-20",
        "outcome": "processed",
        "payer_control_number": "EMB7731002",
        "remark_codes": "ma01, n130",
        "level": "lines",
        "line-1-paid": "80.00",
        "line-1-units": "2",
        **rows("line-1-adjustment", ("CO", "45", "90.00"), ("PR", "2", "20.00")),
        "line-2-paid": "40",
        "line-2-units": "",
        **rows("line-2-adjustment", ("CO", "45", "35.00"), ("PR", "2", "10.00", "1")),
        **rows("whole"),
    } | changes


def test_an_eob_is_kept_as_typed_and_the_next_payers_claim_is_drafted(client, claim):
    answer = client.get(client.post(form_of(claim), typed())["Location"])

    row = standing(claim)
    assert [decided_of(row).lines[n].paid for n in (0, 1)] == [Decimal("80.00"), Decimal("40.00")]
    assert decided_of(row).lines[1].adjustments == (
        Adjusted("CO", "45", Decimal("35.00")),
        Adjusted("PR", "2", Decimal("10.00"), 1),
    )
    assert (row.source, row.decided_on, row.remark_codes, row.paid) == (
        "paper",
        dt.date(2026, 3, 20),
        ["MA01", "N130"],
        Decimal("120.00"),
    )
    second = Claim.objects.get(sequence=2)
    said = answer.content.decode()
    assert f"Recorded. The claim to Cascade Mutual is drafted: {second.control_number}." in said
    assert "<dt>Patient's share after this payer</dt><dd>$30.00</dd>" in said
    event = AuditEvent.objects.get(action="claim.adjudicated")
    assert (event.patient, event.detail) == (claim.patient, {"number": 1, "outcome": "processed"})


def test_sums_that_do_not_meet_come_back_beside_their_line_with_all_that_was_typed(client, claim):
    answer = client.post(form_of(claim), typed(**{"line-2-paid": "41.00"}))

    said = answer.content.decode()
    assert answer.status_code == 422
    assert (
        "Line 2 (97110): 41.00 paid + 45.00 adjusted = 86.00, but 85.00 was charged: "
        "1.00 is too much."
    ) in said
    assert 'value="41.00"' in said
    assert not Adjudication.objects.exists()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"line-1-paid": ""}, "How much? 0 where nothing was paid."),
        ({"line-1-adjustment-0-reason": "4-5"}, "A code: 45, 253, B7 …"),
        ({"line-1-adjustment-0-amount": "0"}, "Leave the row empty where nothing was adjusted."),
        ({"line-1-adjustment-0-reason": ""}, "This field is required."),
        ({"decided_on": ""}, "This field is required."),
        ({"remark_codes": "MA-1"}, "MA-1 is no remark code: MA01, N130 …"),
        ({"remark_codes": "A1 A2 A3 A4 A5 A6"}, "A claim carries 5 remark codes at most."),
        ({"level": "whole", "paid": ""}, "How much? 0 where nothing was paid."),
        ({"line-1-paid": "-5"}, "Ensure this value is greater than or equal to 0."),
        ({"line-1-adjustment-TOTAL_FORMS": "x"}, "see what stands in red"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field_and_nothing_is_kept(
    client, claim, changes, sentence
):
    answer = client.post(form_of(claim), typed(**changes))

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not Adjudication.objects.exists()


def test_a_claim_decided_as_a_whole_needs_no_lines(client, claim):
    whole = typed(level="whole", paid="150.00") | rows("whole", ("CO", "45", "125.00"))
    for name in ("line-1-paid", "line-2-paid"):
        whole[name] = ""

    client.post(form_of(claim), whole)

    assert decided_of(standing(claim)) == Decided(
        charge=Decimal("275.00"),
        paid=Decimal("150.00"),
        adjustments=(Adjusted("CO", "45", Decimal("125.00")),),
    )


def test_a_decision_that_stands_is_shown_to_be_put_right(client, claim, biller):
    decide(claim, biller)

    said = client.get(form_of(claim)).content.decode()

    assert "A decision is on file." in said
    for value in ("80.00", "90.00", "20.00", "EMB7731002", "2026-03-20"):
        assert f'value="{value}"' in said


def test_a_denied_claim_is_denied(client, claim):
    denied = typed(level="whole", paid="0", outcome="denied")

    client.post(form_of(claim), denied | rows("whole", ("PR", "204", "275.00")))

    claim.refresh_from_db()
    assert claim.status == "denied"


def test_the_box_that_it_was_forwarded_begins_as_the_policy_says(client, claim):
    PayerPolicy.objects.filter(payer=claim.payer).update(forwards_claims=True)

    shown = client.get(form_of(claim)).content.decode()
    answer = client.get(client.post(form_of(claim), typed(forwarded="on"))["Location"])

    assert 'name="forwarded"' in shown
    assert "checked" in shown.partition('name="forwarded"')[2][:200]
    assert not Claim.objects.filter(sequence=2).exists()
    assert "The payer sends the claim on itself." in answer.content.decode()


def test_a_claim_that_nobody_has_says_so(client, biller):

    make_fees()
    draft = claims.draft_claim(make_signed_visit(payer=make_payer()))

    answer = client.get(client.get(form_of(draft))["Location"])

    assert "No payer has this claim: there is nothing to enter yet." in answer.content.decode()


def test_the_next_payer_can_be_billed_by_hand_once(client, claim, biller):
    decide(claim, biller)
    url = reverse("billing:draft-next", args=[claim.pk])
    assert "Bill Cascade Mutual" in client.get(claim.get_absolute_url()).content.decode()

    first = client.post(url)
    again = client.post(url)

    second = Claim.objects.get(sequence=2)
    assert first["Location"] == again["Location"] == second.get_absolute_url()
    page = client.get(claim.get_absolute_url()).content.decode()
    assert "Bill Cascade Mutual" not in page


def test_the_second_claims_page_shows_what_the_first_payer_did_to_each_line(client, claim, biller):
    decide(claim, biller)
    client.post(reverse("billing:draft-next", args=[claim.pk]))

    said = client.get(Claim.objects.get(sequence=2).get_absolute_url()).content.decode()

    assert "What Medicare Part B decided before" in said
    assert (
        '<td class="num" data-label="Paid before">$80.00</td>'
        '<td class="num" data-label="Left">$20.00</td>'
    ) in said
    for each in ("CO 45</span> $90.00", "PR 2</span> $20.00", "CO 45</span> $35.00", "$120.00"):
        assert each in said


def test_the_lists_name_the_payers_place_and_what_is_left_to_the_patient(client, claim, biller):
    decide(claim, biller)
    client.post(reverse("billing:draft-next", args=[claim.pk]))

    ready = client.get(reverse("billing:claims"), {"show": "ready"}).content.decode()
    done = client.get(reverse("billing:claims"), {"show": "done"}).content.decode()
    tab = client.get(reverse("billing:patient-claims", args=[claim.patient_id])).content.decode()

    assert "Secondary" in ready
    assert "$30.00 patient's share" in done
    assert ("Secondary" in tab, "$30.00 patient's share" in tab) == (True, True)


@pytest.mark.parametrize("count", [1, 3])
def test_the_work_list_asks_the_same_however_many_claims_were_decided(
    client, biller, django_assert_num_queries, count
):
    make_fees()
    payer = make_payer(partner=make_partner())
    for _ in range(count):
        decide(sent(payer, biller), biller)

    with django_assert_num_queries(18):
        client.get(reverse("billing:claims"), {"show": "done"})


def test_without_a_second_card_the_patient_owes_the_share(client, claim):
    Coverage.objects.filter(priority=2).delete()

    client.post(form_of(claim), typed())

    owed = LedgerEntry.objects.filter(claim=claim, party="patient")
    assert [(entry.kind, entry.amount) for entry in owed] == [("transfer", Decimal("30.00"))]


def test_a_reader_enters_nothing(client, claim):
    client.force_login(UserFactory(roles=[Role.AUDITOR]))

    assert client.post(form_of(claim), typed()).status_code == 403
    assert not Adjudication.objects.exists()
