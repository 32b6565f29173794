"""Saving the session page, with scripts while somebody types and without them by a button."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from documentation import charting
from documentation.models import Draft, Note, TimedEntry
from tests.documentation.rules.entries import WHOLE
from tests.documentation.session_pages import KEY, entry, save, sign
from tests.factories import (
    GoalFactory,
    NoteFactory,
    UserFactory,
    VisitFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("codes")]


# --- Saving while typing ------------------------------------------------------------------------


def test_a_save_answers_with_all_that_the_page_shows_beside_the_fields(page, visit):
    goal = GoalFactory(episode=visit.episode)
    content = {
        "note": {"assessment": "Steadier."},
        "entries": [entry("97112", "15", goal=goal.pk, details={"purposes": ["timing"]})],
    }

    answer = save(page, visit, content, user=visit.therapist.user.pk)

    body = answer.json()
    assert answer.status_code == 200
    assert (body["version"], body["timed_minutes"], body["treatment_minutes"]) == (1, 15, 15)
    assert body["errors"] == {}
    assert body["composed"] == {
        KEY: f"For timing, toward the goal “{goal.text}”. 15 min one-on-one."
    }
    assert {finding["path"] for finding in body["findings"] if finding["level"] == "required"} == {
        f"entries.{KEY}.details.body_parts",
        f"entries.{KEY}.details.activities",
        f"entries.{KEY}.details.skilled",
        f"entries.{KEY}.details.response",
        "episode",
    }
    assert body["missing"] == 5


def test_a_stale_save_gets_409_with_the_version_that_stands(page, visit):
    save(page, visit, {"note": {"plan": "First"}, "entries": []})

    answer = save(page, visit, {"note": {"plan": "Second"}, "entries": []})

    body = answer.json()
    assert (answer.status_code, body["code"], body["version"]) == (409, "stale_draft", 1)
    assert body["content"]["note"]["plan"] == "First"
    assert body["saved_by"] == str(visit.therapist.user)
    assert Note.objects.get().plan == "First"


def test_a_signed_note_takes_no_more_saves_and_says_where_it_is(page, visit):
    sign(visit)

    answer = save(page, visit, {"note": {"plan": "Late"}})

    assert (answer.status_code, answer.json()) == (
        409,
        {
            "code": "signed",
            "detail": "This note is signed: write an addendum.",
            "url": visit.note.get_absolute_url(),
        },
    )


def test_a_lapsed_log_in_is_told_so_even_without_a_csrf_token(visit):
    stranger = Client(enforce_csrf_checks=True)

    answer = save(stranger, visit, {"note": {"plan": "Mine"}})

    assert (answer.status_code, answer.json()["code"]) == (401, "logged_out")
    assert Draft.objects.count() == 0


def test_a_save_without_a_csrf_token_is_refused(visit, therapist):
    forged = Client(enforce_csrf_checks=True)
    forged.force_login(therapist.user)

    answer = save(forged, visit, {"note": {"plan": "Mine"}})

    assert (answer.status_code, Draft.objects.count()) == (403, 0)


def test_somebody_elses_page_does_not_save_under_this_name(page, visit):
    colleague = UserFactory()

    answer = save(page, visit, {"note": {"plan": "Mine"}}, user=colleague.pk)

    assert (answer.status_code, answer.json()["code"]) == (409, "other_user")
    assert Draft.objects.count() == 0


@pytest.mark.parametrize("size", [2_000_000, 5_000_000, 11_000_000])
def test_a_paste_of_megabytes_is_answered_kindly_and_writes_nothing(page, visit, size):
    answer = save(page, visit, {"note": {"plan": "x" * size}, "entries": []})

    assert (answer.status_code, answer.json()) == (
        413,
        {"code": "too_large", "detail": "This is more than a note can hold."},
    )
    assert Draft.objects.count() == 0


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b"[]",
        b'"text"',
        b"[" * 100_000,
        b'{"content": {}, "base_version": "1"}',
        b'{"content": {}, "base_version": true}',
        b'{"content": [], "base_version": 0}',
        b'{"content": {"entries": [{"key": "x"}]}, "base_version": 0}',
        b'{"content": {"note": {"plan": NaN}}, "base_version": 0}',
        b'{"content": ' + b'{"a":' * 900 + b"1" + b"}" * 900 + b', "base_version": 0}',
        b"\xff\xfe",
    ],
)
def test_what_is_no_page_is_refused_in_words(page, visit, body):
    answer = page.post(
        reverse("documentation:session-draft", args=[visit.pk]),
        body,
        content_type="application/json",
        headers={"accept": "application/json"},
    )

    assert (answer.status_code, answer.json()["code"]) == (400, "unreadable")
    assert Draft.objects.count() == 0


def test_a_number_that_postgres_cannot_keep_is_kept_as_words(page, visit):
    body = b'{"content": {"total_treatment_minutes": 1e999}, "base_version": 0}'

    answer = page.post(
        reverse("documentation:session-draft", args=[visit.pk]),
        body,
        content_type="application/json",
    )

    assert answer.json()["errors"] == {
        "total_treatment_minutes": "Write whole minutes, such as 15."
    }
    assert Draft.objects.get().content["total_treatment_minutes"] == "inf"


# --- Without scripts ----------------------------------------------------------------------------


def plain(client, visit, base=0, **fields):
    return client.post(visit.get_absolute_url(), {"base_version": base} | fields)


def test_a_plain_form_adds_a_service_and_saves_minutes_and_words(page, visit):
    plain(page, visit, add_code="97110", plan="Go on.", kind="daily")
    key = Draft.objects.get().content["entries"][0]["key"]

    answer = plain(
        page,
        visit,
        base=1,
        **{
            f"minutes-{key}": "20",
            f"narrative-{key}": "Leg press",
            "total_treatment_minutes": "30",
        },
    )

    visit.refresh_from_db()
    assert answer["Location"] == visit.get_absolute_url()
    assert list(TimedEntry.objects.values_list("code", "minutes", "narrative")) == [
        ("97110", 20, "Leg press")
    ]
    assert (visit.note.plan, visit.total_treatment_minutes) == ("Go on.", 30)


def test_a_plain_form_keeps_the_structured_fields_it_does_not_show(page, visit):
    save(page, visit, {"note": {}, "entries": [entry("97112", 15, details=WHOLE)]})
    composed = TimedEntry.objects.get().narrative

    plain(page, visit, base=1, **{f"minutes-{KEY}": "18", f"narrative-{KEY}": composed})

    row = Draft.objects.get().content["entries"][0]
    assert (row["minutes"], row["details"]) == ("18", WHOLE)


def test_a_plain_form_removes_a_service(page, visit):
    save(page, visit, {"note": {}, "entries": [entry()]})

    plain(page, visit, base=1, **{f"remove-{KEY}": "1"})

    assert TimedEntry.objects.count() == 0


def test_wrong_minutes_in_a_plain_form_stay_and_say_what_is_wrong(page, visit):
    save(page, visit, {"note": {}, "entries": [entry()]})

    plain(page, visit, base=1, **{f"minutes-{KEY}": "-5"}, plan="Go on.")
    html = page.get(visit.get_absolute_url()).content.decode()

    assert 'value="-5"' in html
    assert "Minutes start at 1." in html
    assert Note.objects.get().plan == "Go on."


def test_a_stale_plain_form_keeps_what_was_typed_on_the_page(page, visit):
    save(page, visit, {"note": {"plan": "Theirs"}, "entries": []})

    answer = plain(page, visit, plan="Mine")

    html = answer.content.decode()
    assert answer.status_code == 409
    assert "saved elsewhere meanwhile" in html
    assert ">Mine</textarea>" in html
    assert 'name="base_version" value="1"' in html
    assert Note.objects.get().plan == "Theirs"


def test_a_plain_form_goes_on_to_the_note(page, visit):
    answer = plain(page, visit, review="1")

    assert answer["Location"] == visit.note.get_absolute_url()


def test_a_plain_form_copies_the_last_visit(page, visit):
    last = VisitFactory(episode=visit.episode, date_of_service=dt.date(2026, 2, 27))
    NoteFactory(visit=last)
    charting.record_time(
        visit=last, code="97110", minutes=20, narrative="Leg press", by=last.therapist.user
    )
    sign(last)

    plain(page, visit, copy="1")

    (row,) = Draft.objects.get(visit=visit).content["entries"]
    assert (row["code"], row["minutes"], row["carried"]) == ("97110", 20, ["minutes", "narrative"])


def test_a_form_without_its_version_is_no_form(page, visit):
    answer = page.post(visit.get_absolute_url(), {"plan": "Mine"})

    assert answer["Location"] == visit.get_absolute_url()
    assert Draft.objects.count() == 0
