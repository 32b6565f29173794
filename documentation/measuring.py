"""Record results of outcome measures, correct them, and ask patients for theirs.

A result is written once. `correct` and `withdraw` add a row that replaces it; the database refuses
a change to the old one. Whoever writes locks the case first, so that the same result sent twice is
found the second time.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from documentation import charting
from documentation.models import CaseGroup, Episode, MeasureRequest, MeasureResult, Visit
from documentation.rules import change, measures, scoring
from documentation.rules.measures import Series
from documentation.rules.scoring import NotScored
from people import audit, links
from people.models import PatientLink, User

PURPOSE = PatientLink.Purpose.MEASURES
LONGEST_REMARK = 200
DAYS_OPEN = (3, 7, 14, 30)  # how long a patient may take to answer: the therapist chooses


class AlreadyCorrected(Exception):
    """A later row has replaced this result: correct that one."""


class NothingToAsk(Exception):
    """None of the measures can be answered by a patient alone."""


class NotOpen(Exception):
    """The questions were answered or taken back."""


@transaction.atomic
def record(
    *,
    episode: Episode,
    series: Series,
    taken_on: dt.date,
    answers: Mapping[str, Any],
    by: User,
    special: str = "",
    conditions: Mapping[str, Any] | None = None,
    remark: str = "",
    visit: Visit | None = None,
) -> MeasureResult:
    """A result of this day. Of a visit it carries the visit's day. Sent twice, it is there once.

    Raises `NotScored` with a sentence per field, and `charting.AlreadySigned`.
    """
    if visit is not None:
        visit = charting.lock_unsigned(visit)  # the visit before the case, as signing does
        if visit.episode_id != episode.pk:
            raise NotScored({"episode": "The visit belongs to another case."})
        taken_on = visit.date_of_service
    episode = _locked(episode)
    row = MeasureResult(episode=episode, visit=visit, recorded_by=by, recorder_name=str(by))
    _fill(row, series, taken_on, answers, special, conditions or {}, remark)
    return _same_as_before(row) or _write(row, by=by, action="measure.recorded")


@transaction.atomic
def correct(
    *,
    result: MeasureResult,
    series: Series,
    taken_on: dt.date,
    answers: Mapping[str, Any],
    why: str,
    by: User,
    special: str = "",
    conditions: Mapping[str, Any] | None = None,
    remark: str = "",
) -> MeasureResult:
    """The row that replaces the result. Raises `NotScored`, `AlreadyCorrected`."""
    row = _after(result, why=why, by=by)
    if series.measure.id != result.measure:
        raise NotScored({"series": "A correction stays with its measure: withdraw it instead."})
    _fill(row, series, taken_on, answers, special, conditions or {}, remark)
    return _write(row, by=by, action="measure.corrected", corrects=result.pk)


@transaction.atomic
def withdraw(*, result: MeasureResult, why: str, by: User) -> MeasureResult:
    """There should have been no result: a row that says so. Raises `AlreadyCorrected`."""
    row = _after(result, why=why, by=by)
    row.measure, row.variant, row.taken_on = result.measure, result.variant, result.taken_on
    row.is_withdrawn = True
    return _write(row, by=by, action="measure.withdrawn", corrects=result.pk)


@transaction.atomic
def choose_group(*, episode: Episode, group: str, by: User) -> None:
    """Compare the patient with this group, or, for an empty word, with what the case says."""
    episode = _locked(episode)
    before = CaseGroup.objects.filter(episode=episode).first()
    if (before.group if before is not None else "") == group:
        return
    if group:
        CaseGroup.objects.update_or_create(
            episode=episode,
            defaults={"group": group, "chosen_by": by, "chosen_at": timezone.now()},
        )
    elif before is not None:
        before.delete()
    audit.record(
        by=by, action="case.group_chosen", patient=episode.patient, target=episode, group=group
    )


@transaction.atomic
def ask(*, episode: Episode, series: Sequence[Series], days: int, by: User) -> MeasureRequest:
    """Questions for the patient, and the link that opens them once. An older request that is
    still open is taken back: there is one at a time. Raises `NothingToAsk`."""
    wanted = [each.key for each in series if each.measure.by_patient]
    if not wanted:
        raise NothingToAsk
    episode = _locked(episode)
    for older in MeasureRequest.objects.filter(episode=episode, answered_at=None):
        links.revoke(purpose=PURPOSE, target=older)
    request = MeasureRequest.objects.create(episode=episode, series=wanted, asked_by=by)
    request.link = links.make(
        purpose=PURPOSE,
        patient=episode.patient,
        target=request,
        expires_at=timezone.now() + dt.timedelta(days=days),
        by=by,
    )
    request.save(update_fields=["link"])
    audit.record(
        by=by, action="measure.asked", patient=episode.patient, target=request, measures=wanted
    )
    return request


@transaction.atomic
def take_back(*, request: MeasureRequest, by: User) -> None:
    """The patient's link opens no more. Twice is once."""
    if links.revoke(purpose=PURPOSE, target=request):
        patient = request.episode.patient
        audit.record(by=by, action="measure.ask_taken_back", patient=patient, target=request)


