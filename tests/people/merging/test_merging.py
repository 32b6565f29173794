"""Two records become one: what may change moves, what is final stays and is found."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from billing import claims, ledger
from billing.models import Claim
from documentation.models import Visit
from people import intake, merging, search
from people.models import Coverage, Patient
from scheduling import booking
from scheduling.models import Appointment
from tests.factories import AppointmentFactory, CoverageFactory, at
from tests.people.merging.rows import every_row
from tests.scheduling.conftest import open_desk

pytestmark = pytest.mark.django_db


def test_what_may_change_moves_and_what_is_final_stays_and_is_found(two, owner, client):
    kept, other = two

    record = merging.merge(kept=kept, other=other, take=["mobile_phone", "email"], by=owner)

    kept.refresh_from_db()
    other.refresh_from_db()
    assert (kept.mobile_phone, kept.email, kept.first_name) == (
        "+15035550142",
        "ada@mail.example",
        "Ada",
    )
    assert other.merged_into == kept
    assert set(Coverage.objects.values_list("patient", flat=True)) == {kept.pk}
    assert set(Appointment.objects.values_list("patient", flat=True)) == {kept.pk}
    assert {row["model"]: len(row["ids"]) for row in record.moved} | record.stayed == {
        "documentation.episode": 1,
        "documentation.visit": 1,
        "billing.ledgerentry": 1,
        "people.coverage": 1,
        "people.message": 1,
        "scheduling.appointment": 1,
    }
    assert record.fields == {
        "email": ["", "ada@mail.example"],
        "mobile_phone": ["", "+15035550142"],
    }
    signed, still_open = Visit.objects.order_by("date_of_service")
    assert (signed.patient, still_open.patient) == (other, kept)
    assert ledger.balance_of(kept)["patient"] == Decimal("35.00")
    client.force_login(owner)
    chart = client.get(reverse("documentation:chart", args=[kept.pk])).content.decode()
    assert reverse("documentation:note", args=[signed.note.pk]) in chart


def test_a_preview_changes_nothing_and_says_what_would_move_and_stay(two):
    kept, other = two
    before = every_row()

    told = merging.preview(kept=kept, other=other)

    assert every_row() == before
    assert {group.name: group.count for group in told.moves} == {
        "appointment": 1,
        "coverage": 1,
        "episode": 1,
        "message": 1,
        "visit": 1,
    }
    assert {group.name: group.count for group in told.stays} == {"ledger entry": 1, "visit": 1}
    assert told.conflicts == ()


def test_cards_and_appointments_that_overlap_are_resolved_first(two, owner):
    kept, other = two
    card = CoverageFactory(patient=kept, starts_on=dt.date(2026, 1, 1))
    theirs = Coverage.objects.get(patient=other)
    visit = Appointment.objects.get(patient=other)
    AppointmentFactory(patient=kept, starts_at=at(11))
    before = every_row()

    with pytest.raises(merging.CannotMerge) as refused:
        merging.merge(kept=kept, other=other, take=[], by=owner)

    assert [row for group in refused.value.conflicts for row in group.rows] == [theirs, visit]
    assert every_row() == before
    intake.change_coverage(coverage=card, by=owner, ends_on=dt.date(2026, 1, 1))
    intake.change_coverage(coverage=theirs, by=owner, starts_on=dt.date(2026, 1, 2))
    booking.cancel(visit, reason="Twice", by=owner)
    merging.merge(kept=kept, other=other, take=[], by=owner)
    assert Coverage.objects.filter(patient=kept).count() == 3


def test_a_claim_drafted_later_is_the_kept_records_and_finds_its_card(two, owner):
    kept, other = two
    card = Coverage.objects.get(patient=other)
    signed = Visit.objects.get(patient=other, note__signed_at__isnull=False)
    assert not Claim.objects.exists()
    merging.merge(kept=kept, other=other, take=[], by=owner)

    claim = claims.draft_claim(visit=signed)

    assert (claim.patient, claim.coverage) == (kept, card)


def test_a_merged_record_takes_nothing_new(two, owner):
    kept, other = two
    kept.clinic.name = "Pearl"
    kept.clinic.save(update_fields=["name"])
    merging.merge(kept=kept, other=other, take=[], by=owner)
    desk = open_desk()

    with pytest.raises(ValidationError):
        intake.change_patient(patient=other, by=owner, city="Salem")
    with pytest.raises(booking.NotBookable) as refused:
        desk.book(patient=other)

    assert refused.value.problems["patient"] == (
        "This record has been merged into another: choose that one."
    )


def test_the_merged_record_is_on_no_list_and_its_number_finds_the_kept_one(two, owner):
    kept, other = two
    merging.merge(kept=kept, other=other, take=[], by=owner)
    visible = Patient.objects.visible_to(owner)

    assert list(visible) == [kept]
    assert list(search.find(visible, "PT001002")) == [kept]


def test_removing_the_kept_record_takes_what_was_merged_into_it_along(two, owner):
    kept, other = two
    merging.merge(kept=kept, other=other, take=[], by=owner)

    intake.remove_patient(patient=kept, by=owner)
    assert not Visit.objects.visible_to(owner).exists()
    intake.restore_patient(patient=kept, by=owner)

    assert Visit.objects.visible_to(owner).count() == 2
