"""What a superbill says: gathered once, when it is asked for, and kept with it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from billing.coding import code_visit, self_pay_policy
from billing.rules.words import spoken
from documentation.models import ProcedureCode, Visit
from people.models import Clinic, Patient, Practice, Therapist
from scheduling.models import DeskPayment
from web.templatetags.pt import money

Content = dict[str, Any]


@dataclass(frozen=True)
class Charged:
    """One visit priced by the practice's own list; `refusal` says why it cannot be."""

    visit: Visit
    lines: tuple[Content, ...] = ()
    total: Decimal = Decimal(0)
    refusal: str = ""


def charge(visit: Visit) -> Charged:
    """The visit's lines with units, modifiers and what each is charged at."""
    coded = code_visit(visit, None, without_card=self_pay_policy())
    if not coded.lines:
        return Charged(visit, refusal="Nothing of it is billed: no service comes to a unit.")
    unpriced = [line.code for line in coded.lines if line.code not in coded.fees]
    if unpriced:
        return Charged(
            visit,
            refusal=f"{' and '.join(unpriced)} has no price on the practice's own list that day.",
        )
    labels = dict(ProcedureCode.objects.values_list("code", "label"))
    lines, total = [], Decimal(0)
    for line, modifiers in zip(coded.lines, coded.modifiers, strict=True):
        fee = coded.fees[line.code]
        total += fee * line.units
        lines.append(
            {
                "code": line.code,
                "label": labels[line.code],
                "modifiers": [modifier.code for modifier in modifiers],
                "units": line.units,
                "fee": money(fee),
                "charge": money(fee * line.units),
            }
        )
    return Charged(visit, tuple(lines), total)


def gather(patient: Patient, charged: Sequence[Charged], *, asked_at: dt.datetime) -> Content:
    """All that the paper shows; the visits come in order of their days."""
    payments = _payments([one.visit for one in charged])
    total = sum((one.total for one in charged), Decimal(0))
    paid = sum((payment.amount for payment in payments), Decimal(0))
    clinic = charged[-1].visit.clinic
    return {
        "practice": practice_of(clinic),
        "patient": patient_of(patient),
        "visits": [_visit(one) for one in charged],
        "payments": [
            {
                "day": spoken(payment.taken_on),
                "receipt": payment.receipt,
                "how": payment.get_method_display()
                if payment.reverses_id is None
                else "Given back",
                "amount": money(payment.amount),
            }
            for payment in payments
        ],
        "total": money(total),
        "paid": money(paid),
        "balance": money(total - paid),
        "issued_on": spoken(asked_at.astimezone(clinic.zone).date()),
        "created": stamp(asked_at),
    }


def _visit(one: Charged) -> Content:
    visit = one.visit
    diagnoses = visit.episode.diagnoses.all() if visit.episode is not None else ()
    return {
        "day": spoken(visit.date_of_service),
        "place": visit.place_of_service,
        "clinic": visit.clinic.name,
        "address": visit.clinic.one_line,
        "clinic_npi": visit.clinic.npi,
        "therapist": therapist_of(visit.therapist),
        "diagnoses": [[row.code, row.label] for row in diagnoses],
        "lines": list(one.lines),
        "total": money(one.total),
    }


def _payments(visits: Sequence[Visit]) -> list[DeskPayment]:
    """What the patient paid at the desk towards these visits; a fee for another missed one is none
    of it."""
    booked = [visit.appointment_id for visit in visits if visit.appointment_id is not None]
    paid = DeskPayment.objects.filter(appointment__in=booked, kind=DeskPayment.Kind.COPAY)
    return list(paid.order_by("taken_on", "pk"))


# --- What a superbill and an estimate say alike ---------------------------------------------------


def practice_of(clinic: Clinic) -> Content:
    practice = Practice.objects.first()
    if practice is None:
        return {"name": clinic.name, "address": clinic.one_line, "npi": clinic.npi, "ein": ""}
    return {
        "name": practice.legal_name,
        "address": practice.one_line,
        "npi": practice.npi,
        "ein": f"{practice.ein[:2]}-{practice.ein[2:]}",
        "phone": practice.phone,
        "contact": practice.billing_contact,
    }


def patient_of(patient: Patient) -> Content:
    return {
        "name": patient.full_name,
        "mrn": patient.mrn,
        "born": spoken(patient.birth_date),
        "address": patient.one_line,
    }


def therapist_of(therapist: Therapist) -> Content:
    """Who stands for the service; an assistant has no NPI, and bills under the supervisor."""
    return {"name": str(therapist), "npi": therapist.npi}


def stamp(moment: dt.datetime) -> str:
    """Without it the clock of the machine would change the bytes."""
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
