"""Two records become one, nothing final is rewritten, and undo restores every row."""

import datetime as dt
from decimal import Decimal

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.urls import reverse

from billing import claims, ledger
from billing.models import Claim, LedgerEntry
from documentation.models import Visit
from people import duplicates, intake, merging, search
from people.models import AuditEvent, Coverage, MergeRecord, NotSamePerson, Patient, Role
from people.outbox import queue
from scheduling import booking
from scheduling.models import Appointment
from tests.documentation.ready import ready_note, sign
from tests.factories import (
    AppointmentFactory,
    AuthorizationFactory,
    ClinicFactory,
    CoverageFactory,
    EpisodeFactory,
    PatientFactory,
    UserFactory,
    VisitFactory,
    at,
)
from tests.scheduling.conftest import open_desk

pytestmark = pytest.mark.django_db

TOLD = {"people.auditevent", "people.mergerecord"}  # what a merge and its undo add to


def every_row():
    """The whole database as values, but for the line of who did what."""
    return {
        model._meta.label_lower: sorted(model._base_manager.values_list(), key=repr)
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and model._meta.label_lower not in TOLD
    }


@pytest.fixture
def owner():
    return UserFactory(roles=[Role.OWNER])


@pytest.fixture
def two(owner):
    """Ada twice: the second time with a card, an authorization, a case, a signed visit, an open
    visit, an appointment, a posted charge, a message, and another telephone."""
    clinic = ClinicFactory(name="Riverbend")
    kept = PatientFactory(clinic=clinic, mrn="PT001001", preferred_name="Addie")
    other = PatientFactory(
        clinic=clinic,
        mrn="PT001002",
        first_name="Adaeze",
        mobile_phone="+15035550142",
        email="ada@mail.example",
    )
    CoverageFactory(patient=kept, ends_on=dt.date(2025, 12, 31))
    card = CoverageFactory(patient=other, starts_on=dt.date(2026, 1, 1))
    AuthorizationFactory(coverage=card)
    AppointmentFactory(patient=kept, starts_at=at(9))
    AppointmentFactory(patient=other, starts_at=at(11))
    note = ready_note(patient=other)
    sign(note)
    VisitFactory(episode=note.visit.episode, date_of_service=dt.date(2026, 3, 4))
    LedgerEntry.objects.create(
        patient=other, party="patient", kind="charge", amount=Decimal("25.00"), source_key="a"
    )
    LedgerEntry.objects.create(
        patient=kept, party="patient", kind="charge", amount=Decimal("10.00"), source_key="b"
    )
    queue(
        patient=other,
        kind="reminder",
        source_key="reminder:1",
        subject="Your visit",
        body="Tomorrow at 11.",
        by=owner,
    )
    intake.change_patient(patient=other, by=owner, city="Gresham")
    return kept, other


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


def test_undo_restores_every_row_of_every_table(two, owner):
    kept, other = two
    before = every_row()

    record = merging.merge(kept=kept, other=other, take=merging.FIELDS, by=owner)
    assert every_row() != before
    merging.undo(record=record, by=owner)

    assert every_row() == before
    record.refresh_from_db()
    assert record.undone_by == owner
    actions = AuditEvent.objects.filter(patient=other, action__startswith="patient.merge")
    assert set(actions.values_list("action", flat=True)) == {
        "patient.merged",
        "patient.merge_undone",
    }


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


def test_a_merge_that_later_events_contradict_is_not_undone(two, owner):
    kept, other = two
    record = merging.merge(kept=kept, other=other, take=["mobile_phone"], by=owner)
    intake.change_patient(patient=kept, by=owner, mobile_phone="+15035550199")
    case = EpisodeFactory._meta.model.objects.get(patient=kept)
    later = VisitFactory(episode=case, date_of_service=dt.date(2026, 3, 9))
    before = every_row()

    with pytest.raises(merging.CannotUndo) as refused:
        merging.undo(record=record, by=owner)

    assert refused.value.reasons == [
        "The field “mobile phone” has been changed since.",
        f"Visit {later.pk} has come since, and belongs to both records.",
    ]
    assert every_row() == before


def test_a_note_signed_since_the_merge_is_not_moved_back(two, owner):
    kept, other = two
    note = ready_note(patient=other, date_of_service=dt.date(2026, 3, 6))
    record = merging.merge(kept=kept, other=other, take=[], by=owner)
    sign(note)

    with pytest.raises(merging.CannotUndo) as refused:
        merging.undo(record=record, by=owner)

    assert f"Visit {note.visit_id} has become final since." in refused.value.reasons


def test_a_chain_of_merges_is_undone_from_its_end(two, owner):
    kept, other = two
    third = PatientFactory(clinic=kept.clinic, mrn="PT001003")
    before = every_row()
    first = merging.merge(kept=other, other=third, take=[], by=owner)
    second = merging.merge(kept=kept, other=other, take=[], by=owner)
    assert set(Patient.objects.same_person(third.pk)) == {kept, other, third}

    with pytest.raises(merging.CannotUndo):
        merging.undo(record=first, by=owner)
    merging.undo(record=second, by=owner)
    first.refresh_from_db()
    merging.undo(record=first, by=owner)

    assert every_row() == before


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


