"""The page of a note: read it, sign, co-sign, add to it; who looked is written down."""

import pytest
from django.urls import reverse
from django.utils import timezone

from documentation import signing, tasks
from documentation.models import Note, Visit
from people.models import AuditEvent, Role
from tests.documentation.ready import ready_note, sign, therapist_at
from tests.factories import PASSWORD, ClinicFactory, UserFactory

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def no_broker(monkeypatch):
    monkeypatch.setattr(tasks.render_note_pdf, "delay", lambda note_id: None)


@pytest.fixture
def note():
    return ready_note()


@pytest.fixture
def as_therapist(client, note):
    client.force_login(note.visit.therapist.user)
    return client


def page(name, note, **query):
    return reverse(f"documentation:{name}", args=[note.pk], query=query or None)


def then(client, response):
    """The page to which a POST leads."""
    assert response.status_code == 303
    return client.get(response["Location"])


def text_of(response) -> str:
    return " ".join(response.content.decode().split())


# --- Reading ------------------------------------------------------------------------------------


def test_an_unsigned_note_is_shown_as_it_would_be_signed_with_the_form_beside_it(
    as_therapist, note
):
    response = as_therapist.get(page("note", note))

    text = text_of(response)
    for shown in (
        "Ada Okafor",
        "I69.354",
        "Steadier when turning at home.",
        "Total timed minutes</dt><dd>47",
        "Not signed",
        "You sign as <strong>Maria Lopez, PT</strong>, license OR PT00001.",
        'name="password"',
    ):
        assert shown in text, shown
    assert not response.context["required"]


def test_opening_a_note_is_written_down(as_therapist, note):
    as_therapist.get(page("note", note))

    event = AuditEvent.objects.latest("pk")
    assert (event.action, event.actor, event.patient, event.target_id) == (
        "note.viewed",
        note.visit.therapist.user,
        note.visit.patient,
        note.pk,
    )


def test_what_is_missing_links_back_to_its_field_and_there_is_nothing_to_sign_with(
    as_therapist, note
):
    Note.objects.filter(pk=note.pk).update(assessment="")
    note.visit.draft.delete()

    response = as_therapist.get(page("note", note))

    assert [(f["message"], f["url"]) for f in response.context["required"]] == [
        (
            "Write the assessment: what the response means, why skill was needed.",
            f"/visits/{note.visit_id}/#note.assessment",
        )
    ]
    assert 'name="password"' not in text_of(response)


def test_a_signed_note_is_shown_as_it_was_signed_whatever_the_rows_say(as_therapist, note):
    signed = sign(note)
    note.visit.episode.goals.update(text="Something else")

    text = text_of(as_therapist.get(page("note", note)))

    assert "Walk 300 m outdoors without a device" in text
    assert "Something else" not in text
    assert signed.content_sha256 in text
    assert "Signed electronically" in text


def test_a_biller_reads_the_note_but_cannot_write_into_it(client, note):
    sign(note)
    client.force_login(UserFactory(roles=[Role.BILLER]))

    response = client.get(page("note", note))
    refused = client.post(page("note-addendum", note), {"text": "x"})

    assert "Add an addendum" not in text_of(response)
    assert refused.status_code == 403


def test_the_front_desk_and_another_clinic_do_not_see_the_note(client, note):
    client.force_login(UserFactory(roles=[Role.FRONT_DESK], clinics=[note.visit.clinic]))
    assert client.get(page("note", note)).status_code == 403

    client.force_login(therapist_at(ClinicFactory()).user)
    for name in ("note", "note-pdf", "note-pdf-state"):
        assert client.get(page(name, note)).status_code == 404
    assert client.post(page("note-sign", note), {"password": PASSWORD}).status_code == 404
    assert not AuditEvent.objects.filter(action="note.viewed").exists()


def test_the_note_of_a_removed_patient_is_gone(as_therapist, note):
    type(note.visit.patient).objects.filter(pk=note.visit.patient_id).update(
        removed_at=timezone.now()
    )

    assert as_therapist.get(page("note", note)).status_code == 404


# --- Signing ------------------------------------------------------------------------------------


def test_the_right_password_signs_and_leads_back_to_the_note(as_therapist, note):
    form = as_therapist.get(page("note", note)).context["sign_form"]

    response = as_therapist.post(
        page("note-sign", note), {"password": PASSWORD, "as_read": form.initial["as_read"]}
    )

    assert (response.status_code, response["Location"]) == (303, page("note", note))
    assert Note.objects.get(pk=note.pk).is_signed


def test_htmx_is_led_back_to_the_note_too(as_therapist, note):
    response = as_therapist.post(page("note-sign", note), {"password": PASSWORD}, headers=HTMX)

    assert (response.status_code, response["HX-Redirect"]) == (204, page("note", note))


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_wrong_password_is_said_beside_the_field(as_therapist, note, headers):
    response = as_therapist.post(page("note-sign", note), {"password": "nope"}, headers=headers)

    text = text_of(response)
    assert response.status_code == 422
    assert "That is not your password. 4 tries left." in text
    assert "I sign in their place" not in text
    assert ("<html" in text) == (headers == {})
    assert not Note.objects.get(pk=note.pk).is_signed


def test_no_password_at_all_costs_no_try(as_therapist, note):
    response = as_therapist.post(page("note-sign", note), {"password": ""})

    assert response.status_code == 422
    assert not AuditEvent.objects.filter(action="signature.refused").exists()


