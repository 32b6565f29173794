"""Eight weeks of the demo clinic: the appointments, and what was treated and signed so far."""

from __future__ import annotations

import datetime as dt
import random
import uuid
from collections.abc import Iterator
from typing import Any

from django.db import transaction

from documentation import cases, charting, drafts, signing
from documentation.models import Episode, Note, Visit
from people.models import Clinic, Coverage, Patient, Payer, Therapist
from pt_practice.demo import resources
from pt_practice.demo.examined import examined
from pt_practice.demo.house import House, is_away
from pt_practice.demo.stories import STORIES, Story
from scheduling.models import Appointment, Room

WEEKS_BEFORE, WEEKS_AFTER = 1, 7
STARTS = [
    dt.time(8),
    dt.time(9),
    dt.time(10),
    dt.time(11),
    dt.time(13),
    dt.time(14),
    dt.time(15),
    dt.time(16),
]

Cases = dict[int, tuple[Story, Episode]]


def build_cases(
    house: House, patients: list[Patient], today: dt.date, chance: random.Random
) -> Cases:
    """A case with diagnoses, goals and a plan for nearly every patient."""
    found: Cases = {}
    hurt_at_work = set(
        Coverage.objects.filter(payer__kind=Payer.Kind.WORKERS_COMP).values_list(
            "patient_id", flat=True
        )
    )
    for number, patient in enumerate(patients):
        at_clinic = [t for t in house.therapists if patient.clinic in t.user.clinics.all()]
        has_ot = any(t.discipline == "OT" for t in at_clinic)
        story = chance.choices(
            [s for s in STORIES if s.discipline == "PT" or has_ot],
            [4 if s.is_neuro else 3 for s in STORIES if s.discipline == "PT" or has_ot],
        )[0]
        therapist = chance.choice(
            [t for t in at_clinic if not t.is_assistant and t.discipline == story.discipline]
        )
        started_on = today - dt.timedelta(days=chance.randint(24, 75))
        referrer = None if number % 25 == 11 else chance.choice(house.referrers)
        onset_on = started_on - dt.timedelta(days=chance.randint(10, 60))
        at_work = patient.pk in hurt_at_work
        episode = cases.open_episode(
            patient=patient,
            by=therapist.user,
            diagnoses=story.diagnoses,
            clinic=patient.clinic,
            discipline=story.discipline,
            title=story.title,
            therapist=therapist,
            referring_provider=referrer,
            onset_on=onset_on,
            accident=Episode.Accident.WORK if at_work else "",
            accident_on=onset_on if at_work else None,
            order_signed_on=started_on - dt.timedelta(days=chance.randint(2, 9)),
            started_on=started_on,
            precautions=story.precautions,
        )
        for text, measure, baseline, target in story.goals:
            cases.add_goal(
                episode=episode,
                by=therapist.user,
                text=text,
                measure=measure,
                baseline=baseline,
                target=target,
                due_on=started_on + dt.timedelta(weeks=8),
            )
        certified = number % 12 != 5
        cases.add_plan(
            episode=episode,
            by=therapist.user,
            starts_on=started_on,
            frequency_per_week=2,
            duration_weeks=12,
            interventions=story.interventions,
            sent_on=started_on + dt.timedelta(days=2) if certified else None,
            sent_proof="Fax receipt" if certified else "",
            signed_on=started_on + dt.timedelta(days=9) if certified else None,
            signed_by_name=str(episode.referring_provider or "Dana Whitfield, MD")
            if certified
            else "",
            signed_proof="Signed fax, in the chart" if certified else "",
        )
        found[patient.pk] = (story, episode)
    return found


def workdays(today: dt.date) -> Iterator[dt.date]:
    """The working days of eight weeks: the last one, and the seven to come."""
    first = today - dt.timedelta(weeks=WEEKS_BEFORE)
    for offset in range(7 * (WEEKS_BEFORE + WEEKS_AFTER)):
        day = first + dt.timedelta(days=offset)
        if day.weekday() < 5:
            yield day