def test_the_old_records_pages_lead_to_the_kept_one_and_say_so_in_the_audit(two, owner, client):
    kept, other = two
    merging.merge(kept=kept, other=other, take=[], by=owner)
    client.force_login(owner)

    page = client.get(reverse("people:patient", args=[other.pk]))
    chart = client.get(reverse("documentation:chart", args=[other.pk]))
    sent = client.post(reverse("people:patient-edit", args=[other.pk]), {"city": "Salem"})

    assert [answer.headers["Location"] for answer in (page, chart, sent)] == [
        reverse("people:patient", args=[kept.pk]),
        reverse("documentation:chart", args=[kept.pk]),
        reverse("people:patient", args=[kept.pk]),
    ]
    followed = AuditEvent.objects.filter(action="patient.followed")
    assert [(row.patient, row.detail) for row in followed] == [(kept, {"old": other.pk})] * 3


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


# --- Who may be one person ----------------------------------------------------------------------


def names_of(pairs):
    return [(pair.first.mrn, pair.second.mrn) for pair in pairs]


def test_who_may_be_registered_twice_is_found_by_name_birth_date_and_telephone(owner):
    clinic = ClinicFactory()
    day = dt.date(1958, 3, 12)

    def register(mrn, last, first, born=day, **values):
        return PatientFactory(
            mrn=mrn, clinic=clinic, last_name=last, first_name=first, birth_date=born, **values
        )

    register("A1", "Okafor", "Ada")
    register("A2", "Okafro", "Ada")
    register("B1", "Núñez", "José", dt.date(1970, 1, 5), mobile_phone="+15035550142")
    register("B2", "Nunez", "Jose", dt.date(1970, 5, 1), home_phone="+15035550142")
    register("C1", "Lund", "Eva", dt.date(1990, 6, 7))
    register("C2", "Lund", "Ivar", dt.date(1990, 6, 7))
    register("D1", "Quinn", "Zoe", dt.date(1991, 6, 7))

    found = duplicates.pairs(by=owner)

    assert names_of(found) == [("B1", "B2"), ("A1", "A2")]
    assert found[1].likeness.reasons == ("nearly the same name", "same birth date")


def test_whom_the_desk_has_told_apart_is_not_offered_again(owner):
    clinic = ClinicFactory()
    one, other = PatientFactory(clinic=clinic), PatientFactory(clinic=clinic)
    assert len(duplicates.pairs(by=owner)) == 1

    duplicates.tell_apart(other, one, by=owner)
    duplicates.tell_apart(one, other, by=owner)

    assert duplicates.pairs(by=owner) == []
    assert NotSamePerson.objects.count() == 1


def test_the_desk_sees_and_merges_only_records_of_its_clinics(client):
    here = ClinicFactory()
    desk = UserFactory(clinics=[here])
    mine, theirs = PatientFactory(clinic=here), PatientFactory()
    client.force_login(desk)

    assert duplicates.pairs(by=desk) == []
    answer = client.post(reverse("people:merge", args=[mine.pk, theirs.pk]), {})

    assert answer.status_code == 404
    assert not MergeRecord.objects.exists()


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_of_duplicates_costs_the_same_queries_for_any_number(
    client, owner, count, django_assert_num_queries
):
    clinic = ClinicFactory()
    for number in range(count):
        for _ in "ab":
            PatientFactory(clinic=clinic, last_name=["Lund", "Quinn", "Abebe"][number])
    client.force_login(owner)
    client.get(reverse("people:duplicates"))

    with django_assert_num_queries(7):  # session, user, clinics, pairs, patients, merges, clinics
        page = client.get(reverse("people:duplicates")).content.decode()

    assert page.count("Compare<") == count


def test_the_page_merges_by_field_and_undoes(client, owner, two):
    kept, other = two
    client.force_login(owner)
    page = client.get(reverse("people:merge", args=[kept.pk, other.pk])).content.decode()
    assert "1 appointment to PT001001" in " ".join(page.split())

    choices = {
        "first_name": "other",
        "preferred_name": "kept",
        "mobile_phone": "other",
        "email": "kept",
        "city": "kept",
    }
    client.post(reverse("people:merge", args=[kept.pk, other.pk]), choices)
    kept.refresh_from_db()
    assert (kept.first_name, kept.preferred_name, kept.mobile_phone, kept.email) == (
        "Adaeze",
        "Addie",
        "+15035550142",
        "",
    )

    client.post(reverse("people:merge-undo", args=[MergeRecord.objects.get().pk]))
    kept.refresh_from_db()
    assert (kept.first_name, kept.mobile_phone) == ("Ada", "")


def test_a_merge_that_cannot_be_undone_says_why(client, owner, two):
    kept, other = two
    record = merging.merge(kept=kept, other=other, take=["email"], by=owner)
    intake.change_patient(patient=kept, by=owner, email="")
    client.force_login(owner)

    answer = client.post(reverse("people:merge-undo", args=[record.pk]))

    assert answer.status_code == 409
    assert "The field “e-mail” has been changed since." in answer.content.decode()
