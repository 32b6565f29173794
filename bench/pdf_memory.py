"""Does a worker's memory stay bounded over 1,000 PDFs?

    DATABASE_URL=postgres://… REDIS_URL=redis://… SECRET_KEY=bench python bench/pdf_memory.py

Fills a scratch database with the demo clinic and starts a Celery worker with one child beside it,
as `bin/run` does. It makes 1,000 PDFs of signed notes, by the task a signature rings for, while the
child's resident memory is read five times a second: once as the settings have it, once (for fewer
PDFs) with a child that is never replaced. `--write` adds the result to docs/benchmarks.md.
"""

from __future__ import annotations

import sys
from pathlib import Path

# First of all: beside this file, `import calendar` anywhere in Python's library would find it.
sys.path[0] = str(Path(__file__).resolve().parent.parent)

import argparse  # noqa: E402 -- path first
import datetime as dt  # noqa: E402 -- path first
import os  # noqa: E402 -- path first
import subprocess  # noqa: E402 -- path first
import time  # noqa: E402 -- path first
from collections.abc import Iterator  # noqa: E402 -- path first
from contextlib import contextmanager  # noqa: E402 -- path first
from dataclasses import dataclass, field  # noqa: E402 -- path first

import django  # noqa: E402 -- path first

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pt_practice.settings")
django.setup()

import psutil  # noqa: E402 -- app ready
from django.conf import settings  # noqa: E402 -- app ready
from django.core.management import call_command  # noqa: E402 -- app ready

from bench.calendar_house import add_report, machine, scratch  # noqa: E402 -- app ready
from documentation.models import NotePdf  # noqa: E402 -- app ready
from documentation.tasks import render_note_pdf  # noqa: E402 -- app ready
from pt_practice.celery import app  # noqa: E402 -- app ready

HEADING = "## Memory of a worker (`bench/pdf_memory.py`)"
EVERY = 0.2
MB = 1024 * 1024
DATABASE = "bench_pdf_memory"
NEVER = {"WORKER_TASKS_PER_CHILD": "1000000", "WORKER_MEMORY_MB_PER_CHILD": "1000000"}


@dataclass
class Seen:
    """One run: the child's memory after so many PDFs, the most of all, and the children."""

    peak: int = 0
    after: dict[int, int] = field(default_factory=dict)
    children: set[int] = field(default_factory=set)
    seconds: float = 0.0


@contextmanager
def worker(settings_of_its_own: dict[str, str]) -> Iterator[psutil.Process]:
    url = f"{os.environ['DATABASE_URL'].rpartition('/')[0]}/{DATABASE}"
    environment = {**os.environ, "DATABASE_URL": url, "LOG_LEVEL": "ERROR", **settings_of_its_own}
    command = [sys.executable, "-m", "celery", "-A", "pt_practice.celery:app", "worker"]
    command += ["--concurrency", "1", "--loglevel", "ERROR", "--without-gossip", "--without-mingle"]
    started = subprocess.Popen(command, env=environment, cwd=settings.BASE_DIR)
    try:
        yield psutil.Process(started.pid)
    finally:
        started.terminate()
        started.wait(timeout=60)


def run(count: int, settings_of_its_own: dict[str, str]) -> Seen:
    """Have the notes' PDFs made, all of them again and again, until there were so many."""
    notes = list(NotePdf.objects.order_by("pk").values_list("note_id", flat=True))
    seen, made = Seen(), 0
    app.control.purge()
    began = time.perf_counter()
    with worker(settings_of_its_own) as process:
        while made < count:
            now = notes[: count - made]
            NotePdf.objects.filter(note__in=now).update(status="waiting", attempts=0)
            for note_id in now:
                render_note_pdf.delay(note_id)
            waiting = len(now)
            while waiting:
                time.sleep(EVERY)
                look(process, seen, made + len(now) - waiting)
                waiting = NotePdf.objects.filter(note__in=now, status="waiting").count()
            made += len(now)
        look(process, seen, made)
    seen.seconds = time.perf_counter() - began
    assert not NotePdf.objects.filter(status="failed").exists()
    return seen


def look(process: psutil.Process, seen: Seen, made: int) -> None:
    for child in process.children():
        try:
            resident = child.memory_info().rss
        except psutil.Error:  # it was replaced this very moment
            continue
        seen.children.add(child.pid)
        seen.peak = max(seen.peak, resident)
        for mark in (1, *range(100, made + 1, 100)):
            if made >= mark:
                seen.after.setdefault(mark, resident)


def in_mb(seen: Seen, mark: int) -> str:
    return str(seen.after[mark] // MB) if mark in seen.after else ""


def lines_of(recycled: Seen, kept: Seen) -> list[str]:
    marks = sorted(set(recycled.after) | set(kept.after))
    return [
        "| PDFs made | child replaced, MB | never replaced, MB |",
        "|---|---|---|",
        *(f"| {mark:,} | {in_mb(recycled, mark)} | {in_mb(kept, mark)} |" for mark in marks),
        f"| the most | {recycled.peak // MB} | {kept.peak // MB} |",
        f"| children | {len(recycled.children)} | {len(kept.children)} |",
        f"| seconds | {recycled.seconds:.0f} | {kept.seconds:.0f} |",
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--pdfs", type=int, default=1000)
    parser.add_argument("--never", type=int, default=300, help="PDFs of the child kept (300)")
    parser.add_argument("--patients", type=int, default=60, help="of the demo clinic (60)")
    parser.add_argument("--write", action="store_true", help="add it to docs/benchmarks.md")
    options = parser.parse_args()

    with scratch(DATABASE):
        call_command("seed_demo", verbosity=0, patients=options.patients)
        recycled = run(options.pdfs, {})
        kept = run(options.never, NEVER)
    limits = (
        f"replaced after {settings.CELERY_WORKER_MAX_TASKS_PER_CHILD} tasks or"
        f" {settings.CELERY_WORKER_MAX_MEMORY_PER_CHILD // 1024} MB"
    )
    lines = [
        f"{dt.datetime.now(dt.UTC):%Y-%m-%d}, {machine()}. {options.pdfs:,} PDFs of the demo"
        f" clinic's notes by one child, {limits}; resident memory.",
        "",
        *lines_of(recycled, kept),
    ]
    print("\n".join(lines))
    if options.write:
        add_report(HEADING, lines)
    return 0


if __name__ == "__main__":
    sys.exit(main())
