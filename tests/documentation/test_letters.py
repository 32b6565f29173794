"""Letters to providers: each leaves at most once, and what became of it stands on its row."""

import datetime as dt
import logging

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from documentation import amending, letters, note_letters
from documentation.carriers import NoAnswer, Refused, TryLater
from documentation.models import Note, NotePdf, ProviderLetter
from documentation.tasks import send_due_letters, send_letter
from people import links
from people.models import AuditEvent, PatientLink, ReferringProvider
from tests.documentation.letter_ward import (
    EMAIL,
    FAX,
    PAPER,
    FakeCarrier,
    after_sending,
    pdf_is_ready,
    signed_report,
    waiting,
)
from tests.documentation.ready import sign
from tests.factories import PatientFactory, UserFactory

pytestmark = pytest.mark.django_db
Status = ProviderLetter.Status


@pytest.fixture
def carrier(monkeypatch):
    fake = FakeCarrier()
    monkeypatch.setattr("documentation.carriers.of", lambda name: fake)
    return fake


def test_a_fax_carries_the_paper_under_a_cover_that_names_no_patient(carrier):
    letter = after_sending(waiting())

    [parcel] = carrier.received
    assert (parcel.to, parcel.pdf, parcel.channel) == (FAX, PAPER, "fax")
    assert parcel.text.splitlines()[:6] == [
        "FAX",
        "",
        "To:    Marcus Hale, MD",
        "Fax:   (503) 555-0177",
        "From:  Riverbend Physical Therapy LLC",
        "Phone: (503) 555-0142",
    ]
    assert "Okafor" not in parcel.text + parcel.subject + parcel.name
    assert (letter.status, letter.receipt, letter.attempts) == (Status.SENT, "receipt 1", 1)
    assert letter.sent_at is not None


def test_an_e_mail_carries_a_link_and_nothing_clinical(carrier, settings):
    settings.PUBLIC_URL = "https://clinic.example"

    letter = after_sending(waiting(channel="email"))

    [parcel] = carrier.received
    link = PatientLink.objects.get()
    assert (link.purpose, link.target_id, link.patient) == (
        "provider_letter",
        letter.pk,
        letter.patient,
    )
    assert (link.expires_at - link.made_at + dt.timedelta(minutes=1)).days == 14
    assert parcel.subject == "A letter from Riverbend Physical Therapy LLC"
    assert f"https://clinic.example/letter/{links.token_of(link)}/" in parcel.text.splitlines()
    assert (parcel.to, parcel.pdf) == (EMAIL, b"")
    for word in ("Okafor", "Ada", "rogress", "report", "note", "PT001001", "Hale"):
        assert word not in parcel.text.replace(links.token_of(link), "")


def test_the_same_version_of_a_note_has_one_letter():
    note = signed_report()

    first, second = (waiting(note=note) for _ in range(2))

    assert first == second
    assert AuditEvent.objects.filter(action="letter.queued").count() == 1


@pytest.mark.parametrize(
    ("provider", "channel", "to"),
    [
        ({}, "fax", FAX),
        ({"letters_by": "email"}, "email", EMAIL),
        ({"fax": ""}, "email", EMAIL),
    ],
)
def test_the_way_the_provider_prefers_is_taken_and_else_what_there_is(provider, channel, to):
    letter = waiting(channel="", **provider)

    assert (letter.channel, letter.to, letter.status) == (channel, to, Status.WAITING)


def test_without_an_address_the_letter_fails_at_once_and_says_why():
    letter = waiting(channel="", fax="", email="")

    assert (letter.status, letter.problem) == (
        Status.FAILED,
        "There is no fax number on file for this provider.",
    )
    assert list(ProviderLetter.objects.to_settle()) == [letter]


def test_it_goes_to_where_the_provider_is_reached_when_it_goes(carrier):
    letter = waiting()
    ReferringProvider.objects.update(fax="+15035550188")

    after_sending(letter)

    assert ([parcel.to for parcel in carrier.received], letter.to) == (
        ["+15035550188"],
        "+15035550188",
    )


