"""Files that leave the house: sound, kept byte for byte, each number used once."""

import datetime as dt
import hashlib

import pytest
from django.db import DatabaseError, transaction

from billing import batches, claims
from billing.models import Batch, Claim, EdiFile, PayerPolicy
from billing.models.claim import NotAllowed
from people.models import Coverage, Role
from tests.at_once import all_at_once
from tests.billing.makers import make_fees, make_partner, make_payer, make_signed_visit
from tests.billing.x12.pyx12_check import check
from tests.factories import UserFactory


@pytest.fixture
def biller():
    return UserFactory(roles=[Role.BILLER])


@pytest.fixture
def partner():
    return make_partner()


@pytest.fixture
def medicare(partner):
    make_fees()
    return make_payer(partner=partner)


def released(payer, biller, *minutes) -> Claim:
    claim = claims.draft_claim(make_signed_visit(*minutes, payer=payer))
    claims.release(claim=claim, by=biller)
    claim.refresh_from_db()
    return claim


def text_of(batch: Batch) -> str:
    return bytes(batch.file.file_bytes).decode("ascii")


@pytest.mark.django_db
def test_a_medicare_file_passes_the_independent_validator(medicare, partner, biller):
    released(medicare, biller)
    released(medicare, biller, ("97112", 30), ("97140", 15))

    batch = batches.build(partner=partner, by=biller)

    assert check(text_of(batch)) == (True, [])


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3])
def test_a_file_costs_as_many_queries_for_three_claims_as_for_one(
    medicare, partner, biller, count, django_assert_num_queries
):
    for _ in range(count):
        released(medicare, biller)
    batches.build(partner=partner, by=biller)  # the practice, the policies: looked up once
    Claim.objects.update(status=Claim.Status.RELEASED)
    Batch.objects.update(status=Batch.Status.WITHDRAWN)

    with django_assert_num_queries(16):
        batches.build(partner=partner, by=biller)


@pytest.mark.django_db
def test_a_commercial_file_for_a_child_on_a_parents_card_passes_too(biller):
    make_fees()
    partner = make_partner(name="Clearinghouse", receiver_id="CLEAR01")
    payer = make_payer(
        name="Aetna",
        kind="commercial",
        filing="CI",
        unit_rule="ama",
        certification_needed=False,
        referral_needed=False,
        assistant_modifier=False,
        partner=partner,
    )
    visit = make_signed_visit(("97112", 24), ("97110", 23), payer=payer)
    Coverage.objects.update(
        relation="19",
        subscriber_first_name="José",
        subscriber_last_name="Okafor",
        subscriber_birth_date=dt.date(1980, 5, 1),
        member_id="W123456789",
        group_number="GRP8842",
    )
    claim = claims.draft_claim(visit)
    claims.release(claim=claim, by=biller)

    batch = batches.build(partner=partner, by=biller)

    assert check(text_of(batch)) == (True, [])
    assert "NM1*IL*1*OKAFOR*JOSE****MI*W123456789~" in text_of(batch)


@pytest.mark.django_db
def test_the_stored_file_has_the_hash_that_stands_beside_it(medicare, partner, biller):
    released(medicare, biller)

    file = batches.build(partner=partner, by=biller).file

    file.refresh_from_db()
    assert hashlib.sha256(bytes(file.file_bytes)).hexdigest() == file.sha256


@pytest.mark.django_db
def test_a_batch_takes_every_released_claim_of_its_partner_and_no_other(medicare, biller, partner):
    other_partner = make_partner(name="Other", receiver_id="OTHER1")
    other_payer = make_payer(name="Blues", kind="blues", filing="BL", partner=other_partner)
    ours, theirs = released(medicare, biller), released(other_payer, biller)

    batch = batches.build(partner=partner, by=biller)

    assert list(batch.claims.all()) == [ours]
    theirs.refresh_from_db()
    assert theirs.status == Claim.Status.RELEASED


@pytest.mark.django_db
def test_a_payer_that_names_no_partner_waits_and_is_shown(biller):
    make_fees()
    claim = released(make_payer(), biller)

    assert batches.waiting_by_partner() == {None: [claim]}


@pytest.mark.django_db
def test_nothing_released_means_no_file_and_no_number(partner, biller, medicare):
    with pytest.raises(batches.NothingToSend):
        batches.build(partner=partner, by=biller)

    assert (Batch.objects.count(), EdiFile.objects.count()) == (0, 0)


@pytest.mark.django_db
def test_a_withdrawn_file_gives_its_claims_back_and_never_its_number(medicare, partner, biller):
    claim = released(medicare, biller)
    first = batches.build(partner=partner, by=biller)

    batches.withdraw(batch=first, by=biller)
    second = batches.build(partner=partner, by=biller)

    assert list(second.claims.all()) == [claim]
    assert second.interchange_control_number > first.interchange_control_number


@pytest.mark.django_db
def test_a_file_is_marked_sent_once_and_its_claims_with_it(medicare, partner, biller):
    claim = released(medicare, biller)
    batch = batches.build(partner=partner, by=biller)

    batches.mark_sent(batch=batch, by=biller)

    claim.refresh_from_db()
    assert claim.status == Claim.Status.SENT
    with pytest.raises(batches.NotBuilt):
        batches.mark_sent(batch=batch, by=biller)


@pytest.mark.django_db
def test_the_database_refuses_to_change_a_file(medicare, partner, biller):
    released(medicare, biller)
    batches.build(partner=partner, by=biller)

    with pytest.raises(DatabaseError, match="only ever added"), transaction.atomic():
        EdiFile.objects.update(file_bytes=b"ISA")


@pytest.mark.django_db
def test_the_policy_of_the_date_of_service_decides_who_gets_the_file(medicare, partner, biller):
    claim = released(medicare, biller)
    newer = make_partner(name="New contractor", receiver_id="NEW01")
    old = PayerPolicy.objects.get(payer=medicare)
    old.effective_to = dt.date(2026, 6, 30)
    old.save(update_fields=["effective_to"])
    PayerPolicy.objects.create(
        payer=medicare,
        effective_from=dt.date(2026, 7, 1),
        unit_rule="cms",
        source="test",
        partner=newer,
    )

    assert batches.waiting_by_partner() == {partner: [claim]}


@pytest.mark.django_db(transaction=True)
def test_eight_drafters_of_one_visit_make_one_claim():
    make_fees()
    visit = make_signed_visit(payer=make_payer())

    answers = all_at_once([lambda: claims.draft_claim(visit).pk] * 8)

    assert Claim.objects.count() == 1
    assert answers == [Claim.objects.get().pk] * 8


@pytest.mark.django_db(transaction=True)
def test_two_billers_cannot_both_release_a_claim():
    make_fees()
    claim = claims.draft_claim(make_signed_visit(payer=make_payer()))
    biller = UserFactory(roles=[Role.BILLER])

    def release() -> int:
        return claims.release(claim=claim, by=biller).number

    answers = all_at_once([release] * 2, told=(NotAllowed,))

    assert sorted(map(str, answers)) == ["1", "NotAllowed"]


@pytest.mark.django_db(transaction=True)
def test_two_builders_put_a_claim_into_one_file():
    make_fees()
    partner, biller = make_partner(), UserFactory(roles=[Role.BILLER])
    released(make_payer(partner=partner), biller)

    def build() -> int:
        return batches.build(partner=partner, by=biller).claims.count()

    answers = all_at_once([build] * 2, told=(batches.NothingToSend,))

    assert sorted(map(str, answers)) == ["1", "NothingToSend"]
    assert EdiFile.objects.count() == 1
