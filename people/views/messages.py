"""What the practice writes to patients: what failed first, and a person's decisions about it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.contrib import messages as notices
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from people import exports, outbox, stops, transports
from people.access import DESK, StaffRequest, allow, find_visible, open_patient
from people.forms.messages import AgainForm, ChannelForm, WhichMessagesForm
from people.models import Message, MessageStop, Patient
from people.tasks import send_message
from web.responses import announce, go_to, tell, wants_piece
from web.templatetags.pt import clinic_time, phone

PAGE_SIZE = 50
SHOWN_FOR = dt.timedelta(days=30)
Channel, Status = Message.Channel, Message.Status
NOT_UNSETTLED = "Somebody has dealt with this message already."
TONES = {
    Status.WAITING: ("clock", "muted"),
    Status.SENDING: ("send", "info"),
    Status.SENT: ("circle-check", "success"),
    Status.FAILED: ("alert-circle", "danger"),
    Status.WITHHELD: ("hand-stop", "muted"),
}


def as_read(message: Message) -> dict[str, Any]:
    """A message as lists show it: its state in a word, and what a person may do about it."""
    icon, tone = TONES[Status(message.status)]
    label = message.get_status_display()
    is_open = message.is_unknown or message.is_open_failure
    if message.is_unknown:
        icon, tone, label = "help-circle", "warning", "Unknown whether sent"
    elif message.status == Status.SENT and message.delivered_at is not None:
        label = "Delivered"
    elif message.status == Status.FAILED and not is_open:
        tone, label = "muted", "Dealt with"
    return {
        "message": message,
        "occasion": message.kind.rpartition(".")[2].replace("_", " ").capitalize(),
        "icon": icon,
        "tone": tone,
        "label": label,
        "is_open": is_open,
        "is_unknown": message.is_unknown,
        "other": Channel.SMS if message.channel == Channel.EMAIL else Channel.EMAIL,
    }


COLUMNS: exports.Columns = (
    ("Written at", lambda row: _local(row, row.created_at)),
    ("Patient", lambda row: row.patient.list_name),
    ("MRN", lambda row: row.patient.mrn),
    ("Occasion", lambda row: as_read(row)["occasion"]),
    ("Channel", lambda row: row.get_channel_display()),
    ("To", lambda row: phone(row.to) if row.channel == Channel.SMS else row.to),
    ("State", lambda row: as_read(row)["label"]),
    ("Problem", lambda row: row.problem),
    ("Sent at", lambda row: _local(row, row.sent_at)),
    ("Delivered at", lambda row: _local(row, row.delivered_at)),
    ("Dealt with by", lambda row: row.settled_by),
)


def _local(row: Message, moment: dt.datetime | None) -> dt.datetime | None:
    return clinic_time(moment, row.patient.clinic)


def _to_settle(request: StaffRequest) -> Any:
    rows = Message.objects.visible_to(request.user)
    return rows.failed() | rows.unknown()


@allow(*DESK)
@require_safe
def messages(request: StaffRequest) -> HttpResponseBase:
    """What failed or nobody knows of stands first; the other states are a tab away."""
    form = WhichMessagesForm(request.GET)
    form.is_valid()
    show = form.cleaned_data.get("show") or "open"
    recent = Message.objects.visible_to(request.user).filter(
        created_at__gte=timezone.now() - SHOWN_FOR
    )
    lists = {
        "open": _to_settle(request),
        "waiting": Message.objects.visible_to(request.user).filter(status=Status.WAITING),
        "sent": recent.filter(status=Status.SENT),
        "withheld": recent.filter(status=Status.WITHHELD),
        "all": recent,
    }
    rows = lists[show].select_related("patient__clinic", "settled_by")
    channel = form.cleaned_data.get("channel")
    if channel:
        rows = rows.filter(channel=channel)
    rows = rows.order_by("-created_at", "-pk")
    if exports.is_asked(request):
        return exports.export(request, name="messages", columns=COLUMNS, rows=rows)
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "rows": [as_read(message) for message in page.object_list],
        "page_obj": page,
        "show": show,
        "channel": channel or "",
        "channels": Channel.choices,
        "tabs": [
            (name, label, lists[name].count())
            for name, label in WhichMessagesForm.SHOW
            if name != "all"
        ]
        + [("all", "All", None)],
        "days": SHOWN_FOR.days,
        "on_console": [
            Channel(name).label for name in Channel.values if transports.only_on_console(name)
        ],
    }
    return render(request, "people/messages.html", context)


@allow(*DESK)
@require_safe
def messages_badge(request: StaffRequest) -> HttpResponse:
    """How many wait for a person: the number beside Messages in the navigation."""
    return render(request, "people/_messages_badge.html", {"count": _to_settle(request).count()})


@allow(*DESK)
@require_POST
def message_mark_sent(request: StaffRequest, pk: int) -> HttpResponse:
    return _decide(request, pk, outbox.mark_sent, "The message is marked as sent.")


@allow(*DESK)
@require_POST
def message_set_aside(request: StaffRequest, pk: int) -> HttpResponse:
    return _decide(request, pk, outbox.set_aside, "The message is dealt with.")


@allow(*DESK)
@require_POST
def message_send_again(request: StaffRequest, pk: int) -> HttpResponse:
    """On the same channel, or the one the button names."""
    form = AgainForm(request.POST)
    channel = form.cleaned_data["channel"] if form.is_valid() else ""

    def again(*, message: Message, by: Any) -> Message:
        made = outbox.send_again(message=message, by=by, channel=channel or None)
        if made.status == Status.WAITING:
            send_message.delay_on_commit(made.pk)
        return made

    return _decide(request, pk, again, "The message goes out again.")


def _decide(
    request: StaffRequest, pk: int, verb: Callable[..., Message], told: str
) -> HttpResponse:
    message = find_visible(Message.objects.select_related("patient"), pk, by=request.user)
    try:
        written = verb(message=message, by=request.user)
    except outbox.NotUnsettled:
        return _answer(request, NOT_UNSETTLED, level="danger", status=409)
    if written.status == Status.WITHHELD:
        return _answer(request, f"Not sent: {written.problem}", level="danger")
    return _answer(request, told)


def _answer(
    request: StaffRequest, told: str, *, level: str = "success", status: int = 204
) -> HttpResponse:
    if wants_piece(request):
        response = announce(HttpResponse(status=status), "messages-changed")
        return tell(response, told, level=level)
    if level == "success":
        notices.success(request, told)
    else:
        notices.error(request, told)
    return go_to(request, reverse("people:messages"))


@allow(*DESK)
@require_safe
def patient_messages(request: StaffRequest, pk: int) -> HttpResponse:
    """The patient's tab: every message, and the channels they have stopped."""
    patient = open_patient(pk, by=request.user)
    page = Paginator(
        Message.objects.visible_to(request.user)
        .filter(patient=patient)
        .select_related("patient__clinic", "settled_by"),
        PAGE_SIZE,
    ).get_page(request.GET.get("page"))
    stopped = {
        row.channel: row for row in MessageStop.objects.filter(patient=patient, resumed_at=None)
    }
    context = {
        "patient": patient,
        "rows": [as_read(message) for message in page.object_list],
        "page_obj": page,
        "channels": [
            {
                "name": channel,
                "words": stops.IN_WORDS[channel],
                "address": patient.mobile_phone if channel == Channel.SMS else patient.email,
                "is_sms": channel == Channel.SMS,
                "stop": stopped.get(channel),
                "is_preferred": patient.contact_by == channel,
            }
            for channel in (Channel.SMS, Channel.EMAIL)
        ],
    }
    return render(request, "people/patient_messages.html", context)


@allow(*DESK)
@require_POST
def patient_stop(request: StaffRequest, pk: int) -> HttpResponse:
    """The patient has told the desk to stop a channel."""
    return _switch(request, pk, is_stop=True)


@allow(*DESK)
@require_POST
def patient_resume(request: StaffRequest, pk: int) -> HttpResponse:
    """The patient has told the desk that they want them again."""
    return _switch(request, pk, is_stop=False)


def _switch(request: StaffRequest, pk: int, *, is_stop: bool) -> HttpResponse:
    patient: Patient = find_visible(Patient.objects.all(), pk, by=request.user)
    form = ChannelForm(request.POST)
    if not form.is_valid():
        notices.error(request, "Choose text messages or e-mail.")
    else:
        channel = Channel(form.cleaned_data["channel"])
        words = stops.IN_WORDS[channel]
        if is_stop:
            stops.stop(patient=patient, channel=channel, how=stops.How.DESK, by=request.user)
            notices.success(request, f"The patient gets no more {words}.")
        else:
            stops.resume(patient=patient, channel=channel, by=request.user)
            notices.success(request, f"The patient gets {words} again.")
    return go_to(request, reverse("people:patient-messages", args=[patient.pk]))
