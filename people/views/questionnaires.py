"""Questionnaires as the staff meets them: sent from the patient's page, reviewed field by field,
kept as a document for whoever treats."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from people import intake, questionnaires
from people.access import (
    DESK,
    READS_INTAKES,
    StaffRequest,
    allow,
    find_visible,
    open_card_photo,
    open_patient,
    open_questionnaire,
)
from people.forms.patient import CoverageForm
from people.forms.questionnaire import InviteForm
from people.forms.rows import status_of
from people.models import Coverage, Message, Payer, Questionnaire
from people.views.intake_link import summary_of
from web.files import give
from web.responses import go_to

PAGE = 25


@allow(*DESK)
@require_safe
def to_review(request: StaffRequest) -> HttpResponse:
    """What was sent in and waits; and what is still with the patients."""
    visible = Questionnaire.objects.visible_to(request.user).select_related(
        "patient__clinic", "link"
    )
    waiting = visible.waiting().order_by("sent_in_at", "pk")
    context = {
        "page_obj": Paginator(waiting, PAGE).get_page(request.GET.get("page")),
        "with_patients": visible.filter(status="open").order_by("-made_at")[:PAGE],
    }
    return render(request, "people/questionnaires.html", context)


@allow(*DESK)
@require_safe
def waiting_count(request: StaffRequest) -> HttpResponse:
    """The number beside the entry in the menu; nothing when nothing waits."""
    count = Questionnaire.objects.visible_to(request.user).waiting().count()
    return render(request, "people/_questionnaires_waiting.html", {"count": count})


@allow(*READS_INTAKES)
def patient_intake(request: StaffRequest, pk: int) -> HttpResponse:
    """The patient's tab; the desk sends a new one from here."""
    patient = open_patient(pk, by=request.user)
    may_send = request.user.has_role(*DESK)
    form = InviteForm(request.POST or None, patient=patient)
    if may_send and form.is_bound and form.is_valid():
        row = questionnaires.invite(patient=patient, until=form.moment(), by=request.user)
        message = questionnaires.message_of(row, by=request.user)
        if message.status == Message.Status.WITHHELD:
            messages.warning(request, f"The message was not sent: {message.problem}")
        else:
            messages.success(request, "The questionnaire is on its way to the patient.")
        return go_to(request, reverse("people:patient-intake", args=[patient.pk]))
    rows = Questionnaire.objects.visible_to(request.user).filter(patient=patient)
    context = {
        "patient": patient,
        "form": form,
        "may_send": may_send,
        "rows": rows.select_related("link", "reviewed_by"),
    }
    return render(request, "people/patient_intake.html", context, status=status_of(form))


@allow(*READS_INTAKES)
@require_safe
def questionnaire(request: StaffRequest, pk: int) -> HttpResponse:
    """The document; and, while it waits, the table of what differs from the record."""
    row = open_questionnaire(pk, by=request.user)
    return _page(request, row)


def _page(request: StaffRequest, row: Questionnaire, **more: Any) -> HttpResponse:
    may_review = request.user.has_role(*DESK)
    is_waiting = row.status == Questionnaire.Status.SENT_IN
    context = {
        "patient": row.patient,
        "row": row,
        # While it is with the patient it is theirs: half an answer says nothing yet.
        "summary": summary_of(row) if row.sent_in_at else [],
        "photos": row.card_photos.only("pk", "side") if row.sent_in_at else [],
        "may_review": may_review and is_waiting,
        "may_withdraw": may_review and row.status == Questionnaire.Status.OPEN,
        "proposals": questionnaires.proposals(row) if may_review and is_waiting else [],
        "has_card": bool(row.answers.get("insurance", {}).get("member_id")),
    }
    status = 422 if more else 200
    return render(request, "people/questionnaire.html", context | more, status=status)