def test_a_letter_waits_for_its_paper_without_counting_that_as_a_try(carrier):
    note = signed_report(has_pdf=False)
    letter = after_sending(waiting(note=note))
    assert (letter.status, letter.attempts) == (Status.WAITING, 0)
    assert letter.not_before > timezone.now()

    pdf_is_ready(note)
    ProviderLetter.objects.update(not_before=timezone.now())
    after_sending(letter)

    assert (letter.status, len(carrier.received)) == (Status.SENT, 1)


def test_a_paper_that_cannot_be_made_fails_the_letter(carrier):
    note = signed_report(has_pdf=False)
    NotePdf.objects.filter(note=note).update(status="failed")

    letter = after_sending(waiting(note=note))

    assert (letter.status, letter.problem) == (
        Status.FAILED,
        "The PDF could not be made: have it tried again on the page PDFs.",
    )
    assert carrier.received == []


def test_a_letter_of_a_note_that_is_amended_meanwhile_does_not_go(carrier):
    letter = waiting()
    amending.open_amendment(note=letter.note, reason="Wrong minutes.", by=letter.note.signed_by)

    after_sending(letter)

    assert (letter.status, letter.problem) == (Status.WITHHELD, note_letters.BEING_AMENDED)
    assert carrier.received == []


def test_the_amended_version_is_a_letter_of_its_own_and_the_old_one_no_longer_true(carrier):
    first = after_sending(waiting())
    amending.open_amendment(note=first.note, reason="Wrong minutes.", by=first.note.signed_by)
    note = Note.objects.select_related("visit__therapist__user").get(pk=first.note_id)
    Note.objects.filter(pk=note.pk).update(plan="Advance to stairs.")
    sign(Note.objects.select_related("visit__therapist__user").get(pk=note.pk))
    pdf_is_ready(note)

    second = after_sending(
        waiting(
            note=Note.objects.select_related("visit__episode__referring_provider").get(pk=note.pk)
        )
    )

    assert second != first
    assert second.status == Status.SENT
    with pytest.raises(letters.NoLongerTrue) as refusal:
        letters.resend(letter=first, by=UserFactory())
    assert refusal.value.reason == note_letters.AMENDED


# --- What the carrier says ----------------------------------------------------------------------


def test_a_refusal_fails_with_its_reason_and_is_not_tried_again(carrier):
    carrier.how = Refused("The mail server knows no such address.")
    letter = after_sending(waiting())

    after_sending(letter)
    send_due_letters.apply()

    assert (letter.status, letter.problem) == (
        Status.FAILED,
        "The mail server knows no such address.",
    )
    assert len(carrier.received) == 1


def test_a_carrier_that_says_later_is_tried_again_later_each_time(carrier):
    carrier.how = TryLater()
    letter = waiting()
    waits = []

    for _ in range(4):
        ProviderLetter.objects.update(not_before=timezone.now())
        before = timezone.now()
        after_sending(letter)
        waits.append(round((letter.not_before - before).total_seconds() / 60))
    carrier.how = "receipt 5"
    ProviderLetter.objects.update(not_before=timezone.now())
    after_sending(letter)

    assert waits == [2, 4, 8, 16]
    assert (letter.status, letter.attempts, letter.problem) == (Status.SENT, 5, "")


def test_trying_ends_and_the_letter_then_waits_for_a_person(carrier):
    carrier.how = TryLater()
    letter = waiting()

    for _ in range(letters.MOST_ATTEMPTS + 1):
        ProviderLetter.objects.update(not_before=timezone.now())
        after_sending(letter)

    assert (letter.status, letter.problem) == (Status.FAILED, letters.NEVER_REACHED)
    assert len(carrier.received) == 12


def test_waiting_doubles_and_never_exceeds_two_hours():
    waits = [letters.wait_after(attempts) for attempts in (1, 2, 3, 6, 7, 12, 500)]

    assert [wait.total_seconds() / 60 for wait in waits] == [2, 4, 8, 64, 120, 120, 120]


