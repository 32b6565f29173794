"""What the navigation, the command palette and the patient's tabs offer, by role.

Each app registers its own places in `AppConfig.ready`, so that a lower app never has to name
a page of a higher one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

GROUPS = ("Front desk", "Clinic", "Billing", "Practice")  # the order of a patient's way


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
    also: tuple[str, ...] = ()  # other pages (URL names) that light this entry up
    badge: str = ""  # the URL name of a piece: how much waits there, asked for after the page

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


def _here(places: list[Place], path: str, view_name: str) -> Place | None:
    """The entry to mark: the page itself, one that counts it among its own, or the folder above."""
    for place in places:
        if view_name == place.url_name or view_name in place.also:
            return place
    above = [place for place in places if path.startswith(place.url())]
    return max(above, key=lambda place: len(place.url()), default=None)


def context(request: HttpRequest) -> dict[str, Any]:
    """The context processor: navigation, palette and idle time for whoever is signed in."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"navigation": [], "navigation_groups": [], "palette_pages": []}

    everywhere = places_for(user)
    places = [place for place in everywhere if place.group]
    match = request.resolver_match
    here = _here(places, request.path, match.view_name if match else "")
    entries = [
        {
            "place": place,
            "url": place.url(),
            "is_here": place is here,
            "badge_url": reverse(place.badge) if place.badge else "",
        }
        for place in places
    ]
    groups: dict[str, list[dict[str, Any]]] = {name: [] for name in GROUPS}
    for place, entry in zip(places, entries, strict=True):
        groups.setdefault(place.group, []).append(entry)
    return {
        "navigation": entries,
        "navigation_groups": [
            {"name": name, "entries": group} for name, group in groups.items() if group
        ],
        "palette_pages": [
            {
                "label": place.label,
                "group": place.group,
                "keywords": place.keywords,
                "url": place.url(),
            }
            for place in everywhere
        ],
        "idle_seconds": settings.IDLE_LOG_OFF_SECONDS,
    }
