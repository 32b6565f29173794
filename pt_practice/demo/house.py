"""The demo practice itself: clinics, staff, rooms, payers, fees, referring providers."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.contrib.auth.hashers import make_password

from billing.models import Fee, FeeSchedule, PayerPolicy, TradingPartner
from documentation.models import ProcedureCode
from people.models import Clinic, Payer, Practice, ReferringProvider, Therapist, User
from people.validators import npi_check_digit
from pt_practice.demo.logins import PASSWORD, STAFF
from scheduling.models import AppointmentType, Closure, Room, WeeklyHours

TAXONOMY = {"PT": "225100000X", "OT": "225X00000X", "PTA": "225200000X"}

TYPES = [
    # name, minutes, tint, discipline, evaluation
    ("Evaluation", 60, "purple", "PT", True),
    ("Follow-up", 45, "teal", "PT", False),
    ("Neuro follow-up", 60, "blue", "PT", False),
    ("Balance and falls", 45, "green", "PT", False),
    ("Vestibular", 45, "amber", "PT", False),
    ("OT evaluation", 60, "purple", "OT", True),
    ("OT follow-up", 45, "orange", "OT", False),
]

KEPT_FREE = {"Evaluation": 15, "OT evaluation": 15, "Vestibular": 10}  # minutes to write it up

FEES = {
    "97010": "0", "97012": "45", "97016": "40", "97032": "48", "97035": "44", "97110": "85",
    "97112": "95", "97113": "98", "97116": "82", "97124": "70", "97129": "75", "97130": "70",
    "97140": "80", "97150": "55", "97161": "210", "97162": "225", "97163": "240", "97164": "140",
    "97165": "210", "97166": "225", "97167": "240", "97168": "140", "97530": "98", "97533": "96",
    "97535": "90", "97537": "85", "97542": "85", "97750": "92", "97755": "95", "97760": "105",
    "97761": "105", "97763": "98", "95992": "130", "G0283": "38",
}  # fmt: skip

PAYERS = [
    # name, kind, EDI id, filing, unit rule, policy extras
    ("Medicare Part B Oregon", "medicare", "02302", "MB", "cms",
     {"assistant_modifier": True, "mppr": True, "kx": True, "certification_needed": True,
      "referral_needed": True, "timely_filing_days": 365, "takes_corrections": False}),
    ("Regence BlueCross BlueShield", "blues", "00851", "BL", "cms", {"timely_filing_days": 365}),
    ("Aetna", "commercial", "60054", "CI", "ama", {"timely_filing_days": 120}),
    ("UnitedHealthcare", "commercial", "87726", "CI", "cms",
     {"assistant_modifier": True, "mppr": True, "timely_filing_days": 90}),
    ("Providence Health Plan", "commercial", "SX133", "CI", "ama",
     {"authorization_needed": True, "timely_filing_days": 180}),
    ("SAIF Corporation", "workers_comp", "93038", "WC", "ama",
     {"discipline_modifier": False, "ncci": False, "mue": False, "authorization_needed": True,
      "timely_filing_days": 365, "paper_only": True}),
]  # fmt: skip

REFERRERS = [
    ("Marcus", "Hale", "MD"), ("Ingrid", "Sorensen", "MD"), ("Rafael", "Ortiz", "DO"),
    ("Grace", "Kim", "MD"), ("Samuel", "Adeyemi", "MD"), ("Helen", "Brandt", "NP"),
    ("Anil", "Deshpande", "MD"), ("Noor", "Haddad", "MD"),
]  # fmt: skip


@dataclass
class House:
    """What the rest of the demo refers to."""

    clinics: list[Clinic]
    users: dict[str, User]
    therapists: list[Therapist]
    student: Therapist
    types: dict[str, AppointmentType]
    rooms: dict[int, list[Room]]
    payers: list[Payer]
    referrers: list[ReferringProvider]


def npi(number: int) -> str:
    first_nine = f"1{number:08d}"
    return f"{first_nine}{npi_check_digit(first_nine)}"


def build_house(today: dt.date) -> House:
    clinics = _practice_and_clinics()
    users, therapists = _staff(clinics, today)
    return House(
        clinics=clinics,
        users=users,
        therapists=therapists,
        student=_student(users, therapists[0], today),
        types={
            name: AppointmentType.objects.create(
                name=name,
                minutes=minutes,
                tint=tint,
                discipline=discipline,
                is_evaluation=first,
                buffer_minutes=KEPT_FREE.get(name, 0),
            )
            for name, minutes, tint, discipline, first in TYPES
        }
        | {
            "Balance group": AppointmentType.objects.create(
                name="Balance group", minutes=45, tint="pink", capacity=6, needs_room=True
            )
        },
        rooms={
            clinic.pk: [
                Room.objects.create(clinic=clinic, name=name)
                for name in ("Gym", "Bay 1", "Bay 2", "Bay 3", "Vestibular room")
            ]
            for clinic in clinics
        },
        payers=_payers(),
        referrers=[
            ReferringProvider.objects.create(
                first_name=first,
                last_name=last,
                credential=credential,
                npi=npi(70_000_000 + number),
                phone=f"+1503555{160 + number:04d}",
                fax=f"+1503555{180 + number:04d}",
                email=f"{last.lower()}@lovejoy.example" if number % 2 else "",
                letters_by="email" if number == 1 else "",
                line1=f"{300 + 11 * number} NW Lovejoy St",
                city="Portland",
                state="OR",
                postal_code="97210",
            )
            for number, (first, last, credential) in enumerate(REFERRERS)
        ],
    )


def _practice_and_clinics() -> list[Clinic]:
    Practice.objects.create(
        pk=1,
        legal_name="Riverbend Physical Therapy LLC",
        ein="931234567",
        npi=npi(22_233_344),
        phone="+15035550142",
        billing_contact="Renee Duval",
        line1="100 SW Main St",
        line2="Suite 400",
        city="Portland",
        state="OR",
        postal_code="97204-0001",
    )
    return [
        Clinic.objects.create(
            name="Riverbend",
            time_zone="America/Los_Angeles",
            phone="+15035550142",
            npi=npi(22_233_345),
            line1="100 SW Main St",
            line2="Suite 400",
            city="Portland",
            state="OR",
            postal_code="97204-0001",
        ),
        Clinic.objects.create(
            name="Hawthorne",
            time_zone="America/Los_Angeles",
            phone="+15035550143",
            npi=npi(22_233_346),
            line1="3550 SE Hawthorne Blvd",
            city="Portland",
            state="OR",
            postal_code="97214-0002",
        ),
    ]


def _staff(clinics: list[Clinic], today: dt.date) -> tuple[dict[str, User], list[Therapist]]:
    users: dict[str, User] = {}
    therapists: list[Therapist] = []
    password = make_password(PASSWORD)  # slow by design: once for all of them
    for number, (email, first, last, roles, credential, places) in enumerate(STAFF):
        user = User.objects.create(
            email=email, first_name=first, last_name=last, roles=roles, password=password
        )
        user.clinics.set([clinics[place] for place in places])
        users[email] = user
        if not credential:
            continue
        assistant = credential == "PTA"
        home = clinics[places[0]]
        therapist = Therapist.objects.create(
            user=user,
            credential=credential,
            npi="" if assistant else npi(55_500_000 + number),
            taxonomy=TAXONOMY[credential],
            licence_number=f"OR{40_000 + 137 * number}",
            licence_state="OR",
            licence_expires_on=today + dt.timedelta(days=45 if last == "Kowalski" else 400),
            supervisor=next(
                (t for t in therapists if assistant and home in t.user.clinics.all()), None
            ),
        )
        therapists.append(therapist)
        for weekday in range(5):
            for starts, ends in ((dt.time(8), dt.time(12)), (dt.time(13), dt.time(17))):
                WeeklyHours.objects.create(
                    therapist=therapist,
                    clinic=home,
                    weekday=weekday,
                    starts_at=starts,
                    ends_at=ends,
                )
    return users, therapists


def _student(users: dict[str, User], supervisor: Therapist, today: dt.date) -> Therapist:
    """On a placement: nobody is booked with a student, who treats with the supervisor."""
    return Therapist.objects.create(
        user=users["student@riverbend.example"],
        credential="SPT",
        school="Cascade University",
        placement_ends_on=today + dt.timedelta(days=60),
        supervisor=supervisor,
    )


def _payers() -> list[Payer]:
    partners = {
        "medicare": TradingPartner.objects.create(
            name="Noridian Part B Oregon", receiver_id="02302", sender_id="RBPT0001"
        ),
        "other": TradingPartner.objects.create(
            name="Cascade Clearinghouse", receiver_id="CASCADE01", sender_id="RBPT0001"
        ),
    }
    payers = []
    for number, (name, kind, edi_id, filing, rule, extras) in enumerate(PAYERS):
        payer = Payer.objects.create(
            name=name,
            kind=kind,
            edi_payer_id=edi_id,
            claim_filing_code=filing,
            line1=f"PO Box {1400 + 79 * number}",
            city="Portland",
            state="OR",
            postal_code="97208",
            phone=f"+1800555{100 + number:04d}",
            needs_authorization=bool(extras.get("authorization_needed")),
        )
        policy = {"unit_rule": rule, "partner": partners.get(kind, partners["other"]), **extras}
        PayerPolicy.objects.create(
            payer=payer,
            effective_from=dt.date(2024, 1, 1),
            source="Demo: check with the payer",
            **policy,
        )
        payers.append(payer)
    own = FeeSchedule.objects.create(
        name="Usual and customary", effective_from=dt.date(2024, 1, 1), source="Demo"
    )
    known = set(ProcedureCode.objects.values_list("code", flat=True))
    Fee.objects.bulk_create(
        Fee(schedule=own, code_id=code, amount=Decimal(amount))
        for code, amount in FEES.items()
        if Decimal(amount) and code in known
    )
    return payers


def build_closures(house: House, today: dt.date) -> None:
    """What the calendar hatches: a staff meeting each week, a course, a room without power."""
    riverbend, gym = house.clinics[0], house.rooms[house.clinics[0].pk][0]
    monday = today - dt.timedelta(days=today.weekday())

    def moment(week: int, weekday: int, hour: int) -> dt.datetime:
        day = monday + dt.timedelta(weeks=week, days=weekday)
        return dt.datetime.combine(day, dt.time(hour), riverbend.zone)

    Closure.objects.bulk_create(
        [
            *(
                Closure(
                    clinic=riverbend,
                    starts_at=moment(week, 2, 12),
                    ends_at=moment(week, 2, 13),
                    reason="Staff meeting",
                )
                for week in range(8)
            ),
            Closure(
                therapist=house.therapists[2],
                starts_at=moment(1, 3, 8),
                ends_at=moment(1, 4, 17),
                reason="Vestibular course",
            ),
            Closure(
                room=gym, starts_at=moment(1, 0, 12), ends_at=moment(1, 0, 13), reason="Floor waxed"
            ),
        ]
    )


def is_away(house: House, therapist: Therapist, day: dt.date, today: dt.date) -> bool:
    """The days of the course, on which nobody is booked with them."""
    monday = today - dt.timedelta(days=today.weekday())
    return therapist == house.therapists[2] and (day - monday).days in (10, 11)
