"""The button on a signed report that sends it to the provider."""

import pytest
from django.urls import reverse
from django.utils import timezone

from documentation import note_letters
from documentation.models import Note, ProviderLetter
from people.models import Role
from tests.documentation.letter_pages.pages import decide, post, told
from tests.documentation.letter_ward import signed_report, waiting
from tests.documentation.ready import ready_note, sign
from tests.factories import NoteFactory, UserFactory, VisitFactory

pytestmark = pytest.mark.django_db
Status = ProviderLetter.Status


def note_page(client, note):
    return client.get(note.get_absolute_url()).content.decode()


def test_a_signed_report_is_sent_from_its_page_once(client, rung):
    note = signed_report()
    client.force_login(note.signed_by)
    assert "Send to the provider" in note_page(client, note)

    for _ in range(2):
        response = post(
            client, reverse("documentation:note-send", args=[note.pk]), {"channel": "email"}
        )

    letter = ProviderLetter.objects.get()
    assert (letter.note, letter.channel, letter.created_by) == (note, "email", note.signed_by)
    assert told(response) == ["On its way to Marcus Hale, MD."]
    page = note_page(client, note)
    assert "Send to the provider" not in page
    assert "E-mail to Marcus Hale, MD" in page


@pytest.mark.parametrize("kind", ["evaluation", "re_evaluation", "discharge"])
def test_evaluations_and_summaries_go_too(client, kind):
    visit = VisitFactory(episode__referring_provider__fax="+15035550177")
    note = NoteFactory(
        visit=visit,
        kind=kind,
        signed_by=visit.therapist.user,
        signed_at=timezone.now(),
        content_sha256="0" * 64,
    )

    letter = note_letters.queue_note(note=note, by=note.signed_by)

    assert (letter.note, letter.status) == (note, Status.WAITING)


def test_a_daily_note_and_an_unsigned_report_go_to_nobody(client):
    daily = sign(ready_note())
    client.force_login(daily.signed_by)
    unsigned = NoteFactory(visit=VisitFactory(episode=daily.visit.episode), kind=Note.Kind.PROGRESS)

    for note in (daily, unsigned):
        assert "Send to the provider" not in note_page(client, note)
        response = post(client, reverse("documentation:note-send", args=[note.pk]))
        assert told(response) == ["Only a signed evaluation, report or summary goes to providers."]
    assert ProviderLetter.objects.count() == 0


def test_without_an_address_the_page_leads_to_where_one_is_written_down(client):
    note = signed_report(fax="", email="")
    provider = note.visit.episode.referring_provider
    where = reverse("people:referrer-edit", args=[provider.pk])

    pages = []
    for roles in ([Role.OWNER], [Role.THERAPIST]):
        client.force_login(UserFactory(roles=roles, clinics=[note.visit.clinic]))
        pages.append(note_page(client, note))

    assert [where in page for page in pages] == [True, False]
    assert ["neither a fax number nor an e-mail address" in page for page in pages] == [True, True]


def test_a_case_that_names_nobody_leads_to_the_case(client):
    note = signed_report()
    type(note.visit.episode).objects.update(referring_provider=None)
    client.force_login(note.signed_by)

    page = note_page(client, note)
    response = post(client, reverse("documentation:note-send", args=[note.pk]))

    assert reverse("documentation:episode-edit", args=[note.visit.episode_id]) in page
    assert told(response) == ["The case names no referring provider."]


def test_decided_from_the_note_one_stays_there(client):
    note = signed_report()
    letter = waiting(note=note)
    client.force_login(note.signed_by)

    response = decide(client, "withhold", letter, back="note")

    assert response.request["PATH_INFO"] == note.get_absolute_url()
