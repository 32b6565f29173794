"""What comes from outside without a log-in: the provider's receipts and patients' replies, and the
link that stops e-mail. Each proves itself: by the provider's signature, or by ours in the address.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Callable
from functools import wraps
from hashlib import sha1
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import escape
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from people import limits, outbox, stops
from people.access import public
from people.links import NoSuchLink
from people.models import Message, Patient, Practice
from people.transports import SMS_REASONS
from web.templatetags.pt import phone
from web.views import too_many_requests

FROM_PROVIDER = "application/xml"
ARRIVED, LOST = {"delivered"}, {"undelivered", "failed"}
GUESSES, FOR_AN_HOUR = 30, 3600


def signature_of(url: str, fields: dict[str, str]) -> str:
    """How Twilio signs a request: HMAC-SHA1 of the address and the sorted fields, with our token
    (twilio.com/docs/usage/security#validating-requests)."""
    signed = url + "".join(name + fields[name] for name in sorted(fields))
    digest = hmac.new(settings.SMS_TOKEN.encode(), signed.encode(), sha1).digest()
    return base64.b64encode(digest).decode()


def from_the_provider(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let in only what carries the provider's signature."""

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        url = settings.PUBLIC_URL + request.get_full_path()
        given = request.headers.get("X-Twilio-Signature", "")
        fields = {name: request.POST[name] for name in request.POST}
        if not settings.SMS_TOKEN or not hmac.compare_digest(
            given.encode(), signature_of(url, fields).encode()
        ):
            return HttpResponse(status=403)
        return view(request, *args, **kwargs)

    return checked


@csrf_exempt
@public
@require_POST
@from_the_provider
def sms_receipt(request: HttpRequest, pk: int) -> HttpResponse:
    """What became of a text message."""
    message = Message.objects.filter(pk=pk, channel=Message.Channel.SMS).first()
    told = request.POST.get("MessageStatus", "")
    if message is not None and told in ARRIVED | LOST:
        code = request.POST.get("ErrorCode", "")
        reason = SMS_REASONS.get(int(code) if code.isdecimal() else 0)
        outbox.take_receipt(
            message=message,
            arrived=told in ARRIVED,
            problem=reason or f"It was not delivered (code {code[:6] or 'unknown'}).",
        )
    return HttpResponse(status=204)


@csrf_exempt
@public
@require_POST
@from_the_provider
def sms_reply(request: HttpRequest) -> HttpResponse:
    """A patient answered: STOP and START are acted on (the provider itself answers those);
    anything else is told whom to call, because nobody reads replies."""
    number = request.POST.get("From", "")
    if stops.answer(number=number, text=request.POST.get("Body", "")):
        return HttpResponse("<Response/>", content_type=FROM_PROVIDER)
    words = escape(f"Nobody reads replies to this number. Please call {_whom_to_call(number)}.")
    return HttpResponse(
        f"<Response><Message>{words}</Message></Response>", content_type=FROM_PROVIDER
    )


def _whom_to_call(number: str) -> str:
    patient = Patient.objects.filter(mobile_phone=number).select_related("clinic").first()
    if patient is not None:
        return phone(patient.clinic.phone)
    practice = Practice.objects.first()
    return phone(practice.phone) if practice is not None else "us"


@csrf_exempt
@public
@require_http_methods(["GET", "HEAD", "POST"])
def stop_messages(request: HttpRequest, token: str) -> HttpResponse:
    """Looking changes nothing: mail scanners open links. Mail programs stop by POST (RFC 8058),
    without a cookie; the signed address is what proves them, so there is no CSRF to forge."""
    if limits.has_guessed_too_often("stop", most=GUESSES):
        return too_many_requests(request)
    try:
        message = stops.message_of(token)
    except NoSuchLink:
        limits.note_guess("stop", seconds=FOR_AN_HOUR)
        return _kept_to_itself(render(request, "people/stop_unknown.html", status=404))
    if request.method == "POST":
        stops.stop(patient=message.patient, channel=message.channel, how=stops.How.LINK, by=None)
    context = {
        "clinic": message.patient.clinic,
        "channel": stops.IN_WORDS[Message.Channel(message.channel)],
        "is_stopped": stops.is_stopped(message.patient, message.channel),
    }
    return _kept_to_itself(render(request, "people/stop.html", context))


def _kept_to_itself(response: HttpResponse) -> HttpResponse:
    """The address is a key: no other site and no search engine gets to know it."""
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response
