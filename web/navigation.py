"""What the navigation, the command palette and the patient's tabs offer, by role.

Each app registers its own places in `AppConfig.ready`, so that a lower app never has to name
a page of a higher one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse


@dataclass(frozen=True)
class Place:
    """One entry: where it leads, its icon (a Tabler icon's name) and who sees it."""

    label: str
    url_name: str
    icon: str
    roles: tuple[str, ...]
    order: int = 50
    group: str = ""
    keywords: str = ""

    def url(self, *args: Any) -> str:
        return reverse(self.url_name, args=args)


@dataclass(frozen=True)
class Panel:
    """A piece that a higher app hangs into a lower app's page, fetched by the record's id."""

    slot: str
    url_name: str
    roles: tuple[str, ...]
    order: int = 50


_main: list[Place] = []
_patient_tabs: list[Place] = []
_panels: list[Panel] = []


def add(place: Place) -> None:
    """Put a page into the main navigation (with a group) or only the palette (group "")."""
    if place not in _main:
        _main.append(place)


def add_patient_tab(place: Place) -> None:
    """Put a page about one patient (its URL takes the patient's id) among the patient's tabs."""
    if place not in _patient_tabs:
        _patient_tabs.append(place)


def add_panel(panel: Panel) -> None:
    if panel not in _panels:
        _panels.append(panel)


def places_for(user: Any) -> list[Place]:
    return sorted((p for p in _main if user.has_role(*p.roles)), key=lambda p: (p.order, p.label))


def patient_tabs_for(user: Any) -> list[Place]:
    return sorted(
        (p for p in _patient_tabs if user.has_role(*p.roles)), key=lambda p: (p.order, p.label)
    )


def panels_for(slot: str, user: Any) -> list[Panel]:
    return sorted(
        (p for p in _panels if p.slot == slot and user.has_role(*p.roles)), key=lambda p: p.order
    )


def home_url_for(user: Any) -> str | None:
    """The first page of a person's own navigation: what they open in the morning."""
    places = [place for place in places_for(user) if place.group]
    return places[0].url() if places else None


def context(request: HttpRequest) -> dict[str, Any]:
    """The context processor: navigation for whoever is signed in."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"navigation": []}
    match = request.resolver_match
    here = match.view_name if match else ""
    return {
        "navigation": [
            {"place": place, "url": place.url(), "is_here": place.url_name == here}
            for place in places_for(user)
            if place.group
        ]
    }
