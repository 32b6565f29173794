"""Template words of the house: money, clinic time, icons, panels."""

from __future__ import annotations

import datetime as dt
import re
import zoneinfo
from decimal import Decimal
from functools import lru_cache
from typing import Any

import phonenumbers
from django import template
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from web import navigation

register = template.Library()


@register.filter
def money(amount: Decimal | None) -> str:
    """1234.5 as $1,234.50; a credit as -$20.00; nothing as a dash."""
    if amount is None:
        return "—"
    sign = "-" if amount < 0 else ""
    return f"{sign}${abs(amount):,.2f}"


class _OnTheWall(dt.datetime):
    """A wall-clock time that `|date` must not turn back to the server's zone."""

    convert_to_local_time: bool


@register.filter
def clinic_time(moment: dt.datetime | None, place: Any) -> dt.datetime | None:
    """An instant on a clinic's wall clock; `place` has a `zone`, or is a zone's name."""
    if moment is None:
        return None
    zone = zoneinfo.ZoneInfo(place) if isinstance(place, str) else place.zone
    local = timezone.localtime(moment, zone)
    # Not `combine`: it forgets which of a night's two 1:30s a subclass stands for.
    shown = _OnTheWall(
        local.year,
        local.month,
        local.day,
        local.hour,
        local.minute,
        local.second,
        local.microsecond,
        local.tzinfo,
        fold=local.fold,
    )
    shown.convert_to_local_time = False
    return shown


@register.filter
def clock(moment: dt.datetime | dt.time | None) -> str:
    """9:05 am"""
    if moment is None:
        return ""
    return f"{moment:%I:%M %p}".lstrip("0").lower()


@register.filter
def phone(number: str) -> str:
    """+15035550142 as (503) 555-0142."""
    if not number:
        return ""
    try:
        parsed = phonenumbers.parse(number, "US")
    except phonenumbers.NumberParseException:
        return number
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL)


@lru_cache(maxsize=512)
def _drawing(name: str) -> str:
    if not re.fullmatch(r"[a-z0-9-]+", name):
        raise ValueError(f"{name!r} is no icon name")
    svg = (settings.ICON_DIR / f"{name}.svg").read_text(encoding="utf-8")
    paths = re.sub(r"<!--.*?-->", "", svg, flags=re.DOTALL)
    inside = re.search(r"<svg[^>]*>(.*)</svg>", paths, flags=re.DOTALL)
    if inside is None:
        raise ValueError(f"{name}.svg holds no drawing")
    return " ".join(inside.group(1).split())


@register.simple_tag
def icon(name: str, label: str = "", css: str = "") -> SafeString:
    """A Tabler icon, inline. Decorative unless it has a label."""
    meaning = (
        format_html('role="img" aria-label="{}"', label)
        if label
        else mark_safe('aria-hidden="true"')
    )
    return format_html(
        '<svg class="icon {}" width="24" height="24" viewBox="0 0 24 24" stroke-width="1.75" '
        'stroke="currentColor" fill="none" stroke-linecap="round" '
        'stroke-linejoin="round" {}>{}</svg>',
        css,
        meaning,
        mark_safe(_drawing(name)),  # noqa: S308 -- drawn by the pinned icon package
    )


@register.inclusion_tag("components/_export.html", takes_context=True)
def export_csv(context: template.Context, **shown: Any) -> dict[str, str]:
    """The list on this page as a file, with the page's filters; `shown` names those that its
    address may not say."""
    asked = context["request"].GET.copy()
    asked.pop("page", None)
    for name, value in {**shown, "format": "csv"}.items():
        asked[name] = str(value)
    return {"url": f"?{asked.urlencode()}"}


@register.inclusion_tag("components/_panels.html", takes_context=True)
def panels(context: template.Context, slot: str, pk: int) -> dict[str, Any]:
    """The pieces that higher apps hang into this page, fetched after it has loaded."""
    user = context["request"].user
    return {
        "panels": [
            {
                "url": reverse(panel.url_name, args=[pk]),
                "slot": f"{slot}-{pk}",  # a page may have a slot for each of several records
                "number": number,
            }
            for number, panel in enumerate(navigation.panels_for(slot, user))
        ]
    }


@register.inclusion_tag("components/_patient_tabs.html", takes_context=True)
def patient_tabs(context: template.Context, pk: int) -> dict[str, Any]:
    """The tabs over every page about one patient."""
    request = context["request"]
    here = request.resolver_match.view_name if request.resolver_match else ""
    return {
        "tabs": [
            {
                "place": place,
                "url": place.url(pk),
                "is_here": here == place.url_name or here in place.also,
            }
            for place in navigation.patient_tabs_for(request.user)
        ]
    }
