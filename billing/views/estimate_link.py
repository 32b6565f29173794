"""The patient's own way to an estimate behind a link: the date of birth opens the PDF.

No log-in: the signed address is the key. Looking changes nothing, since mail scanners open links;
the paper counts as given once somebody who knows the date of birth has opened it.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from billing import estimates, issued_papers
from billing.forms_self_pay import BirthDateForm
from billing.models import Estimate
from people import limits, links
from people.access import public
from people.models import PatientLink
from web.files import give_pdf
from web.views import too_many_requests

GUESSES, FOR_AN_HOUR = 20, 3600
PAGE = "billing/estimate_link.html"
CLOSED, UNKNOWN = "billing/estimate_link_closed.html", "billing/estimate_link_unknown.html"


@csrf_exempt
@public
@require_http_methods(["GET", "HEAD", "POST"])
def estimate_link(request: HttpRequest, token: str) -> HttpResponse:
    """A GET asks for the date of birth; a POST that knows it answers with the PDF."""
    if limits.has_guessed_too_often("estimate", most=GUESSES):
        return too_many_requests(request)
    try:
        link = links.open_link(token, purpose=estimates.PURPOSE)
    except links.NoSuchLink:
        limits.note_guess("estimate", seconds=FOR_AN_HOUR)
        response = render(request, UNKNOWN, status=404)
    except links.LinkClosed as closed:
        context = {"clinic": closed.link.patient.clinic}
        response = render(request, CLOSED, context, status=410)
    else:
        response = _open(request, link)
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _open(request: HttpRequest, link: PatientLink) -> HttpResponse:
    form = BirthDateForm(request.POST if request.method == "POST" else None)
    clinic = link.patient.clinic
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["birth_date"] == link.patient.birth_date:
            try:
                return _paper(link)
            except estimates.NotReady:
                context = {"form": form, "clinic": clinic, "not_ready": True}
                return render(request, PAGE, context, status=409)
        limits.note_guess("estimate", seconds=FOR_AN_HOUR)
        form.add_error("birth_date", "This is not the date of birth that we know.")
    context = {"form": form, "clinic": clinic}
    return render(request, PAGE, context, status=422 if form.errors else 200)


def _paper(link: PatientLink) -> HttpResponse:
    assert link.target_id is not None  # a link to an estimate names one
    estimate = Estimate.objects.select_related("patient", "clinic").get(pk=link.target_id)
    estimates.give(estimate=estimate, how=estimates.Way.LINK, by=None)
    paper = issued_papers.note_opened(estimate, by=None)
    return give_pdf(paper, name=f"{estimate.number}.pdf")
