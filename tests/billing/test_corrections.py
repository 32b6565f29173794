"""Claims a payer has decided: corrected, voided there, and nothing owed twice."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from billing import batches, claims, corrections, replies
from billing.models import Claim, LedgerEntry, PayerPolicy
from billing.version_diff import Change, changes
from people.models import Role
from tests.billing.makers import make_fees, make_partner, make_payer, make_signed_visit
from tests.billing.x12.answers import ca_277, claim_277
from tests.billing.x12.pyx12_check import check
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
TAKEN = ("STC*A2:20*20260303*WQ", "REF*1K*ICN77")


@pytest.fixture
def biller(client):
    user = UserFactory(roles=[Role.BILLER])
    client.force_login(user)
    return user


@pytest.fixture
def partner():
    make_fees()
    return make_partner()


def send(claim, partner, biller):
    batch = batches.build(partner=partner, by=biller)
    assert check(bytes(batch.file.file_bytes).decode("ascii")) == (True, [])
    batches.mark_sent(batch=batch, by=biller)
    claim.refresh_from_db()
    return batch


def answer(claim, batch, *segments, control=902):
    content = ca_277(
        f"B{batch.interchange_control_number:09d}",
        claim_277(claim.control_number, *segments),
        control=control,
    )
    reply, _ = replies.take_in(content=content, name="a", came_by="upload", by=None)
    replies.apply(reply=reply)
    claim.refresh_from_db()


@pytest.fixture
def accepted(partner, biller):
    """A claim that the payer has, under the number ICN77."""
    claim = claims.draft_claim(make_signed_visit(payer=make_payer(partner=partner)))
    claims.release(claim=claim, by=biller)
    answer(claim, send(claim, partner, biller), *TAKEN)
    assert (claim.status, claim.payer_control_number) == ("accepted", "ICN77")
    return claim


def owed(claim):
    return sum(entry.amount for entry in LedgerEntry.objects.filter(claim=claim))


def segments(batch, *ids):
    text = bytes(batch.file.file_bytes).decode().replace("\n", "")
    return [row for row in text.split("~") if row.split("*")[0] in ids]


WHY = {"reason": "Wrong units", "payer_control_number": ""}


def test_a_corrected_claim_names_the_payers_number_and_is_owed_once(accepted, partner, biller):
    total = accepted.total

    corrections.correct(claim=accepted, by=biller, **WHY)
    opened = owed(accepted)
    accepted.refresh_from_db()
    claims.release(claim=accepted, by=biller)
    batch = send(accepted, partner, biller)

    (clm,) = segments(batch, "CLM")
    assert clm.split("*")[5].split(":")[2] == "7"
    assert "REF*F8*ICN77" in segments(batch, "REF")
    assert (opened, owed(accepted)) == (0, total)


def test_a_void_says_what_the_payer_has_and_closes_the_claim_once_it_is_taken(
    accepted, partner, biller
):
    first = accepted.versions.get()

    corrections.void_at_payer(claim=accepted, by=biller, **WHY)
    batch = send(accepted, partner, biller)
    answer(accepted, batch, *TAKEN, control=903)

    (clm,) = segments(batch, "CLM")
    assert clm.split("*")[5].split(":")[2] == "8"
    last = accepted.versions.latest("number")
    assert changes(first.content, last.content) == [
        Change("Frequency", "1", "8"),
        Change("Payer claim number", "", "ICN77"),
    ]
    assert (accepted.status, owed(accepted)) == ("void", 0)


def test_a_void_that_is_turned_back_is_sent_again_and_not_mended(accepted, partner, biller):
    corrections.void_at_payer(claim=accepted, by=biller, **WHY)
    answer(accepted, send(accepted, partner, biller), "STC*A7:464*20260303*U", control=903)
    assert accepted.status == "rejected"

    with pytest.raises(claims.PayerHasIt):
        claims.take_back(claim=accepted, by=biller)
    corrections.void_at_payer(
        claim=accepted, by=biller, reason="Wrong patient", payer_control_number="ICN78"
    )

    accepted.refresh_from_db()
    assert (accepted.status, accepted.versions.count()) == ("released", 3)
    assert accepted.versions.latest("number").content["payer_claim_number"] == "ICN78"
    assert owed(accepted) == 0


@pytest.mark.parametrize("act", [corrections.correct, corrections.void_at_payer])
def test_without_the_payers_number_nothing_is_changed(accepted, biller, act):
    Claim.objects.update(payer_control_number="")
    before = Claim.objects.values().get()

    with pytest.raises(corrections.NoPayerNumber):
        act(claim=accepted, by=biller, **WHY)

    assert Claim.objects.values().get() == before
    assert owed(accepted) == accepted.total


@pytest.mark.parametrize("act", [corrections.correct, corrections.void_at_payer])
def test_a_claim_that_no_payer_has_is_not_corrected(partner, biller, act):
    claim = claims.draft_claim(make_signed_visit(payer=make_payer(partner=partner)))

    with pytest.raises(corrections.NotDecided):
        act(claim=claim, by=biller, reason="x", payer_control_number="ICN1")


def test_a_payer_that_takes_no_corrections_is_asked_to_reopen_and_a_denied_claim_goes_anew(
    accepted, partner, biller
):
    PayerPolicy.objects.update(takes_corrections=False)

    with pytest.raises(corrections.NotTaken):
        corrections.correct(claim=accepted, by=biller, **WHY)
    with pytest.raises(corrections.NotTaken):
        corrections.void_at_payer(claim=accepted, by=biller, **WHY)

    accepted.move_to(Claim.Status.DENIED)
    corrections.correct(claim=accepted, by=biller, **WHY)
    accepted.refresh_from_db()
    claims.release(claim=accepted, by=biller)
    batch = send(accepted, partner, biller)
    assert segments(batch, "CLM")[0].split("*")[5].split(":")[2] == "1"
    assert not any(row.startswith("REF*F8") for row in segments(batch, "REF"))


def test_a_claim_the_payer_has_is_not_closed_here(accepted, biller):
    corrections.correct(claim=accepted, by=biller, **WHY)

    with pytest.raises(claims.PayerHasIt):
        claims.void(claim=accepted, by=biller, reason="Never mind")


def test_the_database_refuses_a_correction_of_nothing_and_one_without_a_reason(accepted):
    for values in (
        {"frequency": "7", "payer_control_number": "", "correction_reason": "x"},
        {"frequency": "8", "correction_reason": ""},
    ):
        with pytest.raises(IntegrityError, match="a_correction"), transaction.atomic():
            Claim.objects.update(**values)


# --- Pages ----------------------------------------------------------------------------------------


def test_the_page_asks_for_a_reason_and_the_payers_number(client, accepted):
    Claim.objects.update(payer_control_number="")
    url = reverse("billing:correct", args=[accepted.pk])

    nothing = client.post(url, {"do": "correct"})
    no_number = client.post(url, {"do": "void", "reason": "Wrong patient"})
    client.post(url, {"do": "void", "reason": "Wrong patient", "payer_control_number": "ICN5"})

    assert nothing.context["correction_form"].errors == {"reason": ["This field is required."]}
    assert no_number.context["correction_form"].errors == {
        "payer_control_number": ["The payer must be told which claim is meant."]
    }
    accepted.refresh_from_db()
    assert (accepted.status, accepted.frequency) == ("released", "8")
    page = client.get(accepted.get_absolute_url()).content.decode()
    assert "Voided at the payer" in page
    assert "Take back" not in page


def test_a_version_shows_what_it_changed(client, accepted, biller):
    corrections.void_at_payer(claim=accepted, by=biller, **WHY)

    page = client.get(
        reverse("billing:claim-version", args=[accepted.versions.latest("number").pk])
    )

    assert [change.where for change in page.context["changes"]] == [
        "Frequency",
        "Payer claim number",
    ]
    assert "Changed since version 1" in page.content.decode()


# --- What changed ---------------------------------------------------------------------------------


def test_changes_name_lines_by_number_and_lists_as_one_value():
    before = {
        "is": "Claim",
        "total_charge": "100.00",
        "diagnoses": ["I69354"],
        "lines": [{"is": "ServiceLine", "code": "97112", "units": 1, "modifiers": ["GP"]}],
        "accident": None,
        "assigned": True,
    }
    after = before | {
        "total_charge": "150.00",
        "diagnoses": ["I69354", "R26.89"],
        "lines": [
            {"is": "ServiceLine", "code": "97112", "units": 2, "modifiers": ["GP", "KX"]},
            {"is": "ServiceLine", "code": "97110", "units": 1, "modifiers": []},
        ],
        "accident": {"is": "Accident", "state": "OR"},
        "assigned": False,
    }

    assert changes(before, after) == [
        Change("Total charge", "100.00", "150.00"),
        Change("Diagnoses", "I69354", "I69354, R26.89"),
        Change("Line 1, units", "1", "2"),
        Change("Line 1, modifiers", "GP", "GP, KX"),
        Change("Line 2, code", "", "97110"),
        Change("Line 2, units", "", "1"),
        Change("Accident, state", "", "OR"),
        Change("Assigned", "yes", "no"),
    ]
    assert changes(before, before) == []


def test_changes_are_said_in_a_billers_words_and_days_as_the_pages_write_them():
    claim = {
        "onset_on": "2026-09-06",
        "payer": {"is": "Payer", "id": "02302", "address": {"is": "Address", "line1": "PO Box 1"}},
        "billing_provider": {"is": "Provider", "npi": "1222333449", "tax_id": "931234567"},
        "facility": {"is": "Provider", "name": {"is": "Company", "name": "Riverbend"}},
        "number": "1234-56-78",
    }

    assert changes(None, claim) == [
        Change("Onset on", "", "Sep 6, 2026"),
        Change("Payer, ID", "", "02302"),
        Change("Payer, address, line 1", "", "PO Box 1"),
        Change("Billing provider, NPI", "", "1222333449"),
        Change("Billing provider, tax ID", "", "931234567"),
        Change("Facility, name", "", "Riverbend"),
        Change("Number", "", "1234-56-78"),
    ]
