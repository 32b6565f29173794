"""Outcome measures in the chart and beside a session: results over time, entry, corrections."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from documentation import charting, measure_page, measuring
from documentation.access import open_episode, open_measure_request, open_result
from documentation.measure_forms import AskForm, GroupForm, PickForm, ResultForm
from documentation.models import Episode, MeasureRequest, MeasureResult, Visit
from documentation.rules import measures
from documentation.rules.measures import Series
from documentation.rules.scoring import NotScored
from people import links, outbox
from people.access import CLINICAL, READS_CHARTS, allow, find_visible, open_patient
from people.forms.rows import status_of
from people.models import Message, Patient
from scheduling.access import StaffRequest
from web.responses import go_to, tell


@allow(*READS_CHARTS)
@require_safe
def measures_page(request: StaffRequest, patient_id: int) -> HttpResponse:
    """Every case with its results as plots, the bands that fit, and their sources."""
    patient = open_patient(patient_id, by=request.user)
    may_write = request.user.has_role(*CLINICAL)
    episodes = list(
        Episode.objects.visible_to(request.user)
        .filter(patient__in=Patient.objects.same_person(patient.pk))
        .select_related("patient__clinic", "clinic", "case_group")
        .prefetch_related("diagnoses", "goals")
    )
    results = measure_page.results_of(episodes)
    asked: dict[int, MeasureRequest] = {}
    for row in MeasureRequest.objects.filter(
        episode__in=[episode.pk for episode in episodes], answered_at=None
    ).select_related("link"):
        if row.is_open:
            asked.setdefault(row.episode_id, row)
    today = timezone.localdate(timezone=patient.clinic.zone)
    cases = [
        measure_page.of_case(episode, results[episode.pk], today)
        | {
            "asked": asked.get(episode.pk),
            "group_form": GroupForm(
                initial={"group": _chosen(episode)}, prefix=f"case{episode.pk}"
            ),
            "ask_form": AskForm(days=measuring.DAYS_OPEN, prefix=f"ask{episode.pk}"),
        }
        for episode in episodes
    ]
    context = {"patient": patient, "cases": cases, "may_write": may_write}
    return render(request, "documentation/measures.html", context)


@allow(*CLINICAL)
@require_http_methods(["GET", "HEAD", "POST"])
def measure_new(request: StaffRequest, episode_id: int) -> HttpResponse:
    """Pick a measure, then enter its result."""
    episode = open_episode(episode_id, by=request.user)
    series = _series_asked(request)
    context: dict[str, Any] = {"patient": episode.patient, "episode": episode}
    if series is None:
        context["pick"] = PickForm(request.GET if request.GET.get("series") else None)
        return render(request, "documentation/measure_new.html", context)
    last = _last_of(episode, series)
    form = ResultForm(request.POST or None, series=series, asks_day=True)
    if last is not None and series.measure.entry.way is measures.Way.ACTIVITIES:
        form.show(_names_of(last))
    form.show({"taken_on": timezone.localdate(timezone=episode.clinic.zone)})
    if form.is_bound and form.is_valid():
        try:
            row = measuring.record(
                episode=episode,
                taken_on=form.cleaned_data["taken_on"],
                by=request.user,
                **form.values(),
            )
        except NotScored as error:
            form.refuse(error.errors)
        else:
            messages.success(request, f"{series.short}: {row.said}. The result is kept.")
            return go_to(request, _page_of(episode))
    context |= {"series": series, "form": form, "groups": form.groups(), "last": last}
    return render(request, "documentation/measure_new.html", context, status=status_of(form))


@allow(*CLINICAL)
@require_http_methods(["GET", "HEAD", "POST"])
def result(request: StaffRequest, pk: int) -> HttpResponse:
    """One result: correct it or withdraw it. Either adds a row; this one stays as it is."""
    row = open_result(pk, by=request.user)
    if row.measure not in measures.measures():
        messages.error(request, "This measure is no longer kept.")
        return go_to(request, _page_of(row.episode))
    form = ResultForm(
        request.POST or None, series=row.series, asks_day=True, asks_why=True, before=row
    )
    if form.is_bound and form.is_valid():
        try:
            _correct(request, row, form)
        except NotScored as error:
            form.refuse(error.errors)
        except measuring.AlreadyCorrected:
            messages.error(request, "This result was corrected meanwhile: correct the later one.")
            return go_to(request, _page_of(row.episode))
        else:
            messages.success(request, "Corrected. The earlier result is kept behind it.")
            return go_to(request, _page_of(row.episode))
    context = {
        "patient": row.episode.patient,
        "episode": row.episode,
        "result": row,
        "series": row.series,
        "form": form,
        "groups": form.groups(),
        "later": MeasureResult.objects.filter(corrects=row).first(),
    }
    return render(request, "documentation/measure_result.html", context, status=status_of(form))


def _correct(request: StaffRequest, row: MeasureResult, form: ResultForm) -> None:
    why = form.cleaned_data["why"]
    if request.POST.get("act") == "withdraw":
        measuring.withdraw(result=row, why=why, by=request.user)
        return
    measuring.correct(
        result=row,
        taken_on=form.cleaned_data["taken_on"],
        why=why,
        by=request.user,
        **form.values(),
    )


@allow(*CLINICAL)
@require_POST
def group(request: StaffRequest, episode_id: int) -> HttpResponse:
    """Whom the patient is compared with, where the case does not say it rightly."""
    episode = open_episode(episode_id, by=request.user)
    form = GroupForm(request.POST, prefix=f"case{episode.pk}")
    if form.is_valid():
        measuring.choose_group(episode=episode, group=form.cleaned_data["group"], by=request.user)
        messages.success(request, "The bands now follow this group.")
    else:
        messages.error(request, "Choose a group of the list.")
    return go_to(request, _page_of(episode))


@allow(*CLINICAL)
@require_POST
def ask(request: StaffRequest, episode_id: int) -> HttpResponse:
    """Send the patient a link to questions in our own words; nothing clinical goes along."""
    episode = open_episode(episode_id, by=request.user)
    form = AskForm(request.POST, days=measuring.DAYS_OPEN, prefix=f"ask{episode.pk}")
    if not form.is_valid():
        messages.error(request, "Choose what to ask for, and for how long.")
        return go_to(request, _page_of(episode))
    asked = measuring.ask(
        episode=episode,
        series=[measures.series(key) for key in form.cleaned_data["series"]],
        days=form.cleaned_data["days"],
        by=request.user,
    )
    assert asked.link is not None
    clinic = episode.patient.clinic
    address = reverse("documentation:measure-answer", args=[links.token_of(asked.link)])
    message = outbox.queue(
        patient=episode.patient,
        kind="measures",
        source_key=f"measures:{asked.pk}",
        subject=f"A few questions from {clinic}",
        body=f"{clinic} has a few questions for you: {settings.PUBLIC_URL}{address}",
        not_after=asked.link.expires_at,
        by=request.user,
    )
    if message.status == Message.Status.WITHHELD:
        messages.error(request, f"Nothing was sent. {message.problem}")
    else:
        messages.success(request, f"The link goes out by {message.get_channel_display().lower()}.")
    return go_to(request, _page_of(episode))


@allow(*CLINICAL)
@require_POST
def take_back(request: StaffRequest, pk: int) -> HttpResponse:
    asked = open_measure_request(pk, by=request.user)
    measuring.take_back(request=asked, by=request.user)
    messages.success(request, "The patient's link opens no more.")
    return go_to(request, _page_of(asked.episode))


@allow(*CLINICAL)
@require_http_methods(["GET", "HEAD", "POST"])
def visit_measures(request: StaffRequest, pk: int) -> HttpResponse:
    """The panel beside a session: what was measured today and before, and a form for one more.
    A browser without scripts gets to the chart's own pages from the same link."""
    visits = Visit.objects.select_related("episode__patient__clinic", "note")
    visit = find_visible(visits, pk, by=request.user)
    series = _series_asked(request)
    form = None
    told = ""
    if visit.episode is not None and series is not None and not visit.note.is_signed:
        form = ResultForm(request.POST or None, series=series)
        last = _last_of(visit.episode, series)
        if last is not None and series.measure.entry.way is measures.Way.ACTIVITIES:
            form.show(_names_of(last))
        if form.is_bound and form.is_valid():
            try:
                row = measuring.record(
                    episode=visit.episode,
                    visit=visit,
                    taken_on=visit.date_of_service,
                    by=request.user,
                    **form.values(),
                )
            except NotScored as error:
                form.refuse(error.errors)
            except charting.AlreadySigned:
                form.add_error(None, "The note is signed: measure it on the chart.")
            else:
                told, form = f"{series.short}: {row.said}", None
    context: dict[str, Any] = {"visit": visit, "series": series, "form": form}
    if form is not None:
        context["groups"] = form.groups()
    elif visit.episode is not None:
        results = measure_page.results_of([visit.episode])[visit.episode_id]
        cards = measure_page.cards_of(visit.episode, results, [])
        context |= {"cards": cards, "pick": PickForm()}
    status = status_of(form) if form is not None else 200
    response = render(request, "documentation/_visit_measures.html", context, status=status)
    return tell(response, told) if told else response


def _series_asked(request: StaffRequest) -> Series | None:
    asked = request.GET.get("series") or ""
    return measures.all_series().get(asked)


def _last_of(episode: Episode, series: Series) -> MeasureResult | None:
    rows = MeasureResult.objects.filter(episode=episode).of_series(series.key).standing()
    return rows.order_by("taken_on", "pk").last()


def _names_of(last: MeasureResult) -> dict[str, Any]:
    """The activities the patient named last time: only the same ones can be compared."""
    return {f"activity{n}": row["name"] for n, row in enumerate(last.answers["activities"], 1)}


def _chosen(episode: Episode) -> str:
    chosen = getattr(episode, "case_group", None)
    return chosen.group if chosen is not None else ""


def _page_of(episode: Episode) -> str:
    return reverse("documentation:measures", args=[episode.patient_id])
