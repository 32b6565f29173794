"""The patient's own page behind a link: today's exercises, and what they say of them.

No log-in: the signed address is the key. Looking changes nothing, since mail scanners open links.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from documentation import home_answers, home_programs
from documentation.home_forms import AnswerForm
from documentation.models import HomeAnswer, HomeProgram, HomeProgramItem
from documentation.rules.adherence import STRONG_PAIN
from people import limits, links
from people.access import public
from people.models import PatientLink
from web.responses import go_to
from web.views import too_many_requests

GUESSES, FOR_AN_HOUR = 30, 3600
ANSWERS = 300  # an hour from one address: a household on one phone does not come near


@csrf_exempt
@public
@require_http_methods(["GET", "HEAD", "POST"])
def home(request: HttpRequest, token: str) -> HttpResponse:
    """A GET shows the exercises of a day; a POST answers one of them."""
    if limits.has_guessed_too_often("home", most=GUESSES):
        return too_many_requests(request)
    try:
        link = links.open_link(token, purpose=home_programs.PURPOSE)
    except links.NoSuchLink:
        limits.note_guess("home", seconds=FOR_AN_HOUR)
        response = render(request, "documentation/home_link_unknown.html", status=404)
    except links.LinkClosed as closed:
        context = {"clinic": closed.link.patient.clinic}
        response = render(request, "documentation/home_link_closed.html", context, status=410)
    else:
        response = _answer(request, link) if request.method == "POST" else _show(request, link)
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _show(
    request: HttpRequest,
    link: PatientLink,
    *,
    program: HomeProgram | None = None,
    form: AnswerForm | None = None,
    status: int = 200,
) -> HttpResponse:
    program = program or home_answers.running_of(link.patient)
    clinic = link.patient.clinic
    context: dict[str, Any] = {
        "program": program,
        "clinic": clinic,
        "first_name": link.patient.preferred_name or link.patient.first_name,
        "here": reverse("documentation:home", args=[links.token_of(link)]),
        "large": request.GET.get("text") == "large",
    }
    if program is not None and program.status == HomeProgram.Status.GIVEN:
        today = timezone.localdate(timezone=clinic.zone)
        days = home_answers.days_open(program, today=today)
        day = _day_asked(request, days) if days else today
        context |= _day(program, day) | {"day": day, "today": today, "days": days, "form": form}
    return render(request, "documentation/home_link.html", context, status=status)


def _day(program: HomeProgram, day: dt.date) -> dict[str, Any]:
    answers = {
        answer.item_id: answer
        for answer in HomeAnswer.objects.filter(item__program=program, day=day)
    }
    return {
        "rows": [{"item": item, "answer": answers.get(item.pk)} for item in program.items.all()],
        "done": sum(answer.done for answer in answers.values()),
        "pains": [str(n) for n in range(11)],
        "difficulties": HomeAnswer.Difficulty.choices,
        "strong_pain": STRONG_PAIN,
    }


def _day_asked(request: HttpRequest, days: list[dt.date]) -> dt.date:
    asked = request.POST.get("day") or request.GET.get("day", "")
    return next((day for day in days if day.isoformat() == asked), days[0])


def _answer(request: HttpRequest, link: PatientLink) -> HttpResponse:
    """Write the answer down; the phone's script gets a short answer, anybody else the page."""
    if limits.has_guessed_too_often("home-answers", most=ANSWERS):
        return too_many_requests(request)
    limits.note_guess("home-answers", seconds=FOR_AN_HOUR)
    wants_json = request.headers.get("Accept", "").startswith("application/json")
    form = AnswerForm(request.POST)
    program = home_answers.running_of(link.patient)
    item = None
    if program is not None and form.is_valid():
        rows = HomeProgramItem.objects.filter(program=program)
        item = rows.filter(pk=form.cleaned_data.pop("item")).first()
    if item is None:
        if wants_json:
            return JsonResponse({"problem": "not understood"}, status=422)
        return _show(request, link, form=form, status=422)
    try:
        row = home_answers.answer(link=link, item=item, **form.cleaned_data)
    except home_answers.NotNow:
        if wants_json:
            return JsonResponse({"problem": "not now"}, status=409)
        return _show(request, link, status=409)
    if wants_json:
        return JsonResponse({"done": row.done, "alarm": row.alarm})
    text = "&text=large" if request.POST.get("text") == "large" else ""
    here = reverse("documentation:home", args=[links.token_of(link)])
    return go_to(request, f"{here}?day={row.day.isoformat()}{text}#exercise-{item.pk}")
