"""Open and change a patient's case: its diagnoses, goals and plans of care."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from documentation import icd, plan_sending
from documentation.frozen import validity_of
from documentation.goal_links import linked
from documentation.models import Episode, EpisodeDiagnosis, Goal, PlanOfCare, PlanSending
from people import audit
from people.changes import fill, write_changes, write_new
from people.models import Patient, User
from scheduling import care

MOST_DIAGNOSES = 24  # a claim carries twelve; `billing.rules.diagnoses` says which


@transaction.atomic
def open_episode(*, patient: Patient, diagnoses: Sequence[str], by: User, **values: Any) -> Episode:
    """A new case, with its ICD-10-CM codes in the order claims point to them."""
    episode = Episode(patient=patient)
    fill(episode, values)
    write_new(episode)
    _set_diagnoses(episode, diagnoses)
    audit.record(by=by, action="episode.opened", patient=patient, target=episode)
    return episode


@transaction.atomic
def change_episode(
    *, episode: Episode, diagnoses: Sequence[str] | None = None, by: User, **values: Any
) -> Episode:
    """Change the case; `diagnoses` replaces them all, in the new order. Signed notes keep the
    diagnoses they were signed with."""
    episode = Episode.objects.select_for_update().get(pk=episode.pk)
    _refuse_to_lengthen_signed_plans(episode, values)
    changed = write_changes(episode, values)
    if diagnoses is not None and _set_diagnoses(episode, diagnoses):
        changed.append("diagnoses")
    if changed:
        audit.record(
            by=by,
            action="episode.changed",
            patient=episode.patient,
            target=episode,
            fields=changed,
        )
        _tell_scheduling(episode)
        plan_sending.withdraw_changed(episode, by=by)
    return episode


@transaction.atomic
def add_goal(*, episode: Episode, by: User, **values: Any) -> Goal:
    _lock(episode.pk)
    goal = Goal(episode=episode)
    fill(goal, linked(goal, values))
    write_new(goal)
    audit.record(by=by, action="goal.added", patient=episode.patient, target=goal)
    plan_sending.withdraw_changed(episode, by=by)
    return goal


@transaction.atomic
def change_goal(*, goal: Goal, by: User, **values: Any) -> Goal:
    _lock(goal.episode_id)
    goal = Goal.objects.select_for_update(of=("self",)).select_related("episode").get(pk=goal.pk)
    changed = write_changes(goal, linked(goal, values))
    if changed:
        audit.record(
            by=by,
            action="goal.changed",
            patient=goal.episode.patient,
            target=goal,
            fields=changed,
        )
        plan_sending.withdraw_changed(goal.episode, by=by)
    return goal


@transaction.atomic
def add_plan(*, episode: Episode, by: User, **values: Any) -> PlanOfCare:
    _lock(episode.pk)
    plan = PlanOfCare(episode=episode, created_by=by)
    fill(plan, values)
    write_new(plan)
    _tell_scheduling(episode)
    audit.record(by=by, action="plan.added", patient=episode.patient, target=plan)
    plan_sending.withdraw_changed(episode, by=by)
    return plan


@transaction.atomic
def change_plan(*, plan: PlanOfCare, by: User, **values: Any) -> PlanOfCare:
    """Change the plan. What a signature stands under stays as it is; a plan that is out with the
    provider and is changed comes back by itself."""
    plan = plan_sending.locked_with_case(plan)
    _refuse_what_is_signed(plan, values)
    _refuse_a_signature_beside_a_sending(plan, values)
    changed = write_changes(plan, values)
    if changed:
        audit.record(
            by=by,
            action="plan.changed",
            patient=plan.episode.patient,
            target=plan,
            fields=changed,
        )
        _tell_scheduling(plan.episode)
        if plan_sending.withdraw_changed(plan.episode, by=by):
            plan.refresh_from_db(fields=["sent_on", "sent_proof"])
    return plan


# What a signature stands under, and the signature itself. The database keeps both too.
SIGNED_UNDER = (
    "starts_on",
    "amount_per_day",
    "frequency_per_week",
    "duration_weeks",
    "interventions",
)
SIGNATURE = ("signed_on", "signed_by_name", "signed_proof")


def _refuse_what_is_signed(plan: PlanOfCare, values: dict[str, Any]) -> None:
    if plan.signed_on is None:
        return
    refused = dict.fromkeys(
        _differing(plan, values, SIGNED_UNDER),
        "The plan is signed and stays as it was signed. A new period, or another treatment, needs "
        "a new plan.",
    )
    signed_on_link = PlanSending.objects.filter(
        plan=plan, status=PlanSending.Status.SIGNED, how=PlanSending.How.LINK
    ).exists()
    if signed_on_link:
        refused |= dict.fromkeys(
            _differing(plan, values, SIGNATURE), "The provider signed it on the secure link."
        )
    elif "signed_on" in values and values["signed_on"] is None:
        refused["signed_on"] = (
            "A plan that was signed stays signed. Correct the day if it is wrong."
        )
    if refused:
        raise ValidationError(refused)


def _refuse_a_signature_beside_a_sending(plan: PlanOfCare, values: dict[str, Any]) -> None:
    """The answer to what was sent is written down there, so that both say the same."""
    if plan.signed_on is not None or not values.get("signed_on"):
        return
    sending = PlanSending.objects.filter(plan=plan, status=PlanSending.Status.OPEN).first()
    if sending is not None:
        raise ValidationError(
            {
                "signed_on": f"It is out with {sending.provider_name}: record the signed paper "
                "there, or withdraw it first."
            }
        )


def _refuse_to_lengthen_signed_plans(episode: Episode, values: dict[str, Any]) -> None:
    """The 90 days of a first plan count from first treatment: a later one would stretch them."""
    started_on = values.get("started_on")
    if started_on is None or started_on <= episode.started_on:
        return
    first = PlanOfCare.objects.filter(episode=episode).order_by("starts_on").first()
    if first is None or first.signed_on is None:
        return
    before = validity_of(first, episode=episode, is_first=True).through
    moved = Episode(started_on=started_on)
    if validity_of(first, episode=moved, is_first=True).through > before:
        raise ValidationError(
            {"started_on": "The signed plan of care would reach further than what was signed."}
        )


def _differing(row: PlanOfCare, values: dict[str, Any], names: Sequence[str]) -> list[str]:
    return [name for name in names if name in values and values[name] != getattr(row, name)]


def _lock(episode_id: int) -> None:
    """One at a time changes what a plan of the case says, or sends it."""
    Episode.objects.select_for_update(no_key=True).get(pk=episode_id)


def _tell_scheduling(episode: Episode) -> None:
    """Write down where the case's plans end, for those who book and may not read charts."""
    plans = list(PlanOfCare.objects.filter(episode=episode).order_by("starts_on"))
    if not plans:
        return
    ends_on = max(
        validity_of(plan, episode=episode, is_first=plan is plans[0]).through for plan in plans
    )
    if episode.discharged_on is not None:
        ends_on = min(ends_on, episode.discharged_on)
    care.write_down(
        patient=episode.patient,
        case=episode.pk,
        discipline=episode.discipline,
        ends_on=ends_on,
    )


