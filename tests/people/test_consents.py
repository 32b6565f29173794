"""Consent forms: worded in versions, signed with a hash, never changed afterwards."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from people import consents, merging, verification
from people.models import AuditEvent, ConsentSignature, ConsentVersion, Role
from tests.factories import (
    ConsentFormFactory,
    ConsentSignatureFactory,
    ConsentVersionFactory,
    PatientFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
MONDAY = dt.date(2026, 3, 2)


@pytest.fixture
def owner():
    return UserFactory(roles=[Role.OWNER])


@pytest.fixture
def version():
    return ConsentVersionFactory(body="I agree.")


def sign(version, patient=None, **changes):
    given = {"signer_name": "Ada Okafor", "relation": "self", "typed": "Ada Okafor", "by": None}
    return consents.sign(patient=patient or PatientFactory(), version=version, **given | changes)


def test_a_new_wording_leaves_the_old_one_as_it_was_signed(owner):
    form = consents.add_form(
        by=owner, name="Privacy", required="once", title="Privacy", body="One.",
        effective_from=MONDAY,
    )  # fmt: skip

    consents.write_version(
        form=form, by=owner, title="Privacy", body="Two.\r\nThree.", effective_from=MONDAY
    )

    kept = list(form.versions.order_by("number").values_list("number", "body"))
    assert kept == [(1, "One."), (2, "Two.\nThree.")]


def test_the_same_words_are_no_new_version_and_none_begins_before_the_last(owner, version):
    same = {"title": version.title, "body": "I agree.", "effective_from": MONDAY}
    with pytest.raises(ValidationError, match="words of the version in force"):
        consents.write_version(form=version.form, by=owner, **same)
    earlier = {"title": "New", "body": "Newer.", "effective_from": dt.date(2024, 12, 31)}
    with pytest.raises(ValidationError, match="begins later"):
        consents.write_version(form=version.form, by=owner, **earlier)


def test_a_patient_is_asked_for_the_wording_in_force_that_day():
    form = ConsentFormFactory()
    old = ConsentVersionFactory(form=form)
    ConsentVersionFactory(form=form, number=2, effective_from=MONDAY + dt.timedelta(days=1))
    patient = PatientFactory()

    (asked,) = consents.asked_of(patient, on=MONDAY)

    assert (asked.version, asked.is_due, asked.last) == (old, True, None)


def test_what_is_signed_is_no_longer_due_and_a_refusal_settles_only_the_day(version):
    patient, other = PatientFactory(), PatientFactory()
    today = timezone.localdate(timezone=patient.clinic.zone)

    signed = sign(version, patient)
    declined = consents.decline(
        patient=other, version=version, signer_name="Ada Okafor", relation="self",
        reason="Wants to read it at home", by=None,
    )  # fmt: skip

    (first,) = consents.asked_of(patient, on=today)
    (second,) = consents.asked_of(other, on=today)
    (tomorrow,) = consents.asked_of(other, on=today + dt.timedelta(days=1))
    assert (first.last, first.is_due) == (signed, False)
    assert (second.last, second.is_due) == (declined, False)
    assert tomorrow.is_due is True


def test_what_was_signed_under_a_merged_record_still_counts_and_opens(version, owner, client):
    kept, other = PatientFactory(), PatientFactory()
    signed = sign(version, other)
    merging.merge(kept=kept, other=other, take=[], by=owner)
    client.force_login(owner)

    (asked,) = consents.asked_of(kept, on=timezone.localdate(timezone=kept.clinic.zone))
    tab = client.get(reverse("people:patient-consents", args=[kept.pk]))
    paper = client.get(reverse("people:consent", args=[signed.pk]))

    assert (asked.last, asked.is_due) == (signed, False)
    assert list(tab.context["answers"]) == [signed]
    assert paper.context["consent"] == signed


@pytest.mark.parametrize("count", [1, 3])
def test_asking_costs_the_same_queries_for_any_number_of_forms(count, django_assert_num_queries):
    patient = PatientFactory()
    for _ in range(count):
        ConsentSignatureFactory(patient=patient)

    with django_assert_num_queries(3):  # forms, their versions, the patient's answers
        assert len(consents.asked_of(patient, on=MONDAY)) == count


def test_two_presses_of_sign_are_one_signature(version):
    patient = PatientFactory()

    twice = [sign(version, patient) for _ in range(2)]

    assert twice[0] == twice[1]
    assert ConsentSignature.objects.count() == 1


def test_a_signature_neither_drawn_nor_typed_is_refused_by_the_database_too(version):
    with pytest.raises(ValidationError):
        sign(version, typed="")
    with pytest.raises(IntegrityError), transaction.atomic():
        ConsentSignatureFactory(version=version, typed="")


@pytest.mark.parametrize("table", [ConsentSignature, ConsentVersion])
@pytest.mark.parametrize("act", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_what_was_signed_can_be_neither_changed_nor_removed(table, act):
    ConsentSignatureFactory()

    with (
        pytest.raises(IntegrityError, match="only ever added"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(act.format(table._meta.db_table))


def forged(sql, *values):
    """Write past the guards, as somebody with the database's password would."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(sql, values)
        cursor.execute("SET LOCAL session_replication_role = origin")


def problems():
    return next(row.problems for row in verification.run() if row.name == "signed consents")


def test_verify_finds_a_changed_text_a_changed_name_and_a_changed_hash(version):
    other = ConsentVersionFactory()
    worded, named, hashed, whole = sign(other), sign(version), sign(version), sign(version)
    assert problems() == []

    forged("UPDATE people_consentversion SET body = 'I pay.' WHERE id = %s", other.pk)
    forged("UPDATE people_consentsignature SET signer_name = 'Bo' WHERE id = %s", named.pk)
    hashed.signer_name = "Bo"
    forged(
        "UPDATE people_consentsignature SET signer_name = 'Bo', sha256 = %s WHERE id = %s",
        consents.sha256_of(hashed),
        hashed.pk,
    )

    assert problems() == [
        f"consent {worded.pk}: its content is not what was signed",
        f"consent {named.pk}: its content is not what was signed",
        f"consent {hashed.pk}: its hash is not the one that was recorded at signing",
    ]
    assert whole.sha256 == consents.sha256_of(ConsentSignature.objects.get(pk=whole.pk))


def test_signing_is_written_in_the_audit_line_with_its_hash(version):
    signed = sign(version)

    event = AuditEvent.objects.get(action="consent.signed")

    assert (event.patient, event.target_id) == (signed.patient, signed.pk)
    assert event.detail == {"sha256": signed.sha256, "version": version.pk}
