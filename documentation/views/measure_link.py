"""The patient's questions behind a link: answered once, in our own words.

No log-in: the signed address is the key. Looking changes nothing, since mail scanners open links.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from documentation import measuring
from documentation.measure_forms import ResultForm
from documentation.models import MeasureRequest, MeasureResult
from documentation.rules.measures import Series, Way
from documentation.rules.scoring import NotScored
from people import limits, links
from people.access import public
from people.models import PatientLink
from web.views import too_many_requests

GUESSES, FOR_AN_HOUR = 30, 3600


@csrf_exempt
@public
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, token: str) -> HttpResponse:
    if limits.has_guessed_too_often("measures", most=GUESSES):
        return too_many_requests(request)
    try:
        link = links.open_link(token, purpose=measuring.PURPOSE)
        response = _answer(request, link)
    except links.NoSuchLink:
        limits.note_guess("measures", seconds=FOR_AN_HOUR)
        response = render(request, "documentation/home_link_unknown.html", status=404)
    except links.LinkClosed as closed:
        response = _closed(request, closed.link, is_used=isinstance(closed, links.LinkUsed))
    except measuring.NotOpen:
        response = _closed(request, link, is_used=False)
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _answer(request: HttpRequest, link: PatientLink) -> HttpResponse:
    asked = MeasureRequest.objects.filter(link=link).select_related("episode").first()
    if asked is None:
        raise measuring.NotOpen
    typed = request.POST if request.method == "POST" else None
    forms = [_form(series, asked, typed) for series in asked.questions]
    status = 200
    if typed is not None and not [form for form in forms if not form.is_valid()]:
        try:
            measuring.answer(link=link, answers={form.series.key: form.answers() for form in forms})
        except NotScored as error:
            for form in forms:
                form.refuse(_errors_of(form.series, error))
        else:
            thanks = {"clinic": link.patient.clinic}
            return render(request, "documentation/measure_thanks.html", thanks)
    if any(form.errors for form in forms):
        status = 422
    context: dict[str, Any] = {
        "clinic": link.patient.clinic,
        "first_name": link.patient.preferred_name or link.patient.first_name,
        "questions": [_question(form) for form in forms],
        "here": reverse("documentation:measure-answer", args=[links.token_of(link)]),
        "is_wrong": status == 422,
    }
    return render(request, "documentation/measure_link.html", context, status=status)


def _form(series: Series, asked: MeasureRequest, typed: Any) -> ResultForm:
    form = ResultForm(typed, series=series, prefix=series.key, for_patient=True)
    if series.measure.entry.way is Way.ACTIVITIES:
        last = (
            MeasureResult.objects.filter(episode=asked.episode)
            .of_series(series.key)
            .standing()
            .order_by("taken_on", "pk")
            .last()
        )
        if last is not None:
            named = enumerate(last.answers["activities"], start=1)
            form.show({f"activity{n}": row["name"] for n, row in named})
    return form


def _question(form: ResultForm) -> dict[str, Any]:
    """The scale is shown as eleven buttons; activities keep a box for the name."""
    rows = []
    for place in range(1, form.entry.many + 1):
        if f"activity{place}" in form.fields:
            rows.append((form[f"activity{place}"], form[f"rating{place}"]))
    return {
        "series": form.series,
        "form": form,
        "rows": rows,
        "total": form["total"] if "total" in form.fields else None,
        "scale": [str(number) for number in range(11)],
    }


def _errors_of(series: Series, error: NotScored) -> dict[str, str]:
    start = f"{series.key}:"
    return {
        name.removeprefix(start): text
        for name, text in error.errors.items()
        if name.startswith(start)
    }


def _closed(request: HttpRequest, link: PatientLink, *, is_used: bool) -> HttpResponse:
    context = {"clinic": link.patient.clinic, "is_used": is_used}
    return render(request, "documentation/measure_closed.html", context, status=410)