@allow(*DESK)
@require_POST
def take_over(request: StaffRequest, pk: int) -> HttpResponse:
    row = find_visible(Questionnaire.objects.select_related("patient__clinic"), pk, by=request.user)
    names = request.POST.getlist("take")
    if "all" in request.POST:
        names = list(questionnaires.OF_THE_RECORD)
    try:
        questionnaires.take_over(questionnaire=row, names=names, by=request.user)
    except questionnaires.NotToReview:
        messages.error(request, "This questionnaire is not waiting for a review any more.")
    except ValidationError as error:
        row.refresh_from_db()
        return _page(request, row, problems=error.messages)
    else:
        messages.success(request, "What was ticked is in the record now; the rest stayed.")
    return go_to(request, row.get_absolute_url())


@allow(*DESK)
def card(request: StaffRequest, pk: int) -> HttpResponse:
    """The card as the patient wrote it, for the desk to choose the payer and check the numbers:
    a new card, or a change of one on file (`?coverage=`)."""
    row = open_questionnaire(pk, by=request.user)
    patient = row.patient
    cards = Coverage.objects.visible_to(request.user).filter(patient=patient)
    asked = request.GET.get("coverage", "")
    chosen = cards.filter(pk=int(asked)).first() if _is_number(asked) else None
    form = CoverageForm(
        request.POST or None, instance=chosen, by=request.user, initial=_card_written(row, chosen)
    )
    if form.is_bound and form.is_valid():
        try:
            if chosen is None:
                intake.add_coverage(patient=patient, by=request.user, **form.new_values())
            else:
                # All of it: the form began with the patient's values, not with the row's.
                intake.change_coverage(coverage=chosen, by=request.user, **form.new_values())
        except ValidationError as error:
            form.refuse(error, beside="priority")
        else:
            messages.success(request, "The card is on file.")
            return go_to(request, row.get_absolute_url())
    context = {
        "patient": patient,
        "row": row,
        "form": form,
        "chosen": chosen,
        "cards": cards.select_related("payer"),
        "photos": row.card_photos.only("pk", "side"),
        "written": row.answers.get("insurance", {}),
    }
    return render(request, "people/questionnaire_card.html", context, status=status_of(form))


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19


def _card_written(row: Questionnaire, chosen: Coverage | None) -> dict[str, Any]:
    """What the patient wrote, as the starting values of the desk's form."""
    written = {name: value for name, value in row.answers.get("insurance", {}).items() if value}
    name = written.pop("payer_name", "")
    payer = Payer.objects.filter(is_active=True, name__iexact=name).first() if name else None
    if payer is not None:
        written["payer"] = payer.pk
    if chosen is None:
        sent = (row.sent_in_at or row.made_at).astimezone(row.patient.clinic.zone)
        # Insurance years begin in January; the desk corrects what the card says otherwise.
        written |= {"priority": 1, "starts_on": sent.date().replace(month=1, day=1)}
    return written


@allow(*DESK)
@require_POST
def finish(request: StaffRequest, pk: int) -> HttpResponse:
    row = find_visible(Questionnaire.objects.select_related("patient"), pk, by=request.user)
    try:
        questionnaires.finish(questionnaire=row, by=request.user)
    except questionnaires.NotToReview:
        messages.error(request, "This questionnaire is not waiting for a review any more.")
        return go_to(request, row.get_absolute_url())
    messages.success(request, "Reviewed. Whoever treats the patient finds it under Intake.")
    return go_to(request, reverse("people:questionnaires"))


@allow(*DESK)
@require_POST
def withdraw(request: StaffRequest, pk: int) -> HttpResponse:
    row = find_visible(Questionnaire.objects.select_related("patient"), pk, by=request.user)
    questionnaires.withdraw(questionnaire=row, by=request.user)
    messages.success(request, "The link is taken back.")
    return go_to(request, reverse("people:patient-intake", args=[row.patient_id]))


@allow(*READS_INTAKES)
@require_safe
def card_photo(request: StaffRequest, pk: int) -> HttpResponse:
    """The picture of a card; small unless `?size=full`."""
    photo = open_card_photo(pk, by=request.user)
    content = photo.image if request.GET.get("size") == "full" else photo.thumbnail
    return give(bytes(content), content_type="image/jpeg", name=f"card-{photo.side}.jpg")
