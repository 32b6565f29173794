"""Before signing, the note stands beside the last one: what is new, what is the same."""

import datetime as dt

import pytest
from django.urls import reverse

from documentation.models import Note
from tests.documentation.ready import log, ready_note, sign
from tests.factories import NoteFactory, VisitFactory

pytestmark = pytest.mark.django_db

COPIED = "Reactive steps are quicker on the left and still fall short when it is unannounced."


@pytest.fixture
def note():
    """A note to be signed, after a signed one whose assessment it repeats."""
    note = ready_note()
    earlier = VisitFactory(
        episode=note.visit.episode,
        therapist=note.visit.therapist,
        total_treatment_minutes=20,
        date_of_service=note.visit.date_of_service - dt.timedelta(days=3),
    )
    last = NoteFactory(visit=earlier, assessment=COPIED, plan="Go on to foam.")
    log(earlier, "97110", 20, narrative="Leg press 3 x 10.")
    sign(Note.objects.get(pk=last.pk))
    Note.objects.filter(pk=note.pk).update(assessment=COPIED)
    note.visit.draft.delete()  # what stands in the note is what is written
    return note


def page_of(client, note):
    client.force_login(note.visit.therapist.user)
    return client.get(reverse("documentation:note", args=[note.pk])).content.decode()


def test_the_sign_page_says_how_alike_each_part_is(client, note):
    page = " ".join(page_of(client, note).split())

    assert 'Assessment: <strong class="tabular">100 %</strong> the same words' in page
    assert "Nearly a copy" in page
    assert '<ul class="likeness-new"><li>Advance to head turns.</li></ul>' in page
    assert '<ul class="likeness-gone"><li>Go on to foam.</li></ul>' in page


def test_the_first_note_of_a_case_has_nothing_beside_it(client):
    assert "Beside the last note" not in page_of(client, ready_note())


def test_a_signed_note_is_compared_no_more(client, note):
    sign(note)

    assert "Beside the last note" not in page_of(client, note)
