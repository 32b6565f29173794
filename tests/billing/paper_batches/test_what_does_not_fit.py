"""What the form has no room for is said before the claim is released."""

import pytest

from billing import claims
from billing.fixes import link_to_fix
from billing.models import Finding
from people.models import Payer, Practice
from tests.billing.makers import make_fees, make_partner, make_payer, make_signed_visit

pytestmark = pytest.mark.django_db


def visit_that_fits(payer):
    """The practice's name is short enough for item 33."""
    visit = make_signed_visit(payer=payer)
    Practice.objects.update(legal_name="River Bend PT")
    return visit


def found_on(claim) -> list[tuple[str, str, str]]:
    return [(row.check_id, row.severity, row.field) for row in claim.findings.all()]


def test_a_name_that_is_cut_is_said_with_its_field_and_holds_nothing(by_mail, biller):
    visit = visit_that_fits(by_mail)
    visit.clinic.name = "River Bend Physical Therapy of Gresham"
    visit.clinic.save(update_fields=["name"])

    claim = claims.draft_claim(visit)

    assert (claim.status, found_on(claim)) == (
        "ready",
        [("no_room_on_form", "warning", "clinic")],
    )
    assert claim.findings.get().message == (
        "CMS-1500 item 32: Service facility name has 38 characters; 26 fit."
    )


def test_a_number_that_would_be_cut_holds_the_claim(by_mail, biller):
    visit = visit_that_fits(by_mail)
    visit.patient.coverages.update(member_id="W" + "1" * 35)

    claim = claims.draft_claim(visit)

    assert (claim.status, found_on(claim)) == (
        "needs_work",
        [("no_room_on_form", "error", "coverage.member_id")],
    )
    with pytest.raises(claims.NotReady):
        claims.release(claim=claim, by=biller)


def test_a_payer_without_an_address_cannot_be_mailed_to(by_mail, biller):
    Payer.objects.filter(pk=by_mail.pk).update(line1="")

    claim = claims.draft_claim(visit_that_fits(by_mail))

    assert found_on(claim) == [("payer_address", "error", "payer_record.address")]


def test_what_goes_in_a_file_is_not_measured_by_the_form(biller):
    make_fees()
    visit = make_signed_visit(payer=make_payer(partner=make_partner()))
    visit.clinic.name = "River Bend Physical Therapy of Gresham"
    visit.clinic.save(update_fields=["name"])

    assert found_on(claims.draft_claim(visit)) == []


@pytest.mark.parametrize(
    ("field", "label"),
    [("clinic", "Clinic"), ("payer_record.address", "Payer"), ("coverage.member_id", "Card")],
)
def test_a_finding_of_the_form_leads_to_where_it_is_mended(by_mail, biller, field, label):
    claim = claims.draft_claim(make_signed_visit(payer=by_mail))

    assert link_to_fix(Finding(claim=claim, field=field), claim, by=biller).label == label
