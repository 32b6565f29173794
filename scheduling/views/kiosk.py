"""The kiosk's own page, which no log-in opens and none is needed for; and the desk's page of
kiosks.

The kiosk's page takes no cookie: the address itself proves who asks, and there is nothing else to
forge. It says two things only, so that nobody learns at it who is a patient here.
"""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from people import limits
from people.access import DESK, allow, find_visible, public
from people.forms.rows import status_of
from people.models import Clinic
from scheduling import kiosks
from scheduling.access import StaffRequest
from scheduling.forms.kiosk import ArrivalForm, KioskForm
from scheduling.models import Kiosk
from web.responses import go_to
from web.views import not_found, too_many_requests

GUESSES, FOR_AN_HOUR = 30, 3600


@allow(*DESK)
@require_http_methods(["GET", "HEAD", "POST"])
def kiosk_list(request: StaffRequest) -> HttpResponse:
    """The kiosks that are open; the answer to a new one is the only one that shows its address."""
    form = KioskForm(request.POST or None, by=request.user, initial=_only_clinic(request))
    address = ""
    if form.is_bound and form.is_valid():
        try:
            address = kiosks.make(by=request.user, **form.new_values())
        except ValidationError as error:
            form.refuse(error, beside="name")
        else:
            form = KioskForm(by=request.user, initial=_only_clinic(request))
    context = {
        "form": form,
        "address": address,
        "rows": kiosks.open_at_clinics_of(request.user),
    }
    return render(request, "scheduling/kiosks.html", context, status=status_of(form))


def _only_clinic(request: StaffRequest) -> dict[str, Clinic]:
    clinics = list(request.user.visible_clinics().filter(is_active=True)[:2])
    return {"clinic": clinics[0]} if len(clinics) == 1 else {}


@allow(*DESK)
@require_POST
def kiosk_revoke(request: StaffRequest, pk: int) -> HttpResponse:
    row: Kiosk = find_visible(Kiosk.objects.all(), pk, by=request.user)
    kiosks.revoke(row, by=request.user)
    messages.success(request, f"{row} is revoked: its address opens nothing any more.")
    return go_to(request, reverse("scheduling:kiosks"))


@csrf_exempt
@public
@require_http_methods(["GET", "HEAD", "POST"])
def kiosk(request: HttpRequest, token: str) -> HttpResponse:
    """The empty form; or one of two sentences, which say the same of everybody."""
    if limits.has_guessed_too_often("kiosk", most=GUESSES):
        return _to_itself(too_many_requests(request))
    try:
        return _to_itself(_answer(request, kiosks.find(token)))
    except kiosks.NoSuchKiosk:
        limits.note_guess("kiosk", seconds=FOR_AN_HOUR)
        return _to_itself(not_found(request))


def _answer(request: HttpRequest, row: Kiosk) -> HttpResponse:
    form = ArrivalForm(request.POST if request.method == "POST" else None)
    if not form.is_bound or not form.is_valid():
        context = {"form": form, "clinic": row.clinic}
        return render(request, "scheduling/kiosk.html", context, status=status_of(form))
    worked = kiosks.check_in(
        row,
        birth_date=form.cleaned_data["birth_date"],
        last_name=form.cleaned_data["last_name"],
    )
    context = {"worked": worked, "clinic": row.clinic, "here": request.path}
    return render(request, "scheduling/kiosk_done.html", context)


def _to_itself(response: HttpResponse) -> HttpResponse:
    """The address is told to nobody, and found by nobody."""
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Cache-Control"] = "no-store, private"
    return response
