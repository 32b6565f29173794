"""How long does the server take for a Day, and does that grow with the table?

    DATABASE_URL=postgres://… SECRET_KEY=bench python bench/calendar.py --rows 1000000

Works in a scratch database on that server, which it makes and drops. The Day of twenty therapists
with ten visits each is asked for at 10 thousand appointments and again at --rows; so are the
same day by room, a Week, a Month, and the question whether anything changed. Beside them, in the
same run, stands a bare Django page, without any middleware, that runs the Day's one query for the
appointments and counts them. `--write` adds the result to docs/benchmarks.md.
"""

from __future__ import annotations

import sys
from pathlib import Path

# First of all: beside this file, `import calendar` anywhere in Python's library would find it.
sys.path[0] = str(Path(__file__).resolve().parent.parent)

import argparse  # noqa: E402 -- path first
import datetime as dt  # noqa: E402 -- path first
import os  # noqa: E402 -- path first
import statistics  # noqa: E402 -- path first
import time  # noqa: E402 -- path first
from collections.abc import Callable  # noqa: E402 -- path first

import django  # noqa: E402 -- path first

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pt_practice.settings")
os.environ.setdefault("STATIC_UNHASHED", "1")
django.setup()

from django.conf import settings  # noqa: E402 -- app ready
from django.http import HttpRequest, HttpResponse  # noqa: E402 -- app ready
from django.test import Client, override_settings  # noqa: E402 -- app ready
from django.urls import path, reverse  # noqa: E402 -- app ready

from bench.calendar_house import SHOWN_ON, House, add_report, machine, scratch  # noqa: E402 -- app ready
from people.models import Clinic  # noqa: E402 -- app ready
from scheduling import slots  # noqa: E402 -- app ready
from scheduling.models import Appointment  # noqa: E402 -- app ready

HEADING = "## The calendar (`bench/calendar.py`)"
FEW = 10_000


def bare(request: HttpRequest) -> HttpResponse:
    """The least a Django page can do with the same query."""
    clinic = Clinic(pk=int(request.GET["clinic"]), time_zone="America/Los_Angeles")
    whole = slots.whole_day(SHOWN_ON, clinic.zone)
    rows = Appointment.objects.overlapping(whole.starts_at, whole.ends_at).filter(clinic=clinic.pk)
    return HttpResponse(str(len(list(rows.for_day_sheet()))))


urlpatterns = [path("bare/", bare)]


def median(ask: Callable[[], HttpResponse], times: int) -> float:
    """Milliseconds, after three askings that do not count."""
    took = []
    for turn in range(times + 3):
        began = time.perf_counter()
        response = ask()
        took.append((time.perf_counter() - began) * 1000)
        if response.status_code not in (200, 204):
            raise SystemExit(f"answered {response.status_code} at the {turn + 1}. asking")
    return statistics.median(took[3:])


def measure(house: House, times: int) -> dict[str, float]:
    client = Client()
    client.force_login(house.desk)
    day = {"date": SHOWN_ON.isoformat(), "clinic": house.clinic.pk}
    whole = slots.whole_day(SHOWN_ON, house.clinic.zone)
    stretch = {
        "clinic": house.clinic.pk,
        "start": int(whole.starts_at.timestamp()),
        "end": int(whole.ends_at.timestamp()),
    }
    pages = {
        "Day": ("day", day | {"by": "therapist"}),
        "Day by room": ("day", day | {"by": "room"}),
        "Week": ("week", day | {"therapist": house.therapists[0].pk}),
        "Month": ("month", day),
        "Anything new?": ("mark", stretch),
    }
    found = {}
    for label, (name, query) in pages.items():
        url = reverse(f"scheduling:{name}")
        found[label] = median(lambda url=url, query=query: client.get(url, query), times)
    with override_settings(ROOT_URLCONF=__name__, MIDDLEWARE=[]):
        plain = Client()
        found["Bare page"] = median(lambda: plain.get("/bare/", day), times)
    return found


def table(few: dict[str, float], many: dict[str, float], rows: int) -> list[str]:
    lines = [
        f"| page | ms at {FEW:,} rows | ms at {rows:,} rows | ratio | over the bare page |",
        "|---|---|---|---|---|",
    ]
    for label, before in few.items():
        after = many[label]
        over = after / many["Bare page"]
        lines.append(
            f"| {label} | {before:.1f} | {after:.1f} | {after / before:.2f} | {over:.1f} × |"
        )
    return lines


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--times", type=int, default=30, help="askings of each page (30)")
    parser.add_argument("--write", action="store_true", help="add it to docs/benchmarks.md")
    options = parser.parse_args()
    settings.ALLOWED_HOSTS = ["testserver"]
    if options.rows < FEW:
        parser.error(f"--rows must be at least {FEW}")

    with scratch("bench_calendar"):
        house = House()
        house.fill(FEW)
        few = measure(house, options.times)
        seconds = house.fill(options.rows)
        many = measure(house, options.times)
        stands = Appointment.objects.count()
    added = options.rows - FEW
    head = [
        f"{dt.datetime.now(dt.UTC):%Y-%m-%d}, {machine()}. A Day of 20 therapists and 200 visits;"
        f" medians of {options.times}; the table held {stands:,} rows"
        + (f", put in at {seconds / added * 1000:.2f} ms each." if added else "."),
        "",
    ]
    lines = head + table(few, many, options.rows)
    print("\n".join(lines))
    if options.write:
        add_report(HEADING, lines)
    return 0


if __name__ == "__main__":
    sys.exit(main())
