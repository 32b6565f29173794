"""What do notes cost: a PDF, the Session page, and each save while somebody types?

    DATABASE_URL=postgres://… SECRET_KEY=bench python bench/notes.py

Works in a scratch database on that server, which it makes, fills with the demo clinic and drops.
Each signed note is made into its PDF as a worker does it (row, page, drawing, bytes stored); beside
it, in turn, stands bare WeasyPrint with the same HTML and the same style sheet, once as one writes
it first (fonts and styles read for each file) and once with both kept. The Session page and its
saves are asked for through the whole stack, without the network. `--write` adds the result to
docs/benchmarks.md.
"""

from __future__ import annotations

import sys
from pathlib import Path

# First of all: beside this file, `import calendar` anywhere in Python's library would find it.
sys.path[0] = str(Path(__file__).resolve().parent.parent)

import argparse  # noqa: E402 -- path first
import datetime as dt  # noqa: E402 -- path first
import gzip  # noqa: E402 -- path first
import json  # noqa: E402 -- path first
import os  # noqa: E402 -- path first
import statistics  # noqa: E402 -- path first
import time  # noqa: E402 -- path first
from collections.abc import Callable  # noqa: E402 -- path first
from typing import Any  # noqa: E402 -- path first

import django  # noqa: E402 -- path first

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pt_practice.settings")
os.environ.setdefault("STATIC_UNHASHED", "1")
django.setup()

import weasyprint  # noqa: E402 -- app ready
from django.conf import settings  # noqa: E402 -- app ready
from django.core.management import call_command  # noqa: E402 -- app ready
from django.db import connection  # noqa: E402 -- app ready
from django.test import Client  # noqa: E402 -- app ready
from django.test.utils import CaptureQueriesContext  # noqa: E402 -- app ready
from django.urls import reverse  # noqa: E402 -- app ready
from weasyprint.text.fonts import FontConfiguration  # noqa: E402 -- app ready

from bench.calendar_house import add_report, machine, scratch  # noqa: E402 -- app ready
from documentation import pdf, session_content  # noqa: E402 -- app ready
from documentation.models import Draft, Note, NotePdf, Visit  # noqa: E402 -- app ready

HEADING = "## Notes (`bench/notes.py`)"
SHEET = settings.BASE_DIR / "static" / "css" / "pdf" / pdf.STYLES


