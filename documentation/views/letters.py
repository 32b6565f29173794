"""Letters to providers: what needs a person first, and a person's decisions about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages as notices
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from documentation import letter_rows, letter_setup, letters, note_letters
from documentation.access import open_note
from documentation.letter_forms import LetterSettingsForm, WayForm, WhichLettersForm
from documentation.models import LetterSettings, ProviderLetter
from documentation.note_letters import SENDS_NOTES
from documentation.tasks import send_letter
from people import exports, transports
from people.access import READS_CHARTS, WRITES_TO_PROVIDERS, allow, find_visible
from people.forms.rows import status_of
from people.models import Role
from scheduling.access import StaffRequest
from web.responses import go_to

PAGE_SIZE = 50
SEES_LETTERS = (*WRITES_TO_PROVIDERS, Role.AUDITOR)
Status = ProviderLetter.Status
DEALT_WITH = "Somebody has dealt with this letter already."


def _lists(request: StaffRequest) -> dict[str, QuerySet[ProviderLetter]]:
    seen = ProviderLetter.objects.visible_to(request.user)
    return {
        "open": seen.to_settle(),
        "waiting": seen.filter(status=Status.WAITING),
        "sending": seen.filter(status=Status.SENDING),
        "sent": seen.filter(status=Status.SENT),
        "failed": seen.filter(status=Status.FAILED),
        "withheld": seen.filter(status=Status.WITHHELD),
        "all": seen,
    }


@allow(*SEES_LETTERS)
@require_safe
def letter_list(request: StaffRequest) -> HttpResponseBase:
    """What failed or nobody knows of stands first; the other states are a tab away."""
    form = WhichLettersForm(request.GET)
    form.is_valid()
    show = form.cleaned_data.get("show") or "open"
    channel = form.cleaned_data.get("channel") or ""
    lists = _lists(request)
    rows = (
        lists[show]
        .select_related(
            "patient__clinic", "provider", "note", "sending", "settled_by", "sent_again_as"
        )
        .defer("note__content", "sending__content", "sending__image")
        .order_by("-created_at", "-pk")
    )
    if channel:
        rows = rows.filter(channel=channel)
    if exports.is_asked(request):
        return exports.export(request, name="letters", columns=letter_rows.COLUMNS, rows=rows)
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    chosen = LetterSettings.current()
    context = {
        "rows": [letter_rows.as_read(letter) for letter in page.object_list],
        "page_obj": page,
        "show": show,
        "channel": channel,
        "channels": ProviderLetter.Channel.choices,
        "tabs": [
            (name, label, None if name in ("sent", "all") else lists[name].count())
            for name, label in WhichLettersForm.SHOW
        ],
        "to_folder": [
            label
            for label, way in (("faxes", chosen.fax_by), ("e-mails", chosen.email_by))
            if way == ProviderLetter.Carrier.FILE
        ],
        "may_settle": request.user.has_role(*WRITES_TO_PROVIDERS),
        "reads_charts": request.user.has_role(*READS_CHARTS),
        "may_set_up": request.user.has_role(Role.OWNER),
    }
    return render(request, "documentation/letters.html", context)


@allow(*SEES_LETTERS)
@require_safe
def letters_badge(request: StaffRequest) -> HttpResponse:
    """How many wait for a person; names nobody, so it is no reading of a chart."""
    count = ProviderLetter.objects.visible_to(request.user).to_settle().count()
    return render(
        request, "documentation/_waiting_badge.html", {"count": count, "of": "letters to settle"}
    )


@allow(*WRITES_TO_PROVIDERS)
@require_POST
def letter_arrived(request: StaffRequest, pk: int) -> HttpResponse:
    """A person has asked the provider: they have it."""

    def arrived(*, letter: ProviderLetter, by: Any, channel: str) -> str:
        letters.settle(letter=letter, arrived=True, by=by)
        return "The letter is marked as sent."

    return _decide(request, pk, arrived)


@allow(*WRITES_TO_PROVIDERS)
@require_POST
def letter_dealt_with(request: StaffRequest, pk: int) -> HttpResponse:
    """It did not arrive and need not: handed over at a visit, told on the telephone."""

    def dealt_with(*, letter: ProviderLetter, by: Any, channel: str) -> str:
        letters.settle(letter=letter, arrived=False, by=by)
        return "The letter is dealt with."

    return _decide(request, pk, dealt_with)


@allow(*WRITES_TO_PROVIDERS)
@require_POST
def letter_withhold(request: StaffRequest, pk: int) -> HttpResponse:
    def withhold(*, letter: ProviderLetter, by: Any, channel: str) -> str:
        letters.withhold(letter=letter, by=by)
        return "The letter does not go."

    return _decide(request, pk, withhold)


@allow(*WRITES_TO_PROVIDERS)
@require_POST
def letter_resend(request: StaffRequest, pk: int) -> HttpResponse:
    """By the same way, or the one the button names."""

    def again(*, letter: ProviderLetter, by: Any, channel: str) -> str:
        made = letters.resend(letter=letter, by=by, channel=channel)
        if made.status == Status.FAILED:
            raise Undeliverable(made.problem)
        send_letter.delay_on_commit(made.pk)
        return "The letter goes out again."

    return _decide(request, pk, again)


class Undeliverable(Exception):
    """There is nowhere to send it."""


def _decide(request: StaffRequest, pk: int, act: Callable[..., str]) -> HttpResponse:
    letter = find_visible(
        ProviderLetter.objects.select_related("patient", "provider"), pk, by=request.user
    )
    form = WayForm(request.POST)
    form.is_valid()
    try:
        told = act(letter=letter, by=request.user, channel=form.cleaned_data.get("channel") or "")
    except (letters.NotUnsettled, letters.NotWaiting):
        notices.error(request, DEALT_WITH)
    except letters.NoLongerTrue as error:
        notices.error(request, f"Not sent: {error.reason}")
    except Undeliverable as error:
        notices.error(request, f"Not sent: {error}")
    else:
        notices.success(request, told)
    if form.cleaned_data.get("back") == "note":
        return go_to(request, letters.kind_of(letter).page(letter))
    return go_to(request, reverse("documentation:letters"))


@allow(*SENDS_NOTES)
@require_POST
def note_send(request: StaffRequest, pk: int) -> HttpResponse:
    """Send a signed note to the provider who referred the patient."""
    note = open_note(pk, by=request.user)
    form = WayForm(request.POST)
    form.is_valid()
    try:
        letter = note_letters.queue_note(
            note=note, by=request.user, channel=form.cleaned_data.get("channel") or ""
        )
    except note_letters.NotSendable:
        notices.error(request, "Only a signed evaluation, report or summary goes to providers.")
    except note_letters.NobodyReferred:
        notices.error(request, "The case names no referring provider.")
    else:
        if letter.status == Status.FAILED:
            notices.error(request, f"Not sent: {letter.problem}")
        else:
            send_letter.delay_on_commit(letter.pk)
            notices.success(request, f"On its way to {letter.provider}.")
    return go_to(request, note.get_absolute_url())


@allow(Role.OWNER)
@require_http_methods(["GET", "HEAD", "POST"])
def letter_settings(request: StaffRequest) -> HttpResponse:
    row = LetterSettings.current()
    form = LetterSettingsForm(request.POST or None, instance=row, by=request.user)
    if form.is_bound and form.is_valid():
        try:
            letter_setup.set_up_letters(by=request.user, **form.changes())
        except ValidationError as error:
            form.refuse(error)
        else:
            notices.success(request, "Letters leave as you chose.")
            return go_to(request, reverse("documentation:letter-settings"))
    context = {
        "form": form,
        "row": row,
        "folder": settings.LETTERS_DIR,
        "has_mail_server": not transports.only_on_console("email"),
    }
    return render(request, "documentation/letter_settings.html", context, status=status_of(form))
