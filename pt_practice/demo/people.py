"""The demo's 200 patients, their cards and authorisations."""

from __future__ import annotations

import datetime as dt
import random
from decimal import Decimal

from people import intake
from people.models import Authorization, Coverage, Patient, Payer, User
from pt_practice.demo.house import House

FIRST_NAMES = {
    "F": (
        "Ada Rosa Ingrid Mei Fatima Hannah Olivia Grace Zoë Marisol Thandiwe Yuki Helen Dorothy "
        "Beatriz Samira Leila Nora Edith Chloé Wanda Priscilla Anika Joyce Renata Irene"
    ).split(),
    "M": (
        "Samuel Walter José Kofi Henry Dmitri Arturo Malik Leon Pieter Björn Victor Isaac Ravi "
        "Tomás Gordon Elias Kenji Otis Raymond Desmond Felix Hugo Omar Cyrus Earl"
    ).split(),
}
LAST_NAMES = (
    "Okafor Nguyen Alvarado Petersen Kaminski Haddad Whitfield Castellanos O'Brien Yamamoto "
    "Lindgren Abebe Muñoz Fitzgerald Sorensen Dubois Patel Kowalczyk Rahman Thornton Vasquez "
    "Ivanova Brown-Hughes Mbeki Schultz Delgado McAllister Tanaka Andersson Fournier Reyes "
    "Chaudhry Novak Bergström Osborne Silva Kim Larsen Mensah Whitaker Romero Ito Gallagher "
    "Baptiste Weiss Navarro Quinn Steiner Amari Holloway"
).split()
STREETS = [
    "SE Belmont St",
    "NE Alberta St",
    "SW Vermont St",
    "N Williams Ave",
    "SE Division St",
    "NW Thurman St",
    "NE Fremont St",
    "SW Corbett Ave",
]
EMPLOYERS = ["Tualatin Freight Co.", "Sellwood Millwork", "Multnomah Produce Inc."]
ZIPS = ["97202", "97206", "97211", "97214", "97217", "97219", "97232", "97239"]
MBI_LETTERS = "ACDEFGHJKMNPQRTUVWXY"


def medicare_number(chance: random.Random) -> str:
    """Eleven characters in the pattern CMS publishes for Medicare Beneficiary Identifiers."""
    pattern = "9A*9A*9AA99"
    made = [str(chance.randint(1, 9))]
    for mark in pattern[1:]:
        digit, letter = str(chance.randint(0, 9)), chance.choice(MBI_LETTERS)
        made.append({"9": digit, "A": letter}.get(mark, chance.choice((digit, letter))))
    return "".join(made)


def build_patients(
    house: House, today: dt.date, chance: random.Random, count: int
) -> list[Patient]:
    desk = house.users["desk@riverbend.example"]
    patients = []
    for number in range(count):
        sex = chance.choice("FM")
        payer = house.payers[chance.choices(range(len(house.payers)), (40, 18, 16, 12, 9, 5))[0]]
        age = chance.randint(66, 88) if payer.kind == "medicare" else chance.randint(19, 64)
        patient = intake.register_patient(
            by=desk,
            clinic=house.clinics[0 if chance.random() < 0.65 else 1],
            first_name=chance.choice(FIRST_NAMES[sex]),
            last_name=LAST_NAMES[number % len(LAST_NAMES)],
            suffix=chance.choice(["", "", "", "", "", "", "", "", "Jr", "III"])
            if sex == "M"
            else "",
            birth_date=today - dt.timedelta(days=age * 365 + chance.randint(1, 364)),
            sex=sex,
            line1=f"{chance.randint(100, 9800)} {chance.choice(STREETS)}",
            city="Portland",
            state="OR",
            postal_code=chance.choice(ZIPS),
            mobile_phone=f"+1503555{1000 + number:04d}",
            email=f"patient{number + 1}@mail.example" if chance.random() < 0.7 else "",
            contact_by=chance.choice(["sms", "email", "phone"]),
            emergency_name=f"{chance.choice(FIRST_NAMES['F'])} {LAST_NAMES[number % 50]}",
            emergency_phone=f"+1503555{3000 + number:04d}",
            emergency_relation=chance.choice(["Spouse", "Daughter", "Son", "Sister", "Friend"]),
        )
        if number % 40 != 39:  # a few pay for themselves
            _card(patient, payer, today, chance, desk, number)
            _second_card(house, patient, payer, today, number)
        patients.append(patient)
    return patients


