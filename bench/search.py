"""How long does the instant search take in a large practice, against a small one?

    DATABASE_URL=postgres://… SECRET_KEY=bench python bench/search.py --patients 200000

Works in a scratch database on that server, which it makes and drops. Each question is asked of
2,000 patients and then of many, as the booking panel asks it: the first eight, as objects.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import random
import statistics
import sys
import time
from pathlib import Path

import django

# In place of this folder, whose calendar.py would stand in for Python's own.
sys.path[0] = str(Path(__file__).resolve().parent.parent)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pt_practice.settings")
django.setup()

from django.db import connection, connections  # noqa: E402 -- app ready
from django.test.runner import DiscoverRunner  # noqa: E402 -- app ready

from people import search  # noqa: E402 -- app ready
from people.models import Clinic, Patient  # noqa: E402 -- app ready

DATABASE = "bench_search"
SMALL = 2_000
SHOWN = 8
ROUNDS = 15
SYLLABLES = (
    "ka mo ri ta len sen ber wil har ton son da vi ne lo ma ra chen gar ski ova an el".split()
)
KNOWN = {"last_name": "Okafor", "first_name": "Adaeze", "mobile_phone": "+15035550142"}
QUESTIONS = {
    "the name": "okafor",
    "both names": "adaeze okafor",
    "the beginning": "oka",
    "two letters": "ok",
    "swapped letters": "okafro",
    "a wrong first letter": "ikafor",
    "both names, a slip": "adaeze okaffor",
    "no blank": "adaezeokafor",
    "nobody": "xyzzyqw",
    "a common part": "son",
    "a birth date": "3/12/1958",
    "a telephone": "555-0142",
    "name and birth date": "okafro 3/12/1958",
}


def fill(up_to: int, chance: random.Random) -> None:
    clinic = Clinic.objects.first() or Clinic.objects.create(
        name="Bench", time_zone="America/Los_Angeles", phone="+15035550142"
    )
    if not Patient.objects.exists():
        born = dt.date(1958, 3, 12)
        Patient.objects.create(mrn="PT000000", clinic=clinic, birth_date=born, sex="F", **KNOWN)

    def name() -> str:
        return "".join(chance.choices(SYLLABLES, k=chance.randint(2, 4))).capitalize()

    numbers = range(Patient.objects.count(), up_to)
    Patient.objects.bulk_create(
        (
            Patient(
                mrn=f"PT{number:06d}",
                clinic=clinic,
                last_name=name(),
                first_name=name(),
                birth_date=dt.date(1930, 1, 1) + dt.timedelta(days=chance.randrange(30_000)),
                sex="F",
                mobile_phone=f"+1503{chance.randrange(10**7):07d}",
            )
            for number in numbers
        ),
        batch_size=5_000,
    )
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE people_patient")


def median_ms(typed: str) -> tuple[float, int]:
    taken = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        found = list(search.find(Patient.objects.filter(removed_at=None), typed)[:SHOWN])
        taken.append((time.perf_counter() - began) * 1000)
    return statistics.median(taken), len(found)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--patients", type=int, default=200_000)
    parser.add_argument("--explain", action="store_true")
    options = parser.parse_args()

    connections["default"].settings_dict["TEST"]["NAME"] = DATABASE
    runner = DiscoverRunner(verbosity=0, interactive=False)
    made = runner.setup_databases()
    try:
        chance = random.Random(7)
        fill(SMALL, chance)
        small = {name: median_ms(typed) for name, typed in QUESTIONS.items()}
        fill(options.patients, chance)
        print(f"{'':22}{SMALL:>10,}{options.patients:>10,}   ratio  found")
        for name, typed in QUESTIONS.items():
            large, found = median_ms(typed)
            before = small[name][0]
            print(f"{name:22}{before:7.1f} ms{large:7.1f} ms{large / before:8.1f}{found:7}")
            if options.explain:
                print(search.find(Patient.objects.filter(removed_at=None), typed).explain())
    finally:
        runner.teardown_databases(made)
    return 0


if __name__ == "__main__":
    sys.exit(main())