def seconds(act: Callable[[], Any]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def median(values: list[float]) -> float:
    return statistics.median(values) * 1000


def p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[-1] * 1000


# --- PDFs ---------------------------------------------------------------------------------------


def as_a_worker(note: Note) -> None:
    pdf.render_note(Note.objects.get(pk=note.pk))


def bare(html: str, *, fonts: FontConfiguration, styles: weasyprint.CSS) -> None:
    weasyprint.HTML(string=html).write_pdf(
        stylesheets=[styles], font_config=fonts, pdf_variant="pdf/ua-1"
    )


def bare_and_new(html: str) -> None:
    fonts = FontConfiguration()
    bare(html, fonts=fonts, styles=weasyprint.CSS(filename=SHEET, font_config=fonts))


def measure_pdfs(count: int) -> dict[str, list[float]]:
    """Seconds for each note, the three ways in turn, so that a busy minute slows all of them."""
    fonts = FontConfiguration()
    styles = weasyprint.CSS(filename=SHEET, font_config=fonts)
    notes = list(Note.objects.filter(pdf__isnull=False, content__isnull=False).order_by("pk"))
    took: dict[str, list[float]] = {"worker": [], "kept": [], "new": []}
    for turn in range(count + 3):
        note = notes[turn % len(notes)]
        NotePdf.objects.filter(note=note).update(status="waiting", attempts=0)
        html = pdf.Pages(note).as_html()
        found = {
            "worker": seconds(lambda note=note: as_a_worker(note)),
            "kept": seconds(lambda html=html: bare(html, fonts=fonts, styles=styles)),
            "new": seconds(lambda html=html: bare_and_new(html)),
        }
        if turn >= 3:  # the first ones load fonts and code
            for name, value in found.items():
                took[name].append(value)
    assert not NotePdf.objects.filter(status="failed").exists()
    return took


# --- The Session page ---------------------------------------------------------------------------


def open_visit() -> Visit:
    """The unsigned visit with the most services: a page with something on it."""
    visits = Visit.objects.filter(note__signed_at=None, draft__isnull=False)
    found = max(
        visits.select_related("therapist__user"),
        key=lambda visit: (visit.timed_entries.count(), visit.pk),
        default=None,
    )
    if found is None:
        raise SystemExit("the demo clinic has no open visit")
    return found


def measure_page(client: Client, visit: Visit, times: int) -> dict[str, float]:
    url = reverse("documentation:session", args=[visit.pk])
    answer = client.get(url)
    if answer.status_code != 200:
        raise SystemExit(f"the Session page answered {answer.status_code}")
    took = [seconds(lambda: client.get(url)) for _ in range(times)]
    with CaptureQueriesContext(connection) as queries:
        client.get(url)
    return {
        "p50": median(took),
        "p95": p95(took),
        "bytes": len(answer.content),
        "gzip": len(gzip.compress(answer.content, 6, mtime=0)),
        "queries": len(queries),
    }


def measure_saves(client: Client, visit: Visit, times: int) -> list[float]:
    """Each save changes a sentence, as typing does, and is built on the one before it."""
    url = reverse("documentation:session-draft", args=[visit.pk])
    content = session_content.content_of(visit)
    version = Draft.objects.get(visit=visit).version
    took = []
    for turn in range(times + 3):
        content["note"] = {**content["note"], "assessment": "Steadier at turns. " * (turn % 40)}
        body = json.dumps(
            {"content": content, "base_version": version, "user": visit.therapist.user_id}
        )
        began = time.perf_counter()
        answer = client.post(url, body, content_type="application/json")
        took.append(time.perf_counter() - began)
        if answer.status_code != 200:
            raise SystemExit(f"save {turn + 1} answered {answer.status_code}")
        version = answer.json()["version"]
    return took[3:]


# --- The report ---------------------------------------------------------------------------------


def pdf_lines(took: dict[str, list[float]]) -> list[str]:
    worker = statistics.median(took["worker"])
    ratios = {
        name: statistics.median(
            ours / theirs for ours, theirs in zip(took["worker"], took[name], strict=True)
        )
        for name in ("kept", "new")
    }
    rows = [
        ("As a worker makes it", "worker", "1.00 ×"),
        ("Bare WeasyPrint, fonts and styles kept", "kept", f"{ratios['kept']:.2f} ×"),
        ("Bare WeasyPrint, both read for each file", "new", f"{ratios['new']:.2f} ×"),
    ]
    return [
        "| a note's PDF | p50 ms | p95 ms | PDFs a second | the worker takes |",
        "|---|---|---|---|---|",
        *(
            f"| {label} | {median(took[name]):.0f} | {p95(took[name]):.0f} |"
            f" {1 / statistics.mean(took[name]):.1f} | {ratio} |"
            for label, name, ratio in rows
        ),
        "",
        f"What the house adds to each file (row, lock, template, hash, storing) is "
        f"{(worker - statistics.median(took['kept'])) * 1000:.0f} ms at the median.",
    ]


def page_lines(page: dict[str, float], saves: list[float]) -> list[str]:
    return [
        "| the Session page | |",
        "|---|---|",
        f"| server time, p50 / p95 | {page['p50']:.0f} / {page['p95']:.0f} ms |",
        f"| bytes, as sent / gzip | {page['bytes']:,} / {page['gzip']:,} |",
        f"| queries | {page['queries']} |",
        f"| a save while typing, p50 / p95 | {median(saves):.0f} / {p95(saves):.0f} ms |",
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--patients", type=int, default=60, help="of the demo clinic (60)")
    parser.add_argument("--notes", type=int, default=100, help="PDFs made each way (100)")
    parser.add_argument("--times", type=int, default=50, help="askings of the page (50)")
    parser.add_argument("--saves", type=int, default=200, help="saves while typing (200)")
    parser.add_argument("--write", action="store_true", help="add it to docs/benchmarks.md")
    options = parser.parse_args()
    settings.ALLOWED_HOSTS = ["testserver"]

    with scratch("bench_notes"):
        call_command("seed_demo", verbosity=0, patients=options.patients)
        connection.cursor().execute("VACUUM ANALYZE")
        took = measure_pdfs(options.notes)
        visit = open_visit()
        client = Client()
        client.force_login(visit.therapist.user)
        page = measure_page(client, visit, options.times)
        saves = measure_saves(client, visit, options.saves)
        services = visit.timed_entries.count()
    lines = [
        f"{dt.datetime.now(dt.UTC):%Y-%m-%d}, {machine()}. {options.notes} notes of the demo"
        f" clinic, {options.times} askings of a Session page with {services} timed services,"
        f" {options.saves} saves.",
        "",
        *pdf_lines(took),
        "",
        *page_lines(page, saves),
    ]
    print("\n".join(lines))
    if options.write:
        add_report(HEADING, lines)
    return 0


if __name__ == "__main__":
    sys.exit(main())
