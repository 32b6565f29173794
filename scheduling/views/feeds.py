"""The calendar feed: made and revoked on a person's account page, fetched without a log-in."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import http_date, parse_http_date_safe
from django.views.decorators.http import require_POST, require_safe

from people import limits
from people.access import allow, public
from people.models import Role, Therapist
from scheduling import feeds
from scheduling.access import StaffRequest
from web.responses import go_to, wants_piece
from web.views import too_many_requests

HAS_FEED = (Role.OWNER, Role.THERAPIST, Role.ASSISTANT, Role.STUDENT)
GUESSES, FOR_AN_HOUR = 30, 3600


@allow(*HAS_FEED)
@require_safe
def feed(request: StaffRequest, pk: int) -> HttpResponse:
    """A piece of the account page, and a page of its own where there is no script."""
    return _show(request, _therapist(request, pk))


@allow(*HAS_FEED)
@require_POST
def feed_make(request: StaffRequest, pk: int) -> HttpResponse:
    """The one answer that shows the address."""
    therapist = _therapist(request, pk)
    return _show(request, therapist, address=feeds.make(therapist=therapist, by=request.user))


@allow(*HAS_FEED)
@require_POST
def feed_revoke(request: StaffRequest, pk: int) -> HttpResponse:
    therapist = _therapist(request, pk)
    feeds.revoke(therapist=therapist, by=request.user)
    if wants_piece(request):
        return _show(request, therapist)
    messages.success(request, "The calendar's address opens nothing any more.")
    return go_to(request, reverse("scheduling:feed", args=[pk]))


def _therapist(request: StaffRequest, account_id: int) -> Therapist:
    """The therapist behind an account: one's own, or anybody's for the owner."""
    if account_id != request.user.pk and not request.user.has_role(Role.OWNER):
        raise Http404("There is no such account, or it is not yours.")
    return get_object_or_404(Therapist.objects.select_related("user"), user=account_id)


def _show(request: StaffRequest, therapist: Therapist, *, address: str = "") -> HttpResponse:
    context = {
        "therapist": therapist,
        "feed": feeds.open_feed_of(therapist),
        "address": address,
        "zone": request.user.visible_clinics().first(),
        "is_own": therapist.user_id == request.user.pk,
    }
    template = "scheduling/_feed.html" if wants_piece(request) else "scheduling/feed.html"
    return render(request, template, context)


@public
@require_safe
def feed_file(request: HttpRequest, token: str) -> HttpResponse:
    """What a calendar program fetches."""
    if limits.has_guessed_too_often("feed", most=GUESSES):
        return too_many_requests(request)
    try:
        row = feeds.find(token)
    except feeds.NoSuchFeed:
        limits.note_guess("feed", seconds=FOR_AN_HOUR)
        return HttpResponse("There is no such calendar.", status=404, content_type="text/plain")
    content, digest, changed_at = feeds.fetch(row)
    etag = f'"{digest}"'
    if _has_it(request, etag, int(changed_at.timestamp())):
        response = HttpResponse(status=304)
    else:
        response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
        response["Content-Disposition"] = 'attachment; filename="appointments.ics"'
    response["ETag"] = etag
    response["Last-Modified"] = http_date(changed_at.timestamp())
    response["Cache-Control"] = "private, no-cache"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _has_it(request: HttpRequest, etag: str, changed_at: int) -> bool:
    """The hash decides where both are sent (RFC 9110, § 13.2.2)."""
    if given := request.headers.get("If-None-Match"):
        return given == "*" or etag in {one.strip().removeprefix("W/") for one in given.split(",")}
    since = parse_http_date_safe(request.headers.get("If-Modified-Since", ""))
    return since is not None and changed_at <= since
