"""What a letter carries, where it goes, and which version of a note it is true of."""

import datetime as dt

import pytest
from django.utils import timezone

from documentation import amending, letters, note_letters
from documentation.models import Note, NotePdf, ProviderLetter
from people import links
from people.models import AuditEvent, PatientLink, ReferringProvider
from tests.documentation.letter_ward import (
    EMAIL,
    FAX,
    PAPER,
    after_sending,
    pdf_is_ready,
    signed_report,
    waiting,
)
from tests.documentation.ready import sign
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
Status = ProviderLetter.Status


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
