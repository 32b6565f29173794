"""The door in front of every page that a provider opens by a link: it asks for their NPI.

The link is the key; the NPI keeps a link that went astray shut. Until it is right the page says
nothing but the practice's name. A GET never does more than ask: mail scanners open links. What
lies behind is reached by POST alone, with a ticket that the right NPI earns for an hour.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django import forms
from django.core.signing import BadSignature, TimestampSigner
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.crypto import constant_time_compare

from people import audit, limits, links
from people.forms.fields import NumberField
from people.models import Patient, PatientLink, Practice, ReferringProvider
from people.validators import validate_npi
from web.forms import TidyForm
from web.views import too_many_requests

FOR_AN_HOUR = 3600
ADDRESSES = 30  # wrong links from one place in an hour
NUMBERS = 10  # wrong NPIs on one link in an hour, from wherever
WRONG = "This is not the NPI of the provider to whom we wrote."
TOO_MANY = "Too many wrong numbers: try again in an hour, or call us."


@dataclass(frozen=True)
class Guest:
    """For whom the link is, about whom, and the record it leads to."""

    provider: ReferringProvider
    patient: Patient
    target: models.Model


class NpiForm(TidyForm):
    npi = NumberField(
        label="Your NPI",
        max_length=20,
        validators=[validate_npi],
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )


Inside = Callable[[HttpRequest, Guest, str], HttpResponse]


def answer(
    request: HttpRequest,
    token: str,
    *,
    purpose: str,
    guest_of: Callable[[PatientLink], Guest],
    inside: Inside,
) -> HttpResponse:
    """What the link's address answers. `inside(request, guest, ticket)` draws what lies behind
    the door; its forms send `ticket` back as the field of that name, to the same address."""
    response = _answer(request, token, purpose=purpose, guest_of=guest_of, inside=inside)
    # The address is a key: no other site and no search engine gets to know it.
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _answer(
    request: HttpRequest,
    token: str,
    *,
    purpose: str,
    guest_of: Callable[[PatientLink], Guest],
    inside: Inside,
) -> HttpResponse:
    if limits.has_guessed_too_often("provider-link", most=ADDRESSES):
        return too_many_requests(request)
    try:
        link = links.open_link(token, purpose=purpose)
    except links.NoSuchLink:
        limits.note_guess("provider-link", seconds=FOR_AN_HOUR)
        return render(request, "documentation/provider_door_unknown.html", status=404)
    except links.LinkClosed as closed:
        return _page(request, closed.link, "documentation/provider_door_closed.html", status=410)
    if request.method != "POST":
        return _ask(request, link, NpiForm())
    if request.user.is_authenticated:  # or it would count as read by the provider
        return render(request, "documentation/provider_door_staff.html", status=403)
    guest = guest_of(link)
    ticket = request.POST.get("ticket", "")
    if _is_good(ticket, link, guest.provider):
        return inside(request, guest, ticket)
    form = NpiForm(request.POST)
    if not form.is_valid():
        return _ask(request, link, form, status=422)
    counter = f"provider-npi:{link.pk}"
    if limits.has_guessed_too_often(counter, most=NUMBERS, anywhere=True):
        form.add_error("npi", TOO_MANY)
        return _ask(request, link, form, status=429)
    if not constant_time_compare(form.cleaned_data["npi"], guest.provider.npi):
        limits.note_guess(counter, seconds=FOR_AN_HOUR, anywhere=True)
        _record("provider.refused", guest, link)
        form.add_error("npi", WRONG)
        return _ask(request, link, form, status=422)
    _record("provider.let_in", guest, link)
    return inside(request, guest, _ticket(link, guest.provider))


def _signer() -> TimestampSigner:
    return TimestampSigner(salt="documentation.provider_door")


def _ticket(link: PatientLink, provider: ReferringProvider) -> str:
    return _signer().sign(f"{link.pk}:{provider.npi}")


def _is_good(ticket: str, link: PatientLink, provider: ReferringProvider) -> bool:
    try:
        return _signer().unsign(ticket, max_age=FOR_AN_HOUR) == f"{link.pk}:{provider.npi}"
    except BadSignature:
        return False


def _record(action: str, guest: Guest, link: PatientLink) -> None:
    """The house writes it down: whoever stands there has no account."""
    audit.record(
        by=None,
        action=action,
        patient=guest.patient,
        target=guest.target,
        link=link.pk,
        provider=guest.provider.pk,
    )


def _ask(
    request: HttpRequest, link: PatientLink, form: NpiForm, *, status: int = 200
) -> HttpResponse:
    return _page(request, link, "documentation/provider_door.html", form=form, status=status)


def _page(
    request: HttpRequest, link: PatientLink, template: str, *, status: int, **context: object
) -> HttpResponse:
    context |= {"clinic": link.patient.clinic, "practice": Practice.objects.first()}
    return render(request, template, context, status=status)