@pytest.mark.parametrize("how", [NoAnswer(), ZeroDivisionError("Okafor")], ids=repr)
def test_no_clear_answer_leaves_it_for_a_person_and_never_sends_it_twice(carrier, how):
    carrier.how = how
    letter = after_sending(waiting())
    carrier.how = "receipt 2"

    send_due_letters.apply()
    after_sending(letter)

    assert (letter.status, letter.problem) == (Status.SENDING, letters.NO_ANSWER)
    assert list(ProviderLetter.objects.to_settle()) == [letter]
    assert len(carrier.received) == 1


def test_a_worker_that_dies_while_handing_over_leaves_it_unknown_after_ten_minutes(carrier):
    carrier.how = KeyboardInterrupt()  # what takes a process away is no `Exception`
    letter = waiting()
    with pytest.raises(KeyboardInterrupt):
        letters.send(letter.pk)

    assert list(ProviderLetter.objects.to_settle()) == []
    ProviderLetter.objects.update(sending_since=timezone.now() - dt.timedelta(minutes=11))
    carrier.how = "receipt 2"
    send_due_letters.apply()
    after_sending(letter)

    assert list(ProviderLetter.objects.to_settle()) == [letter]
    assert (letter.is_unknown, letter.needs_a_person) == (True, True)
    assert len(carrier.received) == 1


def test_what_breaks_while_it_is_put_together_fails_visibly(carrier, monkeypatch, caplog):
    monkeypatch.setattr("documentation.cover.sheet", lambda *a: [][int("Okafor")])

    letter = after_sending(waiting())

    assert (letter.status, letter.problem) == (Status.FAILED, letters.NOT_MADE)
    assert carrier.received == []
    assert "ValueError while it was put together" in caplog.text
    assert "Okafor" not in caplog.text


def test_the_log_says_neither_address_nor_words(carrier, caplog):
    caplog.set_level(logging.DEBUG)
    carrier.how = ZeroDivisionError(f"{FAX} Okafor")

    after_sending(waiting())

    assert "ZeroDivisionError while it was sent" in caplog.text
    assert "5550177" not in caplog.text
    assert "Okafor" not in caplog.text


def test_the_sweep_sends_what_is_due_and_nothing_else(carrier, monkeypatch):
    monkeypatch.setattr(send_letter, "apply_async", lambda args, **_: send_letter.apply(args))
    due = waiting()
    later = waiting(note=None, channel="email", patient=due.patient)
    ProviderLetter.objects.filter(pk=later.pk).update(
        not_before=timezone.now() + dt.timedelta(hours=1)
    )

    for _ in range(2):
        send_due_letters.apply()

    rows = [ProviderLetter.objects.get(pk=row.pk).status for row in (due, later)]
    assert rows == [Status.SENT, Status.WAITING]
    assert len(carrier.received) == 1


def test_what_was_sent_is_in_the_audit_with_the_patient(carrier):
    letter = after_sending(waiting())

    event = AuditEvent.objects.get(action="letter.sent")
    assert (event.patient, event.target_id, event.actor) == (letter.patient, letter.pk, None)


# --- A person decides ---------------------------------------------------------------------------


def unknown(carrier):
    carrier.how = NoAnswer()
    letter = after_sending(waiting())
    carrier.how = "receipt 2"
    return letter


def test_a_person_may_say_that_it_arrived(carrier):
    desk, letter = UserFactory(), unknown(carrier)

    letters.settle(letter=letter, arrived=True, by=desk)

    letter.refresh_from_db()
    assert (letter.status, letter.problem, letter.settled_by) == (Status.SENT, "", desk)
    assert letter.sent_at == letter.sending_since
    assert list(ProviderLetter.objects.to_settle()) == []
    with pytest.raises(letters.NotUnsettled):
        letters.settle(letter=letter, arrived=True, by=desk)


def test_a_failed_letter_may_be_dealt_with_but_not_be_said_to_have_arrived(carrier):
    carrier.how = Refused("No such number.")
    desk, letter = UserFactory(), after_sending(waiting())

    with pytest.raises(letters.NotUnsettled):
        letters.settle(letter=letter, arrived=True, by=desk)
    letters.settle(letter=letter, arrived=False, by=desk)

    letter.refresh_from_db()
    assert (letter.status, letter.problem, letter.settled_by) == (
        Status.FAILED,
        "No such number.",
        desk,
    )
    assert list(ProviderLetter.objects.to_settle()) == []


