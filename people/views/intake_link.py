"""The questionnaire as the patient meets it: by link, without log-in, a step to a page.

The signed address is the key and there is no cookie, so nothing can be forged across sites. The
pages show only what was typed into them, never what stands in the record.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from people import consents, limits, links, questionnaires
from people.access import public
from people.forms.consents import OwnDeclineForm, SignForm
from people.forms.questionnaire import STEPS, InsuranceStep, in_words
from people.models import Questionnaire
from web.responses import go_to
from web.views import too_many_requests

GUESSES, FOR_AN_HOUR = 30, 3600
FORMS, LAST = "forms", "send"
Page = Callable[..., HttpResponse]
BY_NAME = {step.name: step for step in STEPS}
ORDER = [*BY_NAME, FORMS, LAST]


def by_link(page: Page) -> Page:
    """Open the page of a good link; the kind page of one that is closed or nobody's."""

    @csrf_exempt
    @public
    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(page)
    def opened(request: HttpRequest, token: str, **kwargs: Any) -> HttpResponse:
        if limits.has_guessed_too_often("intake", most=GUESSES):
            return too_many_requests(request)
        try:
            link = links.open_link(token, purpose=questionnaires.PURPOSE)
        except links.NoSuchLink:
            limits.note_guess("intake", seconds=FOR_AN_HOUR)
            response = render(request, "people/intake_unknown.html", status=404)
        except links.LinkClosed as closed:
            response = _closed(request, closed)
        else:
            try:
                response = page(request, token, questionnaires.of_link(link), **kwargs)
            except questionnaires.NotOpen:
                response = _closed(request, links.LinkUsed(link))
        response["Referrer-Policy"] = "no-referrer"
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return opened


def _closed(request: HttpRequest, closed: links.LinkClosed) -> HttpResponse:
    context = {
        "clinic": closed.link.patient.clinic,
        "is_sent": isinstance(closed, links.LinkUsed),
        "is_over": isinstance(closed, links.LinkExpired),
    }
    return render(request, "people/intake_closed.html", context, status=410)


@by_link
def intake(request: HttpRequest, token: str, row: Questionnaire) -> HttpResponse:
    """To the first step that is not answered yet."""
    open_steps = [name for name in BY_NAME if name not in row.answers]
    return go_to(request, _address(token, open_steps[0] if open_steps else FORMS))


@by_link
def step(request: HttpRequest, token: str, row: Questionnaire, name: str) -> HttpResponse:
    if name == FORMS:
        return _forms(request, token, row)
    if name == LAST:
        return _send(request, token, row)
    kind = BY_NAME.get(name)
    if kind is None:
        return go_to(request, reverse("people:intake", args=[token]))
    if request.method == "POST":
        form = kind(request.POST, request.FILES)
        if form.is_valid():
            row = questionnaires.save_step(questionnaire=row, step=name, values=form.answers())
            if isinstance(form, InsuranceStep):
                for side, photo in form.photos().items():
                    questionnaires.keep_photo(questionnaire=row, side=side, photo=photo)
            return go_to(request, _address(token, _next(name)))
    else:
        form = kind(initial=row.answers.get(name))
    sides = set(row.card_photos.values_list("side", flat=True)) if name == "insurance" else set()
    context = _context(token, row, name) | {"form": form, "step": kind, "sides": sides}
    return render(request, "people/intake_step.html", context, status=422 if form.errors else 200)


def _forms(request: HttpRequest, token: str, row: Questionnaire) -> HttpResponse:
    """The practice's forms that are due, one after the other; each is signed, declined with a
    reason, or waits for the clinic."""
    today = timezone.localdate(timezone=row.patient.clinic.zone)
    due = [item for item in consents.asked_of(row.patient, on=today) if item.is_due]
    if not due:
        return go_to(request, _address(token, LAST))
    asked = next((item for item in due if str(item.version.pk) == request.POST.get("form")), due[0])
    who = row.answers.get("who", {})
    named = f"{who.get('first_name', '')} {who.get('last_name', '')}".strip()
    posted = request.POST if request.method == "POST" else None
    declines = "decline" in request.POST
    form = SignForm(None if declines else posted, initial={"signer_name": named})
    declining = OwnDeclineForm(
        posted if declines else None, initial={"signer_name": named}, prefix="no"
    )
    if form.is_bound and form.is_valid():
        consents.sign(patient=row.patient, version=asked.version, by=None, **form.signed())
        return go_to(request, _address(token, FORMS))
    if declining.is_bound and declining.is_valid():
        given = declining.declined()
        consents.decline(patient=row.patient, version=asked.version, by=None, **given)
        return go_to(request, _address(token, FORMS))
    context = _context(token, row, FORMS) | {
        "form": form,
        "declining": declining,
        "version": asked.version,
        "left": len(due),
        "later": _address(token, LAST),
    }
    status = 422 if form.errors or declining.errors else 200
    return render(request, "people/intake_forms.html", context, status=status)


def _send(request: HttpRequest, token: str, row: Questionnaire) -> HttpResponse:
    """What was answered, once more, and the button that sends it in."""
    missing = [kind for name, kind in BY_NAME.items() if name not in row.answers]
    if request.method == "POST" and not missing:
        questionnaires.send_in(questionnaire=row)
        context = {"clinic": row.patient.clinic}
        return render(request, "people/intake_done.html", context)
    context = _context(token, row, LAST) | {
        "missing": [{"title": kind.title, "url": _address(token, kind.name)} for kind in missing],
        "summary": summary_of(row, token),
    }
    return render(request, "people/intake_send.html", context, status=422 if request.POST else 200)


def summary_of(row: Questionnaire, token: str = "") -> list[dict[str, Any]]:
    return [
        {
            "title": kind.title,
            "lines": in_words(kind, row.answers.get(kind.name, {})),
            "url": _address(token, kind.name) if token else "",
        }
        for kind in STEPS
        if kind.name in row.answers
    ]


def _context(token: str, row: Questionnaire, name: str) -> dict[str, Any]:
    place = ORDER.index(name)
    return {
        "clinic": row.patient.clinic,
        "place": place + 1,
        "places": len(ORDER),
        "before": _address(token, ORDER[place - 1]) if place else "",
    }


def _next(name: str) -> str:
    return ORDER[ORDER.index(name) + 1]


def _address(token: str, name: str) -> str:
    return reverse("people:intake-step", args=[token, name])
