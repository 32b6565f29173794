"""Documents: kept once, named anew, taken off the chart, and never changed or deleted."""

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction

from documentation import attaching, verification
from documentation.attaching import AlreadyRemoved, AlreadyThere, IsEvidence, attach, title_from
from documentation.models import (
    Attachment,
    AttachmentFile,
    AttachmentThumbnail,
    Episode,
)
from documentation.received import look_at
from people.models import AuditEvent, Patient, Practice, Role
from tests.at_once import all_at_once
from tests.documentation.outside import picture
from tests.factories import (
    AttachmentFactory,
    ClinicFactory,
    EpisodeFactory,
    PatientFactory,
    PlanOfCareFactory,
    PracticeFactory,
    UserFactory,
    VisitFactory,
)

PHOTO = picture(color="gray")


def add(patient, by, content=PHOTO, **values):
    given = {"kind": "referral", "title": "Referral"} | values
    return attach(patient=patient, received=look_at(content), by=by, **given)


@pytest.fixture
def patient(db):
    return PatientFactory()


@pytest.fixture
def desk(patient):
    return UserFactory(roles=[Role.FRONT_DESK], clinics=[patient.clinic])


def audited() -> list[tuple[str, str]]:
    events = AuditEvent.objects.filter(action__startswith="attachment.").order_by("pk")
    return [(event.action, event.actor_name) for event in events]


def test_a_document_is_kept_with_its_hash_its_bytes_and_a_thumbnail_to_come(patient, desk):
    attachment = add(patient, desk, title="Dr. Hale's referral")

    attachment.refresh_from_db()
    assert bytes(attachment.file.content) == PHOTO
    assert (attachment.size, attachment.content_type) == (len(PHOTO), "image/jpeg")
    assert attachment.file_name == "dr-hales-referral.jpg"
    assert (attachment.thumbnail.status, attachment.thumbnail.file_bytes) == ("waiting", None)
    event = AuditEvent.objects.get(action="attachment.uploaded")
    assert (event.actor, event.patient, event.target_id) == (desk, patient, attachment.pk)
    assert event.detail == {"kind": "referral", "sha256": attachment.sha256}


def test_the_same_file_is_on_a_chart_once_and_on_anothers_too(patient, desk):
    first = add(patient, desk)

    with pytest.raises(AlreadyThere) as refused:
        add(patient, desk, title="Once more")
    other = add(PatientFactory(), desk)

    assert refused.value.attachment == first
    assert other.sha256 == first.sha256
    assert Attachment.objects.count() == 2


def test_a_file_that_was_removed_may_come_again(patient, desk):
    first = add(patient, desk)
    attaching.remove(attachment=first, reason="Wrong patient", by=desk)

    again = add(patient, desk)

    assert again.pk != first.pk
    assert Attachment.objects.get(removed_at=None) == again


@pytest.mark.django_db(transaction=True)
def test_of_two_uploads_of_one_file_at_once_one_is_kept():
    patient = PatientFactory()
    desk = UserFactory(roles=[Role.FRONT_DESK], clinics=[patient.clinic])
    received = look_at(PHOTO)

    def upload():
        attach(patient=patient, received=received, kind="order", title="Order", by=desk)
        return "kept"

    answers = all_at_once([upload] * 2, told=(AlreadyThere,))

    assert sorted(answers) == ["AlreadyThere", "kept"]
    assert Attachment.objects.get().file.content is not None


def test_a_document_belongs_to_a_visit_and_to_the_case_around_it(patient, desk):
    visit = VisitFactory(episode=EpisodeFactory(patient=patient))
    plan = PlanOfCareFactory(episode=visit.episode)

    of_visit = add(patient, desk, belongs_to=visit)
    of_plan = add(patient, desk, picture(color="red"), belongs_to=plan)

    assert (of_visit.visit, of_visit.plan, of_visit.episode) == (visit, None, visit.episode)
    assert (of_plan.visit, of_plan.plan, of_plan.episode) == (None, plan, visit.episode)


def test_a_document_does_not_belong_to_somebody_elses_case(patient, desk):
    with pytest.raises(ValidationError, match="somebody else's chart"):
        add(patient, desk, belongs_to=EpisodeFactory())

    assert not Attachment.objects.exists()


