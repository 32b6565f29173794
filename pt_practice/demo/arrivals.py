"""What waits at the demo's counter: forms signed and due, intakes to review, copays taken, a fee to
decide, and a kiosk in the waiting room."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.utils import timezone

from people import consents, links, questionnaires
from people.models import ConsentForm, ConsentSignature, Patient, Questionnaire, User
from pt_practice.demo.house import House
from scheduling import counter, kiosks, missed
from scheduling.models import Appointment

MOST_SIGNERS = 24
COPAYS = 8
METHODS = ("card", "card", "cash", "check")

FORMS = [
    # name, to be signed, title, text
    (
        "Consent to treatment", "once", "Consent to physical and occupational therapy",
        "I agree to be examined and treated by the therapists of this practice.\n\n"
        "My therapist explains what is planned, what it is for and what may go wrong. I may ask "
        "anything at any time, and I may stop a treatment whenever I want to.",
    ),
    (
        "Privacy notice", "yearly", "Notice of privacy practices",
        "I have been offered the practice's notice of privacy practices. It says how my health "
        "information is used and shared, and what rights I have.",
    ),
]  # fmt: skip

INTAKES: list[dict[str, dict[str, object]]] = [
    {
        "contact": {"line2": "Apt 12", "emergency_name": "Marguerite Bell"},
        "health": {
            "conditions": ["blood_pressure", "dizziness"],
            "medications": "Lisinopril 10 mg in the morning",
            "allergies": "Penicillin",
            "falls": "2",
            "pain": 3,
        },
        "goals": {
            "reason": "I get dizzy when I turn my head, and fell twice this fall.",
            "goals": "Walk to the market on my own again.",
        },
    },
    {
        "who": {"pronouns": "they/them"},
        "contact": {"home_phone": "+15035550177"},
        "health": {"conditions": ["stroke"], "medications": "None", "falls": "1", "pain": 0},
        "goals": {
            "reason": "My left hand has been weak since the stroke in September.",
            "goals": "Cook for my family, and write by hand.",
        },
    },
    {
        "contact": {"line1": "2210 SE Clinton St", "postal_code": "97202"},
        "health": {"conditions": ["joints"], "surgeries": "Right knee, 2024", "falls": "0"},
        "goals": {"reason": "I am unsteady on stairs.", "goals": "Hike in the Gorge again."},
    },
]


def build_arrivals(house: House, appointments: list[Appointment], today: dt.date) -> None:
    desk = house.users["desk@riverbend.example"]
    riverbend = house.clinics[0]
    here = [row for row in appointments if row.clinic_id == riverbend.pk]
    _sign_forms(house, appointments, today)
    _send_intakes(here, today, desk)
    _take_copays(here, today, desk)
    _propose_fee(house, here, today)
    kiosks.make(clinic=riverbend, name="Entrance", by=desk)


def _day_of(row: Appointment) -> dt.date:
    return row.starts_at.astimezone(row.clinic.zone).date()


def _patients(rows: list[Appointment]) -> list[Patient]:
    return list({row.patient_id: row.patient for row in rows if row.is_live}.values())


def _sign_forms(house: House, appointments: list[Appointment], today: dt.date) -> None:
    """Most who come on the next open day have signed both forms, some one; one has declined."""
    owner = house.users["owner@riverbend.example"]
    versions = []
    for position, (name, required, title, body) in enumerate(FORMS, start=1):
        form: ConsentForm = consents.add_form(
            by=owner,
            name=name,
            required=required,
            position=position,
            title=title,
            body=body,
            effective_from=today - dt.timedelta(days=60),
        )
        versions.append(form.versions.get())
    next_day = min(day for row in appointments if (day := _day_of(row)) >= today)
    comers = _patients([row for row in appointments if _day_of(row) == next_day])
    for number, patient in enumerate(comers[:MOST_SIGNERS]):
        who: dict[str, Any] = {
            "patient": patient,
            "signer_name": f"{patient.first_name} {patient.last_name}",
            "relation": ConsentSignature.Relation.SELF,
            "by": house.users["desk@riverbend.example"],
        }
        for version in versions[: (2, 2, 1, 0)[number % 4]]:
            consents.sign(version=version, typed=who["signer_name"], **who)
        if number == 2:
            consents.decline(version=versions[1], reason="Wants to read it at home first", **who)


def _send_intakes(here: list[Appointment], today: dt.date, desk: User) -> None:
    """Two were sent in and wait for the desk; the third is still with the patient."""
    comers = _patients([row for row in here if _day_of(row) > today])
    for number, (patient, written) in enumerate(zip(comers, INTAKES, strict=False)):
        link = links.make(
            purpose=questionnaires.PURPOSE,
            patient=patient,
            expires_at=timezone.now() + dt.timedelta(days=14),
            by=desk,
        )
        row = Questionnaire.objects.create(
            patient=patient,
            link=link,
            made_by=desk,
            made_at=timezone.now() - dt.timedelta(days=2),
            answers=written,
        )
        if number < len(INTAKES) - 1:
            questionnaires.send_in(questionnaire=row)


def _take_copays(here: list[Appointment], today: dt.date, desk: User) -> None:
    """The copays of the newest visits, today's before any other."""
    newest = sorted(
        (row for row in here if row.is_live and _day_of(row) <= today),
        key=lambda row: (_day_of(row) == today, -row.starts_at.timestamp()),
        reverse=True,
    )
    taken = 0
    for row in newest:
        if due := counter.copay_of(row).due:
            counter.take_payment(
                appointment=row,
                kind="copay",
                amount=due,
                method=METHODS[taken % len(METHODS)],
                reference=f"{1041 + taken}" if METHODS[taken % len(METHODS)] == "check" else "",
                by=desk,
            )
            taken += 1
        if taken == COPAYS:
            return


def _propose_fee(house: House, here: list[Appointment], today: dt.date) -> None:
    """The clinic asks a fee of who does not come; of the newest no-show it is to be decided."""
    counter.set_rules(
        clinic=house.clinics[0],
        by=house.users["owner@riverbend.example"],
        no_show_fee=Decimal(50),
        late_cancel_fee=Decimal(25),
        first_is_free=False,
        waive_reasons=["Illness or emergency", "Weather", "The clinic's mistake", "Goodwill"],
    )
    gone = [row for row in here if row.status == "no_show" and _day_of(row) < today]
    if gone:
        newest = max(gone, key=lambda row: row.starts_at)
        facts = missed.facts_of_no_show(newest)
        Appointment.objects.filter(pk=newest.pk).update(**facts)
