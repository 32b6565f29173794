"""A patient's home program in the chart: what was given, how it goes, the hand-out, the link."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from documentation import adherence_plot, handout, home_answers, home_programs
from documentation.access import open_home_answer, open_home_program
from documentation.models import HomeAnswer, HomeProgram, HomeProgramPdf
from documentation.tasks import render_handout
from people import outbox
from people.access import CLINICAL, READS_CHARTS, allow, find_visible, open_patient
from people.models import Message, Patient
from scheduling.access import StaffRequest
from web.files import give_pdf
from web.responses import go_to

ACTS = {
    "pause": (home_programs.pause, "The program is paused."),
    "resume": (home_programs.resume, "The program runs again."),
    "end": (home_programs.end, "The program has ended; the patient's link opens no more."),
}


@allow(*READS_CHARTS)
@require_safe
def home_program(request: StaffRequest, patient_id: int) -> HttpResponse:
    patient = open_patient(patient_id, by=request.user)
    programs = list(HomeProgram.objects.filter(patient=patient))
    running = next((program for program in programs if program.is_running), None)
    context: dict[str, Any] = {
        "patient": patient,
        "draft": next((program for program in programs if program.is_draft), None),
        "running": running,
        "versions": [program for program in programs if program.given_at is not None],
        "may_write": request.user.has_role(*CLINICAL),
        "alarms": _alarms(patient),
    }
    if running is not None:
        context |= _of_running(running)
    return render(request, "documentation/home_program.html", context)


@allow(*CLINICAL)
@require_POST
def turn(request: StaffRequest, pk: int) -> HttpResponse:
    """Pause it, take it up again, end it."""
    program = open_home_program(pk, by=request.user)
    act, told = ACTS.get(request.POST.get("act", ""), (None, ""))
    if act is None:
        messages.error(request, "Choose what to do with the program.")
        return go_to(request, program.get_absolute_url())
    try:
        act(program=program, by=request.user)
        messages.success(request, told)
    except home_programs.WrongState:
        messages.error(request, "Somebody was faster: the program stands as shown.")
    return go_to(request, program.get_absolute_url())


@allow(*CLINICAL)
@require_POST
def send_link(request: StaffRequest, pk: int) -> HttpResponse:
    """Write the link to the patient, once for each link; nothing clinical goes along."""
    program = open_home_program(pk, by=request.user)
    if not program.is_running:
        messages.error(request, "Only a program that runs has a link.")
        return go_to(request, program.get_absolute_url())
    link = home_programs.link_of(patient=program.patient, by=request.user)
    clinic = program.patient.clinic
    message = outbox.queue(
        patient=program.patient,
        kind="home_program",
        source_key=f"home_program:{link.pk}",
        subject=f"Your page at {clinic}",
        body=f"Your own page at {clinic} is here: {handout.address_of(link)}",
        by=request.user,
    )
    if message.status == Message.Status.WITHHELD:
        messages.error(request, f"Nothing was sent. {message.problem}")
    else:
        messages.success(request, f"The link goes out by {message.get_channel_display().lower()}.")
    return go_to(request, program.get_absolute_url())


@allow(*CLINICAL)
@require_POST
def renew_link(request: StaffRequest, pk: int) -> HttpResponse:
    """The old link opens no more; a new one stands in its place."""
    program = open_home_program(pk, by=request.user)
    if program.is_running:
        home_programs.renew_link(patient=program.patient, by=request.user)
        handout.make_anew(program=program)
        render_handout.delay(program.pk)
        messages.success(
            request, "The old link opens no more. Send the new one; the hand-out is made anew."
        )
    return go_to(request, program.get_absolute_url())


@allow(*CLINICAL)
@require_POST
def seen(request: StaffRequest, pk: int) -> HttpResponse:
    answer = open_home_answer(pk, by=request.user)
    home_answers.mark_seen(answer=answer, by=request.user)
    return go_to(request, answer.item.program.get_absolute_url())


@allow(*READS_CHARTS)
@require_safe
def pdf(request: StaffRequest, pk: int) -> HttpResponse:
    program = find_visible(HomeProgram.objects.all(), pk, by=request.user)
    ready = HomeProgramPdf.objects.filter(program=program, status="ready").first()
    if ready is None:
        messages.info(request, "The hand-out is not ready yet.")
        return go_to(request, program.get_absolute_url())
    open_home_program(pk, by=request.user, action="home_program.pdf_viewed")
    return give_pdf(ready.file_bytes, name=f"home-program-{program.pk}.pdf")


@allow(*READS_CHARTS)
@require_safe
def pdf_state(request: StaffRequest, pk: int) -> HttpResponse:
    """Whether the hand-out is ready; shows nothing of the patient."""
    program = find_visible(
        HomeProgram.objects.select_related("patient__clinic"), pk, by=request.user
    )
    context = {"program": program, "may_write": request.user.has_role(*CLINICAL)}
    return render(request, "documentation/_home_pdf.html", context | _pdf_of(program))


@allow(*CLINICAL)
@require_POST
def pdf_again(request: StaffRequest, pk: int) -> HttpResponse:
    program = open_home_program(pk, by=request.user)
    if handout.ask_again(program=program, by=request.user):
        render_handout.delay(program.pk)
    return go_to(request, program.get_absolute_url())


@allow(*READS_CHARTS)
@require_safe
def panel(request: StaffRequest, pk: int) -> HttpResponse:
    """One line beside a note or a session: "Home program: 9 of 14 days, pain 3 → 2"."""
    patient = find_visible(Patient.objects.select_related("clinic"), pk, by=request.user)
    running = home_answers.running_of(patient)
    context: dict[str, Any] = {"patient": patient, "running": running, "alarms": _alarms(patient)}
    if running is not None:
        today = timezone.localdate(timezone=patient.clinic.zone)
        context["how"] = home_answers.adherence_of(running, today=today)
    return render(request, "documentation/_home_panel.html", context)


def _of_running(running: HomeProgram) -> dict[str, Any]:
    patient = running.patient
    today = timezone.localdate(timezone=patient.clinic.zone)
    how = home_answers.adherence_of(running, today=today)
    link = home_programs.open_link_of(patient)
    return {
        "items": list(running.items.all()),
        "how": how,
        "pain_plot": adherence_plot.pain(how),
        "hard_plot": adherence_plot.hardness(how),
        "remarks": HomeAnswer.objects.filter(item__program__patient=patient)
        .exclude(remark="")
        .select_related("item")
        .order_by("-day", "-pk")[:5],
        "link": link,
        "qr": handout.qr_of(handout.address_of(link)) if link is not None else "",
        "address": handout.address_of(link) if link is not None else settings.PUBLIC_URL,
        **_pdf_of(running),
    }


def _pdf_of(program: HomeProgram) -> dict[str, Any]:
    return {"pdf": HomeProgramPdf.objects.filter(program=program).defer("file_bytes").first()}


def _alarms(patient: Patient) -> list[HomeAnswer]:
    rows = HomeAnswer.objects.alarming().filter(item__program__patient=patient)
    return list(rows.select_related("item").order_by("-day", "-pk"))
