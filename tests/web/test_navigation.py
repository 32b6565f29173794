"""What the navigation and the palette offer, by role and by where one is."""

from types import SimpleNamespace

import pytest
from django.urls import path

from web import navigation
from web.navigation import Panel, Place


def page(request, pk=None):
    raise AssertionError("never called")


urlpatterns = [
    path("", page, name="home"),
    path("day/", page, name="day"),
    path("patients/", page, name="patients"),
    path("patients/new/", page, name="patient-new"),
    path("patients/<int:pk>/", page, name="patient"),
    path("claims/", page, name="claims"),
    path("visits/<int:pk>/", page, name="session"),
    path("piece/<int:pk>/", page, name="piece"),
]
pytestmark = pytest.mark.urls(__name__)

CLAIMS = Place("Claims", "claims", "file", ("biller",), 10, "Billing")
DAY = Place("Day", "day", "calendar", ("front_desk", "therapist"), 20, "Front desk", "book")
PATIENTS = Place("Patients", "patients", "users", ("front_desk", "biller"), 30, "Front desk")
NEW = Place("New patient", "patient-new", "plus", ("front_desk",), 40)


@pytest.fixture(autouse=True)
def own_places(monkeypatch):
    for name in ("_main", "_patient_tabs", "_panels"):
        monkeypatch.setattr(navigation, name, [])
    for place in (CLAIMS, DAY, PATIENTS, NEW):
        navigation.add(place)


def user(*roles):
    return SimpleNamespace(
        is_authenticated=True, has_role=lambda *wanted: bool(set(wanted) & set(roles))
    )


def seen(path, view_name, *roles):
    request = SimpleNamespace(
        user=user(*roles), path=path, resolver_match=SimpleNamespace(view_name=view_name)
    )
    return navigation.context(request)


def lit(path, view_name):
    return [
        entry["place"].label
        for entry in seen(path, view_name, "front_desk", "biller")["navigation"]
        if entry["is_here"]
    ]


def test_each_role_sees_its_own_places_in_the_order_of_a_patients_way():
    groups = seen("/day/", "day", "front_desk", "biller")["navigation_groups"]

    assert [(g["name"], [e["place"].label for e in g["entries"]]) for g in groups] == [
        ("Front desk", ["Day", "Patients"]),
        ("Billing", ["Claims"]),
    ]


def test_a_place_outside_ones_role_is_not_even_in_the_palette():
    assert seen("/day/", "day", "therapist")["palette_pages"] == [
        {"label": "Day", "group": "Front desk", "keywords": "book", "url": "/day/"}
    ]


def test_a_place_without_a_group_is_in_the_palette_only():
    context = seen("/day/", "day", "front_desk")

    assert [entry["place"].label for entry in context["navigation"]] == ["Day", "Patients"]
    assert [page["label"] for page in context["palette_pages"]] == [
        "Day",
        "Patients",
        "New patient",
    ]


def test_the_entry_of_the_page_one_is_on_is_marked():
    assert lit("/day/", "day") == ["Day"]


def test_a_page_beneath_an_entry_marks_that_entry():
    assert lit("/patients/12/", "patient") == ["Patients"]


def test_a_page_elsewhere_marks_the_entry_that_claims_it():
    navigation.add(Place("Today", "home", "sun", ("biller",), 5, "Clinic", also=("session",)))

    assert lit("/visits/3/", "session") == ["Today"]


def test_a_page_of_no_entry_marks_none():
    assert lit("/visits/3/", "session") == []


def test_nobody_is_offered_anything_before_logging_in():
    request = SimpleNamespace(user=SimpleNamespace(is_authenticated=False))

    assert navigation.context(request) == {
        "navigation": [],
        "navigation_groups": [],
        "palette_pages": [],
    }


def test_the_first_place_by_order_is_home():
    assert navigation.home_url_for(user("biller", "front_desk")) == "/claims/"
    assert navigation.home_url_for(user("therapist")) == "/day/"
    assert navigation.home_url_for(user()) is None


def test_the_same_place_added_twice_stands_once():
    navigation.add(DAY)

    assert len(navigation.places_for(user("front_desk"))) == 3


def test_panels_come_by_slot_role_and_order():
    late = Panel("note-side", "piece", ("biller",), 20)
    early = Panel("note-side", "piece", ("biller",), 10)
    for panel in (late, early, Panel("session-header", "piece", ("biller",))):
        navigation.add_panel(panel)

    assert navigation.panels_for("note-side", user("biller")) == [early, late]
    assert navigation.panels_for("note-side", user("front_desk")) == []
