"""The wait list: who waits, who fits a freed time, and the page on which a patient takes it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from people import audit, exports
from people.access import allow, find_visible, open_patient
from people.forms.rows import status_of
from people.models import Patient
from scheduling import answers, sheets, wait_list, wait_offers
from scheduling.access import BOOKS, SETS_UP, StaffRequest
from scheduling.answers import REFUSALS, Refusal
from scheduling.forms.patients import PatientForm
from scheduling.forms.wait_list import SlotForm, WaitListFilterForm, WaitListForm
from scheduling.models import Appointment, WaitListEntry
from scheduling.views import clinic_of
from scheduling.wait_list import Found, NoLongerWaiting
from scheduling.wait_offers import Slot
from web.responses import announce, go_to, render_page_or_piece, tell, wants_piece

PAGE_SIZE = 50
MOST_SHOWN = 12


@allow(*BOOKS)
@require_safe
def entries(request: StaffRequest) -> HttpResponseBase:
    form = WaitListFilterForm(request.GET, by=request.user)
    form.is_valid()
    asked = form.cleaned_data
    show = asked.get("show") or "waiting"
    rows = WaitListEntry.objects.visible_to(request.user).for_list().shown(show)
    if clinic := asked.get("clinic"):
        rows = rows.at_clinic(clinic)
    if therapist := asked.get("therapist"):
        rows = rows.with_therapist(therapist)
    if exports.is_asked(request):
        return exports.export(request, name="wait-list", columns=sheets.WAIT_LIST, rows=rows)
    context = {
        "form": form,
        "show": show,
        "page_obj": Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page")),
        "today": timezone.localdate(),
        "may_set_up": request.user.has_role(*SETS_UP),
    }
    return render(request, "scheduling/wait_list.html", context)


def _open(request: StaffRequest, pk: int) -> WaitListEntry:
    """The entry, with a line in the audit that somebody looked."""
    row: WaitListEntry = find_visible(WaitListEntry.objects.for_list(), pk, by=request.user)
    audit.record(by=request.user, action="wait_list.viewed", patient=row.patient, target=row)
    return row


@allow(*BOOKS)
@require_safe
def entry(request: StaffRequest, pk: int) -> HttpResponse:
    row = _open(request, pk)
    offers = list(row.offers.all())
    told = wait_offers.messages_of(offers)
    context = {
        "entry": row,
        "patient": row.patient,
        "offers": [{"offer": offer, "message": told.get(offer.pk)} for offer in offers],
        "today": timezone.localdate(timezone=row.patient.clinic.zone),
    }
    return render(request, "scheduling/wait_entry.html", context)


@allow(*BOOKS)
def who(request: StaffRequest) -> HttpResponse:
    """Whom to put on the list; their wishes come on the next page."""
    form = PatientForm(request.POST or None, by=request.user)
    if form.is_bound and form.is_valid():
        chosen = form.cleaned_data["patient"]
        return go_to(request, reverse("scheduling:wait-new", args=[chosen.pk]))
    return render(request, "scheduling/wait_who.html", {"form": form}, status=status_of(form))


@allow(*BOOKS)
def entry_new(request: StaffRequest, patient_id: int) -> HttpResponse:
    patient = open_patient(patient_id, by=request.user)
    form = WaitListForm(request.POST or None, by=request.user, initial=_wished(request))
    if form.is_bound and form.is_valid():
        try:
            row = wait_list.add(patient=patient, by=request.user, **form.new_values())
        except ValidationError as error:
            form.refuse(error, beside="type")
        else:
            messages.success(request, f"{patient} is on the wait list.")
            return go_to(request, row.get_absolute_url())
    context = {"form": form, "patient": patient, "entry": None}
    return render(request, "scheduling/wait_edit.html", context, status=status_of(form))


def _wished(request: StaffRequest) -> dict[str, Any]:
    """What a refused booking already knew: ids and days only."""
    asked = request.GET
    wished: dict[str, Any] = {}
    if asked.get("type", "").isdigit():
        wished["type"] = int(asked["type"])
    if asked.get("therapist", "").isdigit():
        wished["therapists"] = [int(asked["therapist"])]
    return wished


@allow(*BOOKS)
def entry_edit(request: StaffRequest, pk: int) -> HttpResponse:
    row = _open(request, pk)
    if row.status != WaitListEntry.Status.WAITING:
        messages.error(request, "This wait is over; it is not changed any more.")
        return go_to(request, row.get_absolute_url())
    form = WaitListForm(request.POST or None, instance=row, by=request.user)
    if form.is_bound and form.is_valid():
        try:
            wait_list.change(entry=row, by=request.user, **form.changes())
        except ValidationError as error:
            form.refuse(error, beside="type")
        except NoLongerWaiting:
            form.add_error(None, "Somebody has booked or withdrawn it meanwhile.")
        else:
            messages.success(request, "The changes are saved.")
            return go_to(request, row.get_absolute_url())
    context = {"form": form, "patient": row.patient, "entry": row}
    return render(request, "scheduling/wait_edit.html", context, status=status_of(form))


@allow(*BOOKS)
@require_POST
def withdraw(request: StaffRequest, pk: int) -> HttpResponse:
    row = find_visible(WaitListEntry.objects.for_list(), pk, by=request.user)
    try:
        wait_list.withdraw(entry=row, by=request.user)
    except NoLongerWaiting:
        messages.error(request, "It has been booked meanwhile.")
    else:
        messages.success(request, f"{row.patient} waits no longer.")
    return go_to(request, reverse("scheduling:wait-list"))


def address_of(slot: Slot, *, but: Patient | None = None) -> str:
    """The page that says who fits this time; ids and times only."""
    at = slot.starts_at.astimezone(slot.clinic.zone)
    asked: dict[str, Any] = {
        "clinic": slot.clinic.pk,
        "therapist": slot.therapist.pk,
        "date": at.date().isoformat(),
        "time": f"{at:%H:%M}",
        "minutes": slot.minutes,
    }
    if slot.room is not None:
        asked["room"] = slot.room.pk
    if but is not None:
        asked["but"] = but.pk
    return f"{reverse('scheduling:wait-matches')}?{urlencode(asked)}"


def waiting_for(appointment: Appointment, request: StaffRequest) -> dict[str, Any] | None:
    """How many wait for the time an appointment has given up, and where they are shown."""
    if appointment.is_live or appointment.starts_at <= timezone.now():
        return None
    slot = wait_list.slot_of(appointment)
    found = wait_list.matches(slot, user=request.user, but=appointment.patient)
    return {"count": len(found), "url": address_of(slot, but=appointment.patient)}


@allow(*BOOKS)
@require_safe
def matches(request: StaffRequest) -> HttpResponse:
    """Who fits a freed time, the best first, each with the reasons and one button."""
    form = _slot_form(request, request.GET)
    return _answer(request, form)


def _slot_form(request: StaffRequest, asked: Any) -> SlotForm:
    clinic = clinic_of(request)
    if clinic is None:
        raise Http404("You do not work in any clinic yet.")
    form = SlotForm(asked, clinic=clinic, by=request.user)
    if not form.is_valid():
        raise Http404("This address names no time of a therapist here.")
    return form


def _answer(
    request: StaffRequest,
    form: SlotForm,
    *,
    refusal: Refusal | None = None,
    refused: WaitListEntry | None = None,
    told: str = "",
) -> HttpResponse:
    slot = form.slot()
    but = form.cleaned_data["but"]
    found = wait_list.matches(slot, user=request.user, but=but)
    offered = _offered(slot, found)
    context = {
        "slot": slot,
        "but": but,
        "rows": [
            {"entry": one.entry, "match": one.match, "is_offered": one.entry.pk in offered}
            for one in found[:MOST_SHOWN]
        ],
        "more": max(len(found) - MOST_SHOWN, 0),
        "ticked": _ticked(found, offered),
        "in_panel": wants_piece(request),
        "refusal": answers.in_json(refusal, to=request.user) if refusal is not None else None,
        "form_url": _form_url(slot, refused) if refused is not None else "",
        "refused": refused,
        "told": told,
    }
    return render_page_or_piece(
        request,
        page="scheduling/wait_matches.html",
        piece="scheduling/_wait_matches.html",
        context=context,
        status=answers.status_of(refusal) if refusal is not None else 200,
    )


def _offered(slot: Slot, found: list[Found]) -> set[int]:
    """The entries that have an open offer of this very time."""
    rows = wait_offers.open_offers_of(slot).filter(entry__in=[one.entry.pk for one in found])
    return set(rows.values_list("entry", flat=True))


def _ticked(found: list[Found], offered: set[int]) -> set[int]:
    """Who is asked by message unless the desk says otherwise: the best that are not yet."""
    left = [one.entry.pk for one in found if one.entry.pk not in offered]
    return set(left[: wait_offers.at_once()])


def _form_url(slot: Slot, entry: WaitListEntry) -> str:
    """The whole booking form with all that is known, for what one button cannot answer."""
    at = slot.starts_at.astimezone(slot.clinic.zone)
    asked = {
        "clinic": slot.clinic.pk,
        "patient": entry.patient_id,
        "appointment_type": entry.type_id,
        "therapist": slot.therapist.pk,
        "date": at.date().isoformat(),
        "time": f"{at:%H:%M}",
        "minutes": entry.type.minutes,
        "wait_list_entry": entry.pk,
    }
    if slot.room is not None:
        asked["room"] = slot.room.pk
    return f"{reverse('scheduling:book')}?{urlencode(asked)}"


@allow(*BOOKS)
@require_POST
def book(request: StaffRequest, pk: int) -> HttpResponse:
    """One press: the freed time is booked for this patient, and they wait no longer."""
    row = find_visible(WaitListEntry.objects.for_list(), pk, by=request.user)
    form = _slot_form(request, request.POST)
    slot = form.slot()
    try:
        booked = wait_list.book(
            entry=row,
            by=request.user,
            therapist=slot.therapist,
            clinic=slot.clinic,
            room=slot.room,
            starts_at=slot.starts_at,
            minutes=row.type.minutes,
        )
    except REFUSALS as refusal:
        return _answer(request, form, refusal=refusal, refused=row)
    except NoLongerWaiting:
        return _answer(request, form, told=f"{row.patient} waits no longer.")
    told = f"{booked.patient} is booked, and waits no longer."
    if not wants_piece(request):
        messages.success(request, told)
        return go_to(request, booked.get_absolute_url())
    response = render(request, "scheduling/_open_card.html", {"appointment": booked})
    return tell(announce(response, "day-changed", appointment=booked.pk), told)


@allow(*BOOKS)
@require_POST
def offer(request: StaffRequest) -> HttpResponse:
    """Send the time to the ticked by message; the first to take it has it."""
    form = _slot_form(request, request.POST)
    ticked = [int(pk) for pk in request.POST.getlist("entry") if pk.isdigit() and len(pk) < 19]
    rows = WaitListEntry.objects.visible_to(request.user).filter(pk__in=ticked)
    try:
        sent = wait_offers.send(entries=rows, slot=form.slot(), by=request.user)
    except REFUSALS as refusal:
        return _answer(request, form, refusal=refusal)
    told = f"Offered to {len(sent.offers)}." if sent.offers else "Nobody was written to."
    told = " ".join([told, *(f"{row.patient}: {why}" for row, why in sent.left_out)])
    if wants_piece(request):
        return _answer(request, form, told=told)
    messages.info(request, told)
    return go_to(request, address_of(form.slot(), but=form.cleaned_data["but"]))
