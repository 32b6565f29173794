"""What is due in the running cases, most pressing first: certification, renewal, progress report.

A constant number of queries, however many cases there are. Nothing is stored: each clock follows
from the notes and plans as they are.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, DateField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.urls import reverse

from documentation import compliance, frozen
from documentation.models import Episode, LeadTimes, Note, PlanOfCare, Visit
from documentation.rules import certification, clocks
from documentation.rules.clocks import Ahead, Clock, Urgency
from people.models import Therapist, User

REPORTS = (Note.Kind.EVALUATION, Note.Kind.RE_EVALUATION, Note.Kind.PROGRESS)
KINDS = {
    "certification": "Certification",
    "renewal": "Plan of care",
    "report": "Progress report",
    "license": "License",
}
BEFORE_ALL = dt.date(1900, 1, 1)


@dataclass(frozen=True)
class Due:
    """One thing to do: for a case, or for a clinician's license."""

    kind: str
    clock: Clock
    url: str
    act: str
    episode: Episode | None = None
    therapist: Therapist | None = None

    @property
    def label(self) -> str:
        return KINDS[self.kind]

    @property
    def order(self) -> tuple[int, dt.date, str]:
        return (
            -self.clock.urgency,
            self.clock.due_on or BEFORE_ALL,
            self.episode.patient.list_name if self.episode else str(self.therapist),
        )


def running_cases(user: User, *, therapist: Therapist | None = None) -> QuerySet[Episode]:
    """Cases that are not discharged, which this person may see."""
    cases = Episode.objects.visible_to(user).filter(discharged_on=None)
    return cases.filter(therapist=therapist) if therapist is not None else cases


def of_cases(cases: QuerySet[Episode], *, today: dt.date, least: Urgency) -> list[Due]:
    """Everything that presses at least so much in these cases, the most pressing first."""
    rows = list(
        _with_treatment_days(cases).select_related("patient", "therapist__user").order_by("pk")
    )
    plans: dict[int, list[PlanOfCare]] = defaultdict(list)
    for plan in PlanOfCare.objects.filter(episode__in=[row.pk for row in rows]).order_by(
        "starts_on", "pk"
    ):
        plans[plan.episode_id].append(plan)
    ahead = LeadTimes.current().ahead
    found = [due for row in rows for due in _of_case(row, plans[row.pk], today, ahead)]
    return sorted((due for due in found if due.clock.urgency >= least), key=lambda due: due.order)


def by_patient(cases: QuerySet[Episode], *, today: dt.date) -> dict[int, list[Due]]:
    """What presses now, or soon, for each patient: what a day's list shows beside them."""
    found: dict[int, list[Due]] = defaultdict(list)
    for due in of_cases(cases, today=today, least=Urgency.SOON):
        assert due.episode is not None
        found[due.episode.patient_id].append(due)
    return dict(found)


def licenses(therapists: Iterable[Therapist], *, today: dt.date) -> list[Due]:
    """Licenses that end soon or have ended."""
    ahead = LeadTimes.current().ahead
    found = [
        Due(
            "license",
            clocks.license_of(therapist.licence_expires_on, today=today, ahead=ahead),
            reverse("people:staff"),
            "Staff",
            therapist=therapist,
        )
        for therapist in therapists
        if therapist.licence_expires_on is not None  # a student has none
    ]
    pressing = [due for due in found if due.clock.urgency >= Urgency.SOON]
    return sorted(pressing, key=lambda due: due.order)


def treatment_days(episode_id: int, *, through: dt.date) -> int:
    """Treatment days since the last report of the case, up to that day."""
    case = _with_treatment_days(Episode.objects.filter(pk=episode_id), through=through).first()
    return case.treatment_days if case is not None else 0  # type: ignore[attr-defined]


def _with_treatment_days(
    cases: QuerySet[Episode], *, through: dt.date = dt.date.max
) -> QuerySet[Episode]:
    """Each case with `treatment_days` since its last report. The day of an evaluation is the first
    of its period; the day of a report closes the one before."""
    reports = Visit.objects.filter(
        episode=OuterRef("pk"),
        note__signed_at__isnull=False,
        note__kind__in=REPORTS,
        date_of_service__lte=through,
    ).order_by("-date_of_service", "-pk")
    last = Subquery(reports.values("date_of_service")[:1])
    opens_with = Subquery(reports.values("note__kind")[:1])
    days = (
        Visit.objects.filter(episode=OuterRef("pk"), date_of_service__lte=through)
        .filter(
            Q(date_of_service__gt=OuterRef("last_report"))
            | Q(
                date_of_service=OuterRef("last_report"),
                note__kind=Note.Kind.EVALUATION,
                note__signed_at__isnull=False,
            )
        )
        .order_by()
        .values("episode")
        .annotate(days=Count("date_of_service", distinct=True))
        .values("days")
    )
    return cases.annotate(
        last_report=Coalesce(last, Value(BEFORE_ALL), output_field=DateField()),
        last_report_kind=opens_with,
        treatment_days=Coalesce(Subquery(days), 0),
    )


def _of_case(episode: Episode, plans: list[PlanOfCare], today: dt.date, ahead: Ahead) -> list[Due]:
    found = [_report(episode, ahead)]
    if not plans:
        return [*found, _no_plan(episode)]
    plan = plans[-1]
    is_first = len(plans) == 1
    certified = _certification(episode, plan, is_first=is_first, today=today)
    validity = frozen.validity_of(plan, episode=episode, is_first=is_first)
    renewal = Due(
        "renewal",
        clocks.renewal(validity.through, today=today, ahead=ahead),
        reverse("documentation:plan-new", args=[episode.pk]),
        "Renew",
        episode,
    )
    return [*found, *([certified] if certified else []), renewal]


def _report(episode: Episode, ahead: Ahead) -> Due:
    days: int = getattr(episode, "treatment_days", 0)
    return Due(
        "report",
        clocks.progress_report(days, ahead=ahead),
        reverse("documentation:episode", args=[episode.pk]),
        "Case",
        episode,
    )


def _no_plan(episode: Episode) -> Due:
    """Written before or with the first treatment (CMS Pub. 100-02, ch. 15, § 220.1.2)."""
    treated: int = getattr(episode, "treatment_days", 0)
    clock = Clock(
        Urgency.OVERDUE if treated else Urgency.SOON,
        "There is no plan of care yet: write it.",
        "CMS Pub. 100-02, ch. 15, § 220.1.2",
        episode.started_on,
    )
    return Due(
        "renewal",
        clock,
        reverse("documentation:plan-new", args=[episode.pk]),
        "Write the plan",
        episode,
    )


URGENT = {
    certification.State.OVERDUE: Urgency.OVERDUE,
    certification.State.NO_REASON: Urgency.NOW,
    certification.State.NOT_SENT: Urgency.NOW,
    certification.State.VERBAL: Urgency.SOON,
    certification.State.WAITING: Urgency.SOON,
}


def _certification(
    episode: Episode, plan: PlanOfCare, *, is_first: bool, today: dt.date
) -> Due | None:
    state, words = compliance.told_of(plan, today=today, episode=episode, is_first=is_first)
    if state.holds:
        return None
    return Due(
        "certification",
        Clock(URGENT[state.state], words, state.source, state.due_on),
        reverse("documentation:plan", args=[plan.pk]),
        "Plan of care",
        episode,
    )