def test_a_note_that_changed_while_it_was_read_is_shown_again_instead_of_signed(as_therapist, note):
    read = as_therapist.get(page("note", note)).context["sign_form"].initial["as_read"]
    Note.objects.filter(pk=note.pk).update(plan="Something nobody has read.")

    response = as_therapist.post(page("note-sign", note), {"password": PASSWORD, "as_read": read})

    assert "The note was changed while you read it." in text_of(then(as_therapist, response))
    assert not Note.objects.get(pk=note.pk).is_signed


def test_signing_what_became_incomplete_shows_what_is_missing(as_therapist, note):
    note.visit.draft.delete()
    Note.objects.filter(pk=note.pk).update(assessment="")

    response = then(
        as_therapist, as_therapist.post(page("note-sign", note), {"password": PASSWORD})
    )

    text = text_of(response)
    assert "The note is not complete." in text
    assert "Write the assessment" in text


def test_signing_twice_says_that_it_is_signed(as_therapist, note):
    sign(note)

    response = then(
        as_therapist, as_therapist.post(page("note-sign", note), {"password": PASSWORD})
    )

    assert "This note is signed already." in text_of(response)


def test_a_colleague_is_asked_to_confirm_before_taking_over(client, note):
    colleague = therapist_at(note.visit.clinic)
    client.force_login(colleague.user)

    asked = text_of(client.get(page("note", note)))
    client.post(page("note-sign", note), {"password": PASSWORD})
    not_yet = Note.objects.get(pk=note.pk).is_signed
    client.post(page("note-sign", note), {"password": PASSWORD, "takes_over": "on"})

    assert "This is the note of Maria Lopez, PT." in asked
    assert "I sign in their place" in asked
    assert not not_yet
    assert Visit.objects.get(pk=note.visit_id).therapist == colleague


def test_an_owner_without_a_licence_is_told_why_there_is_no_form(client, note):
    client.force_login(UserFactory(roles=[Role.OWNER]))

    text = text_of(client.get(page("note", note)))

    assert "Only a clinician can sign a note" in text
    assert 'name="password"' not in text


# --- Co-signing ---------------------------------------------------------------------------------


@pytest.fixture
def waiting(db):
    note = ready_note(by_assistant=True)
    sign(note, by=note.visit.assistant.user)
    return note


def test_the_queue_shows_a_therapist_their_own_first_and_colleagues_below(client, waiting):
    client.force_login(waiting.visit.therapist.user)
    mine = client.get(reverse("documentation:cosign")).context
    client.force_login(therapist_at(waiting.visit.clinic).user)
    others = client.get(reverse("documentation:cosign")).context

    assert (list(mine["mine"]), list(mine["others"])) == ([waiting], [])
    assert (list(others["mine"]), list(others["others"])) == ([], [waiting])


def test_the_queue_is_empty_when_everything_is_co_signed_and_elsewhere(client, waiting):
    client.force_login(therapist_at(ClinicFactory()).user)
    elsewhere = text_of(client.get(reverse("documentation:cosign")))
    client.force_login(waiting.visit.therapist.user)
    client.post(page("note-cosign", waiting), {"password": PASSWORD})

    assert "Nothing waits for a co-signature" in elsewhere
    assert "Nothing waits for a co-signature" in text_of(
        client.get(reverse("documentation:cosign"))
    )
    assert Note.objects.get(pk=waiting.pk).is_final


def test_the_assistant_sees_that_the_note_waits(client, waiting):
    client.force_login(waiting.visit.assistant.user)

    text = text_of(client.get(page("note", waiting)))

    assert "Waits for co-signature" in text
    assert 'name="password"' not in text
    assert client.post(page("note-cosign", waiting), {"password": PASSWORD}).status_code == 403


# --- Addenda ------------------------------------------------------------------------------------


def test_an_addendum_is_added_and_shown_with_its_writer(as_therapist, note):
    sign(note)

    response = as_therapist.post(page("note-addendum", note), {"text": "The hold was 15 s."})

    text = text_of(then(as_therapist, response))
    assert "The hold was 15 s." in text
    assert "The addendum stands below the note." in text


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_an_empty_addendum_is_refused_beside_its_field(as_therapist, note, headers):
    sign(note)

    response = as_therapist.post(page("note-addendum", note), {"text": " "}, headers=headers)

    assert response.status_code == 422
    assert "This field is required." in text_of(response)
    assert not note.addenda.exists()


def test_what_was_typed_into_a_refused_addendum_is_still_there(as_therapist, note):
    sign(note)

    response = as_therapist.post(page("note-addendum", note), {"text": "long " * 3000})

    assert response.status_code == 422
    assert "long long long" in text_of(response)


def test_an_addendum_to_an_unsigned_note_is_refused(as_therapist, note):
    response = as_therapist.post(page("note-addendum", note), {"text": "Too early."})

    assert response.status_code == 422
    assert not note.addenda.exists()


# --- Cost ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("addenda", [0, 5])
def test_a_signed_note_costs_the_same_queries_for_any_number_of_addenda(
    as_therapist, note, django_assert_max_num_queries, addenda
):
    sign(note)
    for number in range(addenda):
        signing.add_addendum(note=note, text=f"Number {number}", by=note.visit.therapist.user)

    with django_assert_max_num_queries(9):
        response = as_therapist.get(page("note", note))

    assert text_of(response).count('class="note-addendum"') == addenda
