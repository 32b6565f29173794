"""The timers of a visit over the wire, and stopping one from a list."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST

from documentation import charting, timer_page, timers
from documentation.models import ServiceTimer, Visit
from documentation.rules.session import NotASession
from documentation.rules.timing import OLDEST
from documentation.session_forms import read_json
from people.access import CLINICAL, allow, find_visible
from people.models import User
from scheduling.access import StaffRequest
from web.responses import go_to


@dataclass(frozen=True)
class Told:
    """One event as the page tells it; times as seconds ago, for a tablet's clock may be wrong."""

    act: str
    key: uuid.UUID
    entry: uuid.UUID | None
    code: str
    at: dt.datetime
    until: dt.datetime | None
    by_assistant: bool
    minutes_before: int


def _read(typed: dict[str, Any], now: dt.datetime) -> Told:
    act = typed.get("act")
    if act not in ("start", "stop", "discard"):
        raise NotASession("An event is a start, a stop or a discard.")
    before = typed.get("minutes_before", 0)
    if type(before) is not int or abs(before) > 24 * 60:
        raise NotASession("The minutes before are whole minutes of a day.")
    try:
        key = uuid.UUID(str(typed.get("key")))
        entry = uuid.UUID(str(typed.get("entry"))) if act == "start" else None
    except ValueError:
        raise NotASession("An event names its timer, a start its card as well.") from None
    return Told(
        act=act,
        key=key,
        entry=entry,
        code=str(typed.get("code") or "").strip().upper(),
        at=_moment(typed.get("ago", 0), now),
        until=_moment(typed["until_ago"], now) if typed.get("until_ago") is not None else None,
        by_assistant=typed.get("by_assistant") is True,
        minutes_before=before,
    )


def _moment(ago: object, now: dt.datetime) -> dt.datetime:
    if isinstance(ago, bool) or not isinstance(ago, int | float) or ago < 0:
        raise NotASession("Say how many seconds ago it was.")
    if ago > OLDEST.total_seconds():
        raise NotASession("This timer is older than a day. Write the minutes instead.")
    return now - dt.timedelta(seconds=ago)


@csrf_exempt  # checked below, after the log-in, as for the draft
@allow(*CLINICAL)
@require_http_methods(["GET", "HEAD", "POST"])
@csrf_protect
def session_timers(request: StaffRequest, pk: int) -> HttpResponse:
    """How the visit's timers stand; with POST after one event, told now or kept until now."""
    visit = find_visible(
        Visit.objects.select_related("clinic", "therapist__user", "assistant__user"),
        pk,
        by=request.user,
    )
    if request.method != "POST":
        return JsonResponse(timer_page.as_json(visit, user=request.user))
    try:
        outcome = _act(visit, _read(read_json(request), timezone.now()), by=request.user)
    except charting.AlreadySigned as error:
        return _refused(visit, request.user, 409, "signed", str(error))
    except timers.TimesOverlap as error:
        overlap = timer_page.overlap_in_words(error.other, visit=visit, by=request.user)
        more = {"url": overlap.url, "group_code": overlap.group_code}
        return _refused(visit, request.user, 409, "times_overlap", overlap.sentence, **more)
    except (timers.TimerRefused, NotASession) as error:
        return _refused(visit, request.user, 400, "refused", str(error))
    versions = {"built_on": outcome.built_on, "version": outcome.version}
    return JsonResponse(timer_page.as_json(visit, user=request.user) | versions)


def _act(visit: Visit, told: Told, *, by: User) -> timers.Outcome:
    if told.act == "start" and told.entry is not None:
        return timers.start(
            visit=visit,
            key=told.key,
            entry=told.entry,
            code=told.code,
            at=told.at,
            until=told.until,
            by_assistant=told.by_assistant,
            minutes_before=told.minutes_before,
            by=by,
        )
    timer = ServiceTimer.objects.visible_to(by).filter(key=told.key, visit=visit).first()
    if timer is None:
        raise timers.TimerRefused("There is no such timer: its start was refused.")
    if told.act == "stop":
        return timers.stop(timer=timer, at=max(told.at, timer.started_at), by=by)
    return timers.discard(timer=timer, by=by)


def _refused(
    visit: Visit, user: User, status: int, code: str, detail: str, **more: Any
) -> JsonResponse:
    answer = {"code": code, "detail": detail} | more | timer_page.as_json(visit, user=user)
    return JsonResponse(answer, status=status)


# --- From a list --------------------------------------------------------------------------------


class StopForm(forms.Form):
    """When it ended, on the clinic's clock; empty: now."""

    ended = forms.TimeField(required=False, label="Ended at")


@allow(*CLINICAL)
@require_POST
def timer_stop(request: StaffRequest, pk: int) -> HttpResponse:
    """Stop a running timer from Today or from the notice of a forgotten one, then go to its
    visit."""
    timers_of = ServiceTimer.objects.select_related("visit__clinic", "visit__note")
    timer = find_visible(timers_of, pk, by=request.user)
    visit: Visit = timer.visit
    form = StopForm(request.POST)
    try:
        if not form.is_valid():
            raise timers.TimerRefused("Write the time as 9:40 or 14:15.")
        if "discard" in request.POST:
            timers.discard(timer=timer, by=request.user)
        else:
            timers.stop(timer=timer, at=_on_that_day(timer, form), by=request.user)
    except charting.AlreadySigned as error:
        messages.error(request, str(error))
        return go_to(request, visit.note.get_absolute_url())
    except timers.TimerRefused as error:
        messages.error(request, str(error))
    return go_to(request, visit.get_absolute_url())


def _on_that_day(timer: ServiceTimer, form: StopForm) -> dt.datetime | None:
    ended = form.cleaned_data["ended"]
    if ended is None:
        return None
    zone = timer.visit.clinic.zone
    day = timezone.localdate(timer.started_at, zone)
    return dt.datetime.combine(day, ended, zone)
