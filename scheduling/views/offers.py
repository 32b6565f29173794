"""The page behind an offer's link: anybody who has it may open it, the first to take it has it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from people import links
from people.access import public
from people.links import LinkClosed, LinkUsed, NoSuchLink
from scheduling import wait_list, wait_offers
from scheduling.models import WaitListOffer


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def take(request: HttpRequest, token: str) -> HttpResponse:
    """Where and when, and one button; afterward what became of it."""
    try:
        link = links.find(token, purpose=wait_offers.PURPOSE)
        offer = WaitListOffer.objects.for_page().get(link=link)
    except (NoSuchLink, WaitListOffer.DoesNotExist):
        return _page(request, "unknown", status=404)
    try:
        links.open_link(token, purpose=wait_offers.PURPOSE)
        if request.method == "POST":
            wait_list.take(token)
            return _page(request, "taken", offer=offer)
    except LinkUsed:
        return _page(request, "taken", offer=offer)
    except LinkClosed:
        return _page(request, "gone", offer=offer, status=410)
    except wait_list.OfferGone:
        return _page(request, "gone", offer=offer, status=410)
    if not wait_offers.is_free(offer):
        return _page(request, "gone", offer=offer, status=410)
    if request.method == "GET":
        wait_offers.mark_opened(offer)
    return _page(request, "open", offer=offer)


def _page(
    request: HttpRequest, standing: str, *, offer: WaitListOffer | None = None, status: int = 200
) -> HttpResponse:
    context: dict[str, Any] = {"standing": standing, "offer": offer}
    return render(request, "scheduling/take_offer.html", context, status=status)