def test_a_letter_is_sent_again_once_and_by_another_way(carrier):
    desk, letter = UserFactory(), unknown(carrier)

    again = letters.resend(letter=letter, by=desk, channel="email")
    with pytest.raises(letters.NotUnsettled):
        letters.resend(letter=letter, by=desk)

    letter.refresh_from_db()
    assert (letter.status, letter.settled_by) == (Status.FAILED, desk)
    assert (again.instead_of, again.channel, again.to, again.status, again.note) == (
        letter,
        "email",
        EMAIL,
        Status.WAITING,
        letter.note,
    )


def test_one_that_was_sent_and_did_not_arrive_is_sent_again_and_its_link_closes(carrier):
    letter = after_sending(waiting(channel="email"))

    again = letters.resend(letter=letter, by=UserFactory())
    after_sending(again)

    letter.refresh_from_db()
    assert (letter.status, again.status, len(carrier.received)) == (Status.SENT, Status.SENT, 2)
    old, new = PatientLink.objects.order_by("pk")
    assert (old.target_id, old.revoked_at is not None) == (letter.pk, True)
    assert (new.target_id, new.revoked_at) == (again.pk, None)


def test_what_waits_is_not_sent_again_and_what_has_gone_is_not_taken_back(carrier):
    desk, letter = UserFactory(), waiting()
    with pytest.raises(letters.NotUnsettled):
        letters.resend(letter=letter, by=desk)

    after_sending(letter)

    with pytest.raises(letters.NotWaiting):
        letters.withhold(letter=letter, by=desk)


def test_a_letter_that_waits_may_be_taken_back_and_does_not_go(carrier):
    desk, letter = UserFactory(), waiting()

    letters.withhold(letter=letter, by=desk)
    after_sending(letter)

    assert (letter.status, letter.settled_by, carrier.received) == (Status.WITHHELD, desk, [])


def test_an_answer_that_comes_after_a_person_decided_changes_nothing(carrier):
    letter = unknown(carrier)
    letters.settle(letter=letter, arrived=False, by=UserFactory())

    letters._arrived(letter, "receipt 3")

    letter.refresh_from_db()
    assert (letter.status, letter.receipt) == (Status.FAILED, "")


# --- What the database refuses ------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        {"content_sha256": "0" * 64},
        {"status": "failed"},
        {"to": "+15035550199"},
        {"sent_at": timezone.now() + dt.timedelta(days=1)},
        {"paper_sha256": "0" * 64},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_letter_that_was_sent_is_not_rewritten(carrier, change):
    letter = after_sending(waiting())

    with pytest.raises(DatabaseError), transaction.atomic():
        ProviderLetter.objects.filter(pk=letter.pk).update(**change)

    ProviderLetter.objects.filter(pk=letter.pk).update(opened_at=timezone.now())


def test_when_two_records_of_a_patient_become_one_the_letters_go_along(carrier):
    letter = after_sending(waiting())
    kept = PatientFactory(clinic=letter.patient.clinic)

    ProviderLetter.objects.filter(pk=letter.pk).update(patient=kept)

    letter.refresh_from_db()
    assert letter.patient == kept


def test_no_letter_is_deleted_or_written_to_somebody_else(carrier):
    letter = waiting()

    with pytest.raises(DatabaseError), transaction.atomic():
        ProviderLetter.objects.filter(pk=letter.pk).delete()
    with pytest.raises(DatabaseError), transaction.atomic():
        ProviderLetter.objects.filter(pk=letter.pk).update(channel="email")


def test_a_letter_carries_a_paper():
    letter = waiting()

    with pytest.raises(DatabaseError), transaction.atomic():
        ProviderLetter.objects.create(
            kind="progress",
            patient=letter.patient,
            provider=letter.provider,
            channel="fax",
            to=FAX,
            source_key="none",
        )