@transaction.atomic
def answer(
    *, link: PatientLink, answers: Mapping[str, Mapping[str, Any]], remark: str = ""
) -> list[MeasureResult]:
    """What the patient answered, all of it or nothing, once: the link closes behind it.

    Raises `NotScored` with errors named "<series>:<field>", `links.LinkClosed`, `NotOpen`.
    """
    link = links.use(link)
    request = (
        MeasureRequest.objects.select_for_update(of=("self",))
        .select_related("episode__patient__clinic")
        .filter(link=link, answered_at=None)
        .first()
    )
    if request is None:
        raise NotOpen
    episode = request.episode
    day = timezone.localdate(timezone=episode.patient.clinic.zone)
    rows: list[MeasureResult] = []
    errors: dict[str, str] = {}
    for series in request.questions:
        row = MeasureResult(
            episode=episode, origin=MeasureResult.Origin.PATIENT, recorder_name="The patient"
        )
        try:
            _fill(row, series, day, answers.get(series.key, {}), "", {}, remark)
        except NotScored as error:
            errors |= {f"{series.key}:{name}": text for name, text in error.errors.items()}
        rows.append(row)
    if errors:
        raise NotScored(errors)
    written = [_write(row, by=None, action="measure.answered", link=link.pk) for row in rows]
    request.answered_at = timezone.now()
    request.save(update_fields=["answered_at"])
    return written


def _locked(episode: Episode) -> Episode:
    return (
        Episode.objects.select_for_update(of=("self",), no_key=True)
        .select_related("patient__clinic")
        .get(pk=episode.pk)
    )


def _after(result: MeasureResult, *, why: str, by: User) -> MeasureResult:
    """A row that replaces the result, still empty."""
    why = " ".join(why.split())
    if not why:
        raise NotScored({"why": "Say why."})
    if len(why) > LONGEST_REMARK:
        raise NotScored({"why": f"{LONGEST_REMARK} characters at most."})
    episode = _locked(result.episode)
    if result.is_withdrawn or MeasureResult.objects.filter(corrects=result).exists():
        raise AlreadyCorrected
    return MeasureResult(
        episode=episode, corrects=result, why=why, recorded_by=by, recorder_name=str(by)
    )


def _fill(
    row: MeasureResult,
    series: Series,
    taken_on: dt.date,
    answers: Mapping[str, Any],
    special: str,
    conditions: Mapping[str, Any],
    remark: str,
) -> None:
    """Score what was entered into the row; everything that is wrong at once."""
    errors: dict[str, str] = {}
    patient = row.episode.patient
    if taken_on > timezone.localdate(timezone=patient.clinic.zone):
        errors["taken_on"] = "This day is still to come."
    elif taken_on < patient.birth_date:
        errors["taken_on"] = "The patient was not born yet."
    if len(remark) > LONGEST_REMARK:
        errors["remark"] = f"{LONGEST_REMARK} characters at most."
    try:
        row.conditions = scoring.conditions_of(series.measure, conditions)
    except NotScored as error:
        errors |= error.errors
    try:
        scored = scoring.score(series.measure, answers, special=special)
    except NotScored as error:
        raise NotScored(errors | error.errors) from None
    if errors:
        raise NotScored(errors)
    row.measure, row.variant = series.measure.id, series.variant
    row.taken_on, row.special, row.remark = taken_on, special, remark.strip()
    row.value, row.answers = scored.value, dict(scored.answers)


def _same_as_before(row: MeasureResult) -> MeasureResult | None:
    """The result that says just this already: a form sent twice."""
    return (
        MeasureResult.objects.filter(
            episode=row.episode,
            visit=row.visit,
            measure=row.measure,
            variant=row.variant,
            taken_on=row.taken_on,
            value=row.value,
            special=row.special,
            answers=row.answers,
            conditions=row.conditions,
            remark=row.remark,
            recorded_by=row.recorded_by,
        )
        .standing()
        .first()
    )


def _write(row: MeasureResult, *, by: User | None, action: str, **detail: Any) -> MeasureResult:
    row.save(force_insert=True)
    audit.record(
        by=by,
        action=action,
        patient=row.episode.patient,
        target=row,
        measure=row.measure,
        **detail,
    )
    return row


def known_group(key: str) -> bool:
    return key == "" or key in change.groups()


def series_for_patients() -> list[Series]:
    """What a patient can answer alone, in our own words."""
    return [each for each in measures.all_series().values() if each.measure.by_patient]