def test_a_document_is_named_anew_and_the_audit_names_what_changed(patient, desk):
    attachment = add(patient, desk)

    attaching.change(attachment=attachment, by=desk, title="Order of March 2", kind="order")
    attaching.change(attachment=attachment, by=desk, title="Order of March 2", kind="order")

    attachment.refresh_from_db()
    assert (attachment.title, attachment.kind) == ("Order of March 2", "order")
    changed = AuditEvent.objects.get(action="attachment.changed")
    assert changed.detail == {"fields": ["kind", "title"]}


def test_a_removed_document_stays_with_who_removed_it_and_why(patient, desk):
    attachment = add(patient, desk)

    attaching.remove(attachment=attachment, reason="Wrong patient", by=desk)

    row = Attachment.objects.get()
    assert (row.removed_by, row.removal_reason, row.removed_at is None) == (
        desk, "Wrong patient", False,
    )  # fmt: skip
    assert bytes(row.file.content) == PHOTO
    assert audited() == [("attachment.uploaded", str(desk)), ("attachment.removed", str(desk))]
    for act in (
        lambda: attaching.remove(attachment=attachment, reason="Again", by=desk),
        lambda: attaching.change(attachment=attachment, by=desk, title="Again"),
    ):
        with pytest.raises(AlreadyRemoved):
            act()


def test_the_signed_order_of_a_case_is_not_removed(patient, desk):
    order = add(patient, desk, kind="order")
    episode = EpisodeFactory(patient=patient, order_document=order)

    with pytest.raises(IsEvidence) as refused:
        attaching.remove(attachment=order, reason="Old", by=desk)

    assert refused.value.episode == episode
    assert Attachment.objects.get().removed_at is None


# --- What the database refuses ------------------------------------------------------------------

REFUSED = {
    "change the hash": "UPDATE documentation_attachment SET sha256 = repeat('0', 64)",
    "change the size": "UPDATE documentation_attachment SET size = 1",
    "change who uploaded": "UPDATE documentation_attachment SET uploaded_at = now()",
    "change the type": "UPDATE documentation_attachment SET content_type = 'image/png'",
    "delete a document": "DELETE FROM documentation_attachment",
    "change the bytes": r"UPDATE documentation_attachmentfile SET content = '\x00'",
    "delete the bytes": "DELETE FROM documentation_attachmentfile",
    "remove in silence": "UPDATE documentation_attachment SET removed_at = now()",
}
ALLOWED = "UPDATE documentation_attachment SET title = 'Order', kind = 'order'"


def run(sql: str) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.rowcount


@pytest.mark.parametrize("act", REFUSED)
def test_the_database_refuses_to(act, db):
    AttachmentFactory()

    with pytest.raises(DatabaseError, match=r"document|removal"):
        run(REFUSED[act])

    assert run(ALLOWED) == 1


def test_the_database_keeps_a_removed_document_as_it_was(patient, desk):
    attaching.remove(attachment=add(patient, desk), reason="Wrong patient", by=desk)

    for sql in (ALLOWED, "UPDATE documentation_attachment SET removal_reason = 'Old'"):
        with pytest.raises(DatabaseError, match="a removed one stays as it was"):
            run(sql)


def test_the_database_refuses_bytes_that_are_not_what_the_hash_says(db):
    with pytest.raises(DatabaseError, match="those that came in"), transaction.atomic():
        AttachmentFactory(sha256="0" * 64)
    with pytest.raises(DatabaseError, match="those that came in"), transaction.atomic():
        AttachmentFactory(content=b"%PDF-1.7 four", size=4)


def test_the_database_refuses_a_document_without_bytes(db):
    patient, by = PatientFactory(), UserFactory()

    with pytest.raises(DatabaseError, match="without its bytes"), transaction.atomic():
        run(
            "INSERT INTO documentation_attachment (patient_id, kind, title, content_type, sha256,"
            " size, uploaded_by_id, uploaded_at, removal_reason) VALUES"
            f" ({patient.pk}, 'other', 'Paper', 'application/pdf', '0', 1, {by.pk}, now(), '');"
            "SET CONSTRAINTS ALL IMMEDIATE"
        )


