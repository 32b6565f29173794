"""Every finding leads to a page that opens for whoever shall mend it."""

import datetime as dt

import pytest
from django.urls import reverse

from billing import reply_words
from billing.claims import draft_claim
from billing.fixes import Fix, link_to_fix
from billing.models import Finding
from billing.rules.checks import ALL_CHECKS
from documentation.frozen import content_of, signer_of
from documentation.models import Note
from people.models import Role
from tests.billing.makers import make_fees, make_payer, make_visit
from tests.billing.rules import claim_faults, earlier_faults
from tests.factories import AuthorizationFactory, NoteFactory, UserFactory, at

pytestmark = pytest.mark.django_db

MUTATIONS = [*claim_faults.MUTATIONS, *earlier_faults.MUTATIONS]

# Who alone may change these; a biller reads whose work it is.
OWNERS = {"practice", "clinic", "provider"}
# What a therapist writes; a biller reads it and asks.
THERAPISTS = {"note", "visit", "episode", "plan_of_care"}

FIELDS = {(check, field) for _, check, _, field in MUTATIONS}
OF_REPLIES = {
    *(("turned_back", field) for _, field in reply_words.ENTITIES.values()),
    *(("turned_back", field) for field in reply_words.LOOPS.values()),
    *(("turned_back", field) for field in reply_words.SEGMENTS.values()),
    *(("turned_back", field) for _, field in reply_words._statuses().values() if field),
}


@pytest.fixture
def claim():
    make_fees()
    visit = make_visit(("97112", 24), payer=make_payer(authorization_needed=True))
    _sign(visit)
    AuthorizationFactory(coverage=visit.patient.coverages.get(), ends_on=dt.date(2026, 3, 1))
    return draft_claim(visit)


def _sign(visit):
    """Signed as signing does it: the note shows what was frozen."""
    note = NoteFactory(visit=visit)
    signed_at = at(11)
    content = content_of(note)
    content["signature"] = signer_of(visit.therapist) | {"signed_at": signed_at.isoformat()}
    Note.objects.filter(pk=note.pk).update(
        content=content,
        content_sha256="0" * 64,
        signed_by=visit.therapist.user,
        signed_at=signed_at,
        signer_name=str(visit.therapist),
    )


def person(role, claim):
    return UserFactory(roles=[role], clinics=[claim.clinic])


def where(field, claim, by):
    return link_to_fix(Finding(claim=claim, field=field), claim, by=by)


def test_every_check_names_a_field_and_every_field_is_walked():
    assert {check for check, _ in FIELDS} == {check.__name__ for check in ALL_CHECKS}
    assert all(field for _, field in FIELDS)


def test_a_biller_gets_a_page_that_opens_or_reads_whose_work_it_is(client, claim):
    biller = person(Role.BILLER, claim)
    client.force_login(biller)

    for check, field in sorted(FIELDS | OF_REPLIES):
        fix = where(field, claim, biller)
        assert fix is not None, (check, field)
        if field.partition(".")[0] in OWNERS:
            assert (fix.url, fix.whose) == ("", "Owner"), (check, field)
        else:
            assert client.get(fix.url).status_code == 200, (check, field)


def test_a_card_that_was_ended_too_early_is_opened_and_none_added_beside_it(claim):
    card = claim.coverage
    card.ends_on = claim.visit.date_of_service - dt.timedelta(days=1)
    card.save(update_fields=["ends_on"])
    claim.coverage = None

    fix = where("coverage", claim, person(Role.BILLER, claim))

    assert fix == Fix("Card", reverse("people:coverage-edit", args=[card.pk]))


def test_an_owner_gets_a_page_that_opens_for_everything(client, claim):
    owner = person(Role.OWNER, claim)
    client.force_login(owner)

    for check, field in sorted(FIELDS | OF_REPLIES):
        fix = where(field, claim, owner)
        assert fix is not None, (check, field)
        assert client.get(fix.url).status_code == 200, (check, field)


def test_a_therapist_gets_the_page_where_the_therapists_own_work_is_changed(client, claim):
    therapist = claim.visit.therapist.user
    therapist.clinics.add(claim.clinic)
    client.force_login(therapist)

    opened = {}
    for check, field in sorted(FIELDS | OF_REPLIES):
        if field.partition(".")[0] in THERAPISTS:
            fix = where(field, claim, therapist)
            assert client.get(fix.url).status_code == 200, (check, field)
            opened.setdefault(field.partition(".")[0], set()).add(fix.label)

    assert opened == {
        "note": {"Visit"},
        "visit": {"Visit", "Case"},
        "episode": {"Case"},
        "plan_of_care": {"Plan of care"},
    }


@pytest.mark.parametrize(
    ("field", "name", "key"),
    [
        ("visit.services", "documentation:note", "visit.note.pk"),
        ("claim.lines", "billing:claim", "pk"),
        ("claim.details", "billing:claim-details", "pk"),
        ("coverage.member_id", "people:coverage-edit", "coverage.pk"),
        ("payer_record", "people:payer-edit", "payer.pk"),
    ],
)
def test_a_field_leads_to_its_own_record(claim, field, name, key):
    record = claim
    for part in key.split("."):
        record = getattr(record, part)

    fix = where(field, claim, person(Role.BILLER, claim))

    assert fix.url.partition("#")[0] == reverse(name, args=[record])


def test_an_edit_leads_to_the_visit_and_not_to_the_fees(client, claim):
    Finding.objects.create(
        claim=claim,
        check_id="ncci",
        severity="error",
        message="97150 includes 97112 on the same day.",
        field=next(field for _, check, _, field in MUTATIONS if check == "ncci"),
    )
    client.force_login(person(Role.BILLER, claim))

    page = client.get(claim.get_absolute_url()).content.decode()

    note = reverse("documentation:note", args=[claim.visit.note.pk])
    assert f'<a class="btn btn-sm" href="{note}">Visit</a>' in page


def test_without_an_authorization_the_biller_adds_one_to_the_card(claim):
    claim.authorization = None
    claim.coverage.authorizations.all().delete()

    fix = where("authorization", claim, person(Role.BILLER, claim))

    url = reverse("people:authorization-new", args=[claim.coverage.pk])
    assert fix == Fix("Add an authorization", url)


def test_the_page_of_a_claim_says_whose_work_a_finding_is(client, claim):
    Finding.objects.create(
        claim=claim,
        check_id="billing_npi",
        severity="error",
        message="The practice has no NPI yet.",
        field="practice.npi",
    )
    client.force_login(person(Role.BILLER, claim))

    page = client.get(claim.get_absolute_url()).content.decode()

    assert '<p class="small soft finding-whose">Practice: for owner</p>' in page