def _card(
    patient: Patient,
    payer: Payer,
    today: dt.date,
    chance: random.Random,
    desk: User,
    number: int,
) -> None:
    medicare = payer.kind == "medicare"
    values: dict[str, object] = {
        "payer": payer,
        "member_id": medicare_number(chance)
        if medicare
        else f"W{chance.randint(10**8, 10**9 - 1)}",
        "starts_on": today.replace(month=1, day=1) - dt.timedelta(days=365),
        "copay": Decimal(0 if medicare else chance.choice([0, 25, 30, 40])),
        "coinsurance_percent": Decimal(20 if medicare else 0),
    }
    if payer.kind == "workers_comp":
        values |= {
            "copay": Decimal(0),
            "claim_number": f"WC{chance.randint(100000, 999999)}",
            "relation": Coverage.Relation.EMPLOYEE,
            "subscriber_employer": EMPLOYERS[number % len(EMPLOYERS)],
        }
    elif not medicare:
        values["group_number"] = f"GRP{chance.randint(1000, 9999)}"
        if chance.random() < 0.25:
            values |= {
                "relation": Coverage.Relation.SPOUSE,
                "subscriber_first_name": chance.choice(
                    FIRST_NAMES["M" if patient.sex == "F" else "F"]
                ),
                "subscriber_last_name": patient.last_name,
                "subscriber_birth_date": patient.birth_date - dt.timedelta(days=400),
                "subscriber_sex": "M" if patient.sex == "F" else "F",
            }
    if number % 33 == 7:  # a card that has lapsed: its claims are held
        values["ends_on"] = today - dt.timedelta(days=30)
    coverage = intake.add_coverage(patient=patient, by=desk, **values)
    if payer.kind == "workers_comp" or payer.name.startswith("Providence"):
        Authorization.objects.create(
            coverage=coverage,
            number=f"A{chance.randint(100000, 999999)}",
            visits_approved=chance.choice([6, 12, 18]),
            starts_on=today - dt.timedelta(days=60),
            ends_on=today + dt.timedelta(days=chance.choice([-5, 30, 60])),
        )


def _second_card(house: House, patient: Patient, payer: Payer, today: dt.date, number: int) -> None:
    """A plan that pays after Medicare; and Medicare after the large employer's plan of somebody
    disabled."""
    medicare, after_medicare = house.payers[0], house.payers[2]
    if payer.kind == "commercial" and number % 9 == 2:
        second, member, why = medicare, medicare_number(random.Random(number)), "43"  # noqa: S311
    elif payer == medicare and number % 4 == 1:
        second, member, why = after_medicare, f"W{200_000_000 + number}", ""
    else:
        return
    intake.add_coverage(
        patient=patient,
        by=house.users["desk@riverbend.example"],
        payer=second,
        member_id=member,
        priority=Coverage.Priority.SECONDARY,
        medicare_secondary=why,
        starts_on=today.replace(month=1, day=1) - dt.timedelta(days=365),
    )


def build_look_alikes(house: House, patients: list[Patient]) -> None:
    """Two patients registered a second time, as it happens on the telephone."""
    desk = house.users["desk@riverbend.example"]
    for number, patient in enumerate(patients[3:5]):
        name = patient.last_name
        intake.register_patient(
            by=desk,
            clinic=patient.clinic,
            last_name=name if number else f"{name[:-2]}{name[-1]}{name[-2]}",
            first_name=patient.first_name,
            birth_date=patient.birth_date,
            sex=patient.sex,
            mobile_phone="+15035550188" if number else patient.mobile_phone,
        )