def build_appointments(
    house: House, patients: list[Patient], cases: Cases, today: dt.date, chance: random.Random
) -> list[Appointment]:
    """A day sheet for every working day; each patient at most once a day, nobody twice at once."""
    made: list[Appointment] = []
    desk = house.users["desk@riverbend.example"]
    homes = {therapist.pk: therapist.user.clinics.all()[0] for therapist in house.therapists}
    rooms = {therapist.pk: _room_of(house, therapist, homes) for therapist in house.therapists}
    for day in workdays(today):
        seen: set[int] = set()
        for therapist in house.therapists:
            if is_away(house, therapist, day, today):
                continue
            clinic = homes[therapist.pk]
            pool = [p for p in patients if p.clinic_id == clinic.pk and p.pk not in seen]
            pool = [p for p in pool if _fits(cases[p.pk], therapist)]
            density = 3 if day < today else 7
            starts = sorted(chance.sample(STARTS, k=density))
            for number, start in enumerate(starts):
                if not pool:
                    break
                if resources.meets(house, therapist, day, start, today):
                    continue
                patient = pool.pop(chance.randrange(len(pool)))
                seen.add(patient.pk)
                story, _ = cases[patient.pk]
                kind = house.types[story.visit_type]
                moment = dt.datetime.combine(day, start, clinic.zone)
                appointment = Appointment(
                    patient=patient,
                    therapist=therapist,
                    clinic=clinic,
                    room=rooms[therapist.pk],
                    type=kind,
                    starts_at=moment,
                    ends_at=moment + dt.timedelta(minutes=kind.minutes),
                    status=Appointment.Status.CONFIRMED
                    if number % 3
                    else Appointment.Status.BOOKED,
                    booked_by=desk,
                    booked_at=moment - dt.timedelta(days=chance.randint(3, 20)),
                )
                if day < today and chance.random() < 0.08:
                    appointment.status = chance.choice(
                        [Appointment.Status.NO_SHOW, Appointment.Status.CANCELLED]
                    )
                    appointment.cancel_reason = "Ill" if appointment.status == "cancelled" else ""
                made.append(appointment)
    appointments = Appointment.objects.bulk_create(made, batch_size=500)
    leaders_room = rooms[resources.leader(house).pk]
    resources.build_groups(house, patients, appointments, today, leaders_room)
    resources.build_equipment(house, appointments, today)
    return appointments


def _room_of(house: House, therapist: Therapist, homes: dict[int, Clinic]) -> Room | None:
    """Each therapist has a room of their own; who comes after the last room has none."""
    clinic = homes[therapist.pk]
    colleagues = [t for t in house.therapists if homes[t.pk] == clinic]
    rooms = house.rooms[clinic.pk]
    place = colleagues.index(therapist)
    return rooms[place] if place < len(rooms) - 1 else None


def _fits(case: tuple[Story, Episode], therapist: Therapist) -> bool:
    return case[0].discipline == therapist.discipline


def treat(
    appointments: list[Appointment],
    cases: Cases,
    today: dt.date,
    chance: random.Random,
    student: Therapist,
) -> None:
    """Open, write and sign the past visits; leave today's first ones open, as at noon. The last two
    of the student's supervisor the student signs, and they wait for the co-signature."""
    past = [a for a in appointments if a.starts_at.date() < today and a.is_live]
    taught = [a for a in past if a.therapist_id == student.supervisor_id][-2:]
    for appointment in past:
        signs = chance.random() > 0.03 or appointment in taught
        signer = student if appointment in taught else None
        _treat(appointment, cases, chance, signs=signs, signer=signer)
    for appointment in [a for a in appointments if a.starts_at.date() == today]:
        hour = appointment.starts_at.hour
        if hour < 10:
            _treat(appointment, cases, chance, signs=hour < 9)


@transaction.atomic
def _treat(
    appointment: Appointment,
    cases: Cases,
    chance: random.Random,
    *,
    signs: bool,
    signer: Therapist | None = None,
) -> None:
    story, _ = cases[appointment.patient_id]
    by = appointment.therapist.user
    visit = charting.open_visit(appointment=appointment, by=by)
    drafts.save_draft(
        visit=visit, content=_written(visit, story, chance, signs=signs), base_version=0, by=by
    )
    if not signs:
        return
    note = signing.put_signature(
        note=Note.objects.get(visit=visit), by=signer.user if signer else by
    )
    if note.cosign_needed and not signer and chance.random() < 0.7:
        signing.put_cosignature(note=note, by=visit.therapist.user)


def _written(visit: Visit, story: Story, chance: random.Random, *, signs: bool) -> dict[str, Any]:
    goals = list(visit.episode.goals.values_list("pk", flat=True)) if visit.episode else []
    with_assistant = visit.assistant_id is not None

    def entry(code: str, minutes: int, **more: Any) -> dict[str, Any]:
        return {
            "key": str(uuid.UUID(int=chance.getrandbits(128), version=4)),
            "code": code,
            "minutes": minutes,
            "assistant_minutes": minutes if with_assistant else 0,
            "goal": goals[0] if goals else None,
            "details": {},
            "narrative": "",
            "narrative_is_own": False,
            **more,
        }

    entries = [entry("97112", chance.choice(story.neuro_minutes), details=story.details)]
    for code, minutes, words in story.others:
        entries.append(entry(code, chance.choice(minutes), narrative=words, narrative_is_own=True))
    number = Visit.objects.filter(episode=visit.episode_id).count() if visit.episode_id else 0
    evaluates = number == 1 and not with_assistant
    if evaluates:
        entries = [entry(story.evaluation_code, 45, goal=None)]
    total = sum(row["minutes"] for row in entries)
    return {
        "examination": examined(story, number=number),
        "note": {
            "kind": "evaluation" if evaluates else "daily",
            "subjective": chance.choice(story.subjective),
            "objective": chance.choice(story.objective),
            "assessment": chance.choice(story.assessment) if signs else "",
            "plan": chance.choice(story.plan) if signs else "",
        },
        "total_treatment_minutes": total,
        "entries": entries,
    }