def test_the_database_lets_no_case_rest_on_what_was_removed(patient, desk):
    order = add(patient, desk, kind="order")
    episode = EpisodeFactory(patient=patient, order_document=order)

    with pytest.raises(DatabaseError, match="rests on this document"):
        run(
            "UPDATE documentation_attachment SET removed_at = now(), removal_reason = 'x',"
            f" removed_by_id = {desk.pk}"
        )
    Episode.objects.filter(pk=episode.pk).update(order_document=None)
    attaching.remove(attachment=order, reason="Old", by=desk)
    with pytest.raises(DatabaseError, match="does not rest on a document that was removed"):
        run(f"UPDATE documentation_episode SET order_document_id = {order.pk}")


def test_a_merge_takes_documents_along_removed_ones_too(patient, desk):
    attaching.remove(attachment=add(patient, desk), reason="Wrong patient", by=desk)
    add(patient, desk)
    kept = PatientFactory()

    assert run(f"UPDATE documentation_attachment SET patient_id = {kept.pk}") == 2


# --- Verify, limits, names ----------------------------------------------------------------------


def test_verify_finds_a_document_whose_bytes_or_hash_somebody_changed(patient, desk):
    attachment = add(patient, desk)
    assert verification.changed_attachments() == []

    run("SET CONSTRAINTS ALL IMMEDIATE")
    run("ALTER TABLE documentation_attachmentfile DISABLE TRIGGER attachment_bytes_stay")
    AttachmentFile.objects.update(content=b"%PDF-1.7 another")

    assert verification.changed_attachments() == [
        f"attachment {attachment.pk}: its bytes are not those that were uploaded"
    ]
    AttachmentFile.objects.all().delete()
    assert verification.changed_attachments() == [f"attachment {attachment.pk}: its bytes are gone"]


def test_how_large_a_document_may_be_is_the_practices_own(db):
    assert attaching.largest() == 25 * 1024 * 1024

    PracticeFactory()
    Practice.objects.update(largest_attachment_mb=3)

    assert attaching.largest() == 3 * 1024 * 1024
    assert "larger than 3 MB" in attaching.too_large_in_words(attaching.largest())


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("Hale_referral_2026.pdf", "Hale referral 2026"),
        ("IMG_0042.jpeg", "Order"),
        ("image.jpg", "Order"),
        ("20260302_101500.jpg", "Order"),
        ("Scan 3.tif", "Order"),
        ("MRI left knee.png", "MRI left knee"),
        ("", "Order"),
    ],
)
def test_a_document_is_called_as_its_file_unless_a_device_made_that_name_up(name, title):
    assert title_from(name, "order") == title


# --- Who sees which -----------------------------------------------------------------------------


def test_each_role_sees_what_is_theirs_to_see(patient, desk):
    clinic = patient.clinic
    scan = AttachmentFactory(patient=patient, kind="imaging", title="MRI")
    referral = AttachmentFactory(patient=patient, kind="referral", title="Referral")
    own = AttachmentFactory(patient=patient, kind="outside", title="Own", uploaded_by=desk)
    gone = AttachmentFactory(patient=patient, title="Gone")
    attaching.remove(attachment=gone, reason="Wrong", by=desk)
    AttachmentFactory(patient=PatientFactory(clinic=ClinicFactory()), title="Elsewhere")

    def seen_by(role):
        person = UserFactory(roles=[role], clinics=[clinic])
        rows = Attachment.objects.visible_to(person).filter(patient=patient)
        return {row.title for row in rows}, Attachment.objects.visible_to(person).count()

    assert seen_by(Role.THERAPIST) == ({scan.title, referral.title, own.title}, 3)
    assert seen_by(Role.BILLER) == ({scan.title, referral.title, own.title}, 4)
    assert seen_by(Role.FRONT_DESK) == ({referral.title}, 1)
    assert seen_by(Role.AUDITOR) == ({scan.title, referral.title, own.title, gone.title}, 5)
    assert set(Attachment.objects.visible_to(desk)) == {referral, own}


def test_nobody_sees_documents_of_a_record_that_was_removed(patient, desk):
    AttachmentFactory(patient=patient)
    Patient.objects.filter(pk=patient.pk).update(removed_at="2026-03-02T09:00:00Z")

    assert not Attachment.objects.visible_to(desk).exists()
    assert AttachmentThumbnail.objects.count() == 1
