"""Favorites and templates: kept, used again, renamed, removed, and nobody else's."""

import pytest
from django.urls import reverse

from documentation.models import SessionAid, SessionPreferences
from tests.documentation.rules.entries import WHOLE
from tests.factories import GoalFactory, SessionAidFactory, TherapistFactory

pytestmark = pytest.mark.django_db


def keep(page, **typed):
    return page.post(
        reverse("documentation:session-aid-keep"), typed, content_type="application/json"
    )


def test_a_template_keeps_what_is_done_and_nothing_of_the_patient(page, therapist):
    entries = [
        {
            "key": "x",
            "code": "97112",
            "minutes": 20,
            "goal": 7,
            "details": WHOLE,
            "narrative": "Ada Okafor, 20 min",
            "narrative_is_own": True,
        },
        {"code": "97110", "minutes": 15, "narrative": " Leg press 3 x 10 "},
    ]

    answer = keep(page, kind="template", name="Stroke follow-up", content=entries)

    assert answer.status_code == 201
    aid = SessionAid.objects.get()
    neuro, strength = aid.content
    assert (aid.owner, aid.name, aid.field) == (therapist.user, "Stroke follow-up", "")
    assert sorted(neuro) == ["code", "details"]
    assert {"response", "deficit"} & set(neuro["details"]) == set()
    assert neuro["details"]["purposes"] == WHOLE["purposes"]
    assert strength == {"code": "97110", "narrative": "Leg press 3 x 10"}
    assert answer.json() == {
        "id": aid.pk,
        "name": "Stroke follow-up",
        "field": "",
        "content": aid.content,
    }


def test_a_favorite_response_keeps_what_was_chosen_and_not_the_words(page):
    chosen = {"performance": "improved", "tolerance": "good", "adverse": ["none"]}

    keep(
        page,
        kind="favorite",
        field="response",
        name="Went well",
        content=chosen | {"words": "Ada laughed"},
    )

    assert SessionAid.objects.get().content == chosen


def test_the_same_name_is_written_over_and_another_fields_is_another(page):
    for field, words in (
        ("note.plan", "Go on"),
        ("note.plan", "Go on to foam"),
        ("narrative", "x"),
    ):
        keep(page, kind="favorite", field=field, name="Usual", content=words)

    kept = SessionAid.objects.order_by("field").values_list("field", "content")
    assert list(kept) == [("narrative", "x"), ("note.plan", "Go on to foam")]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"kind": "template", "name": "", "content": [{"code": "97110"}]}, "Give it a name"),
        ({"kind": "template", "name": "x", "content": []}, "has 1 to 12 services"),
        ({"kind": "template", "name": "x", "content": [{"code": 5}]}, "has a code"),
        ({"kind": "favorite", "field": "goal", "name": "x", "content": 5}, "has no favorites"),
        ({"kind": "favorite", "field": "narrative", "name": "x", "content": " "}, "words first"),
        ({"kind": "favorite", "field": "purposes", "name": "x", "content": []}, "Choose something"),
        ({"kind": "macro", "name": "x"}, "Only favorites and templates"),
    ],
)
def test_what_cannot_be_used_again_is_refused_in_words(page, typed, words):
    answer = keep(page, **typed)

    assert answer.status_code == 400
    assert words in answer.json()["detail"]
    assert SessionAid.objects.count() == 0


def test_they_are_renamed_and_removed_on_their_page(page, therapist):
    aid = SessionAidFactory(owner=therapist.user, name="Balance")
    other = SessionAidFactory(owner=therapist.user, name="Gait")

    page.post(reverse("documentation:session-aid-rename", args=[aid.pk]), {"name": "Balance, foam"})
    page.post(
        reverse("documentation:session-aid-rename", args=[other.pk]), {"name": "balance, FOAM"}
    )
    refused = page.get(reverse("documentation:session-aids")).content.decode()
    page.post(reverse("documentation:session-aid-remove", args=[other.pk]))

    assert "You keep another balance, FOAM already." in refused
    assert [aid.name for aid in SessionAid.objects.all()] == ["Balance, foam"]


def test_nobody_sees_or_touches_a_colleagues(page, therapist):
    aid = SessionAidFactory(
        owner=TherapistFactory(user__clinics=[therapist.user.clinics.get()]).user
    )

    assert aid.name not in page.get(reverse("documentation:session-aids")).content.decode()
    for act in ("rename", "remove"):
        url = reverse(f"documentation:session-aid-{act}", args=[aid.pk])
        assert page.post(url, {"name": "Mine"}).status_code == 404
    aid.refresh_from_db()


@pytest.mark.parametrize(("minutes", "kept"), [("45", 45), ("1", 90), ("", 90)])
def test_when_a_timer_counts_as_forgotten_is_each_ones_own(page, therapist, minutes, kept):
    page.post(reverse("documentation:session-aids"), {"timer_forgotten_after": minutes})

    assert SessionPreferences.of(therapist.user).timer_forgotten_after == kept


def test_the_session_page_offers_them(page, visit, therapist):
    aid = SessionAidFactory(owner=therapist.user, name="Stroke follow-up")
    GoalFactory(episode=visit.episode)

    data = page.get(visit.get_absolute_url()).context["data"]

    assert data["aids"] == [aid.for_page()]
