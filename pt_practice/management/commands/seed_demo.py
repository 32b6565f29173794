"""Load the demo clinic into an empty database, or say whom one may log in as."""

from __future__ import annotations

import random
import time
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction
from django.utils import timezone

from documentation.models import Visit
from people.models import Clinic
from pt_practice.demo import (
    arrivals,
    attached,
    audited,
    home,
    house,
    letters,
    logins,
    measures,
    medicare,
    money,
    people,
    revised,
    self_pay,
    sent_plans,
    series,
    told,
    waiting,
    weeks,
)

SEED = 97112


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--logins", action="store_true", help="print the demo log-ins only")
        parser.add_argument("--patients", type=int, default=200, help="how many (200)")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["logins"]:
            for email, password, role in logins.LOGINS:
                self.stdout.write(f"{role:<12} {email:<28} {password}")
            return
        if Clinic.objects.exists():
            raise CommandError("There is a clinic here already: the demo is for an empty database.")
        began = time.monotonic()
        load(patients=options["patients"])
        took = time.monotonic() - began
        self.stdout.write(f"Demo clinic loaded in {took:.0f} s: {Visit.objects.count()} visits.")


@transaction.atomic
def load(*, patients: int) -> None:
    """All of it or nothing. The same day gives the same clinic."""
    chance = random.Random(SEED)  # noqa: S311 -- made-up people, not secrets
    today = timezone.localdate(timezone=ZoneInfo("America/Los_Angeles"))
    built = house.build_house(today)
    everyone = people.build_patients(built, today, chance, patients)
    people.build_look_alikes(built, everyone)
    cases = weeks.build_cases(built, everyone, today, chance)
    house.build_closures(built, today)
    appointments = weeks.build_appointments(built, everyone, cases, today, chance)
    _analyze()
    weeks.treat(appointments, cases, today, chance, built.student)
    waiting.reserve(built, today)
    series.build_series(built, everyone, cases, today, timezone.now())
    waiting.build_wait_list(built, everyone, cases, random.Random(SEED))  # noqa: S311 -- as above
    priya = built.users["priya@riverbend.example"]
    revised.amend_notes()
    own = [p for p in everyone if p.pk in cases and cases[p.pk][1].therapist.user == priya]
    home.build_programs(own, priya, random.Random(SEED))  # noqa: S311 -- as above
    balance = [p for p in own if "Balance" in cases[p.pk][1].title]
    episodes = {pk: episode for pk, (_, episode) in cases.items()}
    measures.build_measures(balance, episodes, priya, today)
    _analyze()
    told.build_messages()
    letters.build_letters(priya)
    sent_plans.build_sent_plans()
    arrivals.build_arrivals(built, appointments, today)
    biller = built.users["biller@riverbend.example"]
    medicare.build_notices(today, biller, set(cases))
    money.build_claims(biller, chance)
    attached.build_documents(own[:6], episodes, built.users["desk@riverbend.example"])
    self_pay.build_self_pay(built.users["desk@riverbend.example"], biller)
    audited.build_packet(biller)


def _analyze() -> None:
    """Nothing has been committed yet, so the planner still takes the tables for empty."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