def checked_diagnoses(
    codes: Sequence[str], *, kept: Sequence[EpisodeDiagnosis] = ()
) -> list[icd.Diagnosis]:
    """The codes with their labels; raises `ValidationError` with what is wrong with them.

    A code the case already has (`kept`) stays valid after the year in which it was retired.
    """
    known = {row.code: icd.Diagnosis(row.code, row.label) for row in kept}
    wanted = [icd.tidy(code) for code in codes]
    problems = []
    found = []
    for code in dict.fromkeys(wanted):
        try:
            found.append(known[code] if code in known else icd.find(code))
        except (icd.UnknownDiagnosis, icd.NotSpecific) as error:
            problems.append(str(error))
    problems += [
        f"{code} stands here twice." for code in sorted(set(wanted)) if wanted.count(code) > 1
    ]
    if not wanted:
        problems.append("A case needs at least one diagnosis.")
    if len(found) > MOST_DIAGNOSES:
        problems.append(f"A case holds {MOST_DIAGNOSES} diagnoses at most.")
    if problems:
        raise ValidationError({"diagnoses": problems})
    return found


def _set_diagnoses(episode: Episode, codes: Sequence[str]) -> bool:
    """Whether anything changed."""
    before = list(episode.diagnoses.all())
    wanted = checked_diagnoses(codes, kept=before)
    if [row.code for row in before] == [diagnosis.code for diagnosis in wanted]:
        return False
    rows = {row.code: row for row in before}
    for row in before:
        if row.code not in {diagnosis.code for diagnosis in wanted}:
            row.delete()
    for position, diagnosis in enumerate(wanted, start=1):
        kept = rows.get(diagnosis.code)
        if kept is None:
            # Not through `write_new`: two rows may share a place until the transaction ends.
            EpisodeDiagnosis.objects.create(
                episode=episode,
                position=position,
                code=diagnosis.code,
                label=diagnosis.label[:250],
            )
        elif kept.position != position:
            kept.position = position
            kept.save(update_fields=["position"])
    return True
