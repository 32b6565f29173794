"""How fast do signed visits become a checked 837P file, and how fast is a reply to it read?

    DATABASE_URL=postgres://… SECRET_KEY=bench python bench/claims.py

Works in a scratch database on that server, which it makes and drops. For each size that many
signed Medicare visits are put in; then each is drafted, scrubbed and released, one file is built
and checked, as the worker and the biller do it. The writer stands beside joining the very same
segments, the reader of replies beside a plain split and pyx12's reader, in turn, so that a busy
minute slows all of them. Each step is told by the clock and by the processor time of both sides,
this process and its server's: only the second says whether a claim costs more when there are
many, for on a busy machine the first is mostly waiting. `--write` adds the result to
docs/benchmarks.md.
"""

from __future__ import annotations

import sys
from pathlib import Path

# First of all: beside this file, `import calendar` anywhere in Python's library would find it.
sys.path[0] = str(Path(__file__).resolve().parent.parent)

import argparse  # noqa: E402 -- path first
import datetime as dt  # noqa: E402 -- path first
import gc  # noqa: E402 -- path first
import io  # noqa: E402 -- path first
import os  # noqa: E402 -- path first
import statistics  # noqa: E402 -- path first
import threading  # noqa: E402 -- path first
import time  # noqa: E402 -- path first
from collections.abc import Callable, Iterator  # noqa: E402 -- path first
from contextlib import contextmanager  # noqa: E402 -- path first
from dataclasses import dataclass, field  # noqa: E402 -- path first
from typing import Any  # noqa: E402 -- path first

import django  # noqa: E402 -- path first

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pt_practice.settings")
django.setup()

import psutil  # noqa: E402 -- app ready
import pyx12.x12file  # noqa: E402 -- app ready
from django.db import connection  # noqa: E402 -- app ready

from bench.calendar_house import add_report, machine, scratch  # noqa: E402 -- app ready
from bench.claims_house import CODES, House  # noqa: E402 -- app ready
from billing import batches, claims  # noqa: E402 -- app ready
from billing.frozen import claim_from_json  # noqa: E402 -- app ready
from billing.models import Batch, Claim, ClaimVersion  # noqa: E402 -- app ready
from billing.x12.read import read_segments  # noqa: E402 -- app ready
from billing.x12.reply import read_reply  # noqa: E402 -- app ready
from billing.x12.write_837p import write_837p  # noqa: E402 -- app ready
from tests.billing.x12.answers import ca_277, claim_277  # noqa: E402 -- app ready
from tests.billing.x12.cast import file_of  # noqa: E402 -- app ready

HEADING = "## Claims (`bench/claims.py`)"
MB = 1024 * 1024


# --- From signed visits to a file ---------------------------------------------------------------


class Memory:
    """The most memory this process held while something went on, read twenty times a second."""

    def __init__(self) -> None:
        self.process = psutil.Process()
        self.peak = 0
        self.stopped = threading.Event()

    def look(self) -> int:
        return int(self.process.memory_info().rss)

    @contextmanager
    def watch(self) -> Iterator[None]:
        self.peak = self.look()
        self.stopped.clear()
        watcher = threading.Thread(target=self._keep_looking, daemon=True)
        watcher.start()
        try:
            yield
        finally:
            self.stopped.set()
            watcher.join()

    def _keep_looking(self) -> None:
        while not self.stopped.wait(0.05):
            self.peak = max(self.peak, self.look())


@dataclass
class Spent:
    """Seconds by the clock, and of the processor: this process's and its database server's."""

    wall: float = 0.0
    ours: float = 0.0
    server: float = 0.0


class Meter:
    """Reads all three; the server's only where it runs on this machine."""

    def __init__(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            pid = cursor.fetchone()[0]
        here = psutil.pid_exists(pid) and "postgres" in psutil.Process(pid).name()
        self.server = psutil.Process(pid) if here else None

    def read(self) -> Spent:
        times = self.server.cpu_times() if self.server is not None else None
        return Spent(
            time.perf_counter(), time.process_time(), times.user + times.system if times else 0.0
        )

    @contextmanager
    def into(self, spent: Spent) -> Iterator[None]:
        before = self.read()
        yield
        after = self.read()
        spent.wall = after.wall - before.wall
        spent.ours = after.ours - before.ours
        spent.server = after.server - before.server


@dataclass
class Run:
    """One size: what each step took, and what was held meanwhile."""

    count: int
    draft: Spent = field(default_factory=Spent)
    release: Spent = field(default_factory=Spent)
    build: Spent = field(default_factory=Spent)
    load: float = 0.0
    before: int = 0
    claims_peak: int = 0
    file_peak: int = 0
    size: int = 0
    batch: Batch | None = None

    @property
    def whole(self) -> float:
        return self.draft.wall + self.release.wall + self.build.wall

    def a_claim(self, spent: Spent) -> str:
        """Milliseconds of the processor for each claim: ours, the server's."""
        ours, server = (seconds / self.count * 1000 for seconds in (spent.ours, spent.server))
        return f"{ours:.1f} + {server:.1f}"


def run(house: House, count: int) -> Run:
    visits = house.add_visits(count)
    gc.collect()
    memory, meter, found = Memory(), Meter(), Run(count)
    found.before = memory.look()
    with memory.watch():
        with meter.into(found.draft):
            ids = [claims.draft_claim(visit).pk for visit in visits]
        del visits
        with meter.into(found.release):
            for pk in ids:
                claims.release(claim=Claim.objects.get(pk=pk), by=house.biller)
    found.claims_peak = memory.peak
    with memory.watch(), meter.into(found.build):
        batch = batches.build(partner=house.partner, by=house.biller)
    found.load = os.getloadavg()[0]
    found.file_peak, found.batch = memory.peak, batch
    found.size = len(batch.file.file_bytes)
    assert batch.claims.count() == count
    return found


# --- The writer and the readers alone -----------------------------------------------------------


@dataclass
class Beside:
    """How long several ways took, turn by turn, and how many bytes each went over."""

    took: dict[str, list[float]] = field(default_factory=dict)
    size: int = 0

    def take(self, name: str, act: Callable[[], Any]) -> None:
        began = time.process_time()  # what others do on the machine does not count
        act()
        self.took.setdefault(name, []).append(time.process_time() - began)

    def ms(self, name: str) -> float:
        return statistics.median(self.took[name]) * 1000

    def times(self, name: str, other: str) -> float:
        pairs = zip(self.took[name], self.took[other], strict=True)
        return statistics.median(ours / theirs for ours, theirs in pairs)


def measure_writer(batch: Batch, turns: int) -> Beside:
    """Claims to bytes, beside joining the finished elements to the same bytes."""
    frozen = ClaimVersion.objects.filter(claim__in=batch.claims.all()).order_by("claim")
    file = file_of(*(claim_from_json(version.content) for version in frozen))
    content = write_837p(file)
    texts = [[segment.id, *segment.elements] for segment in read_segments(content)]

    def join() -> bytes:
        return "".join("*".join(text) + "~\n" for text in texts).encode()

    assert join() == content, "the bytes that are joined are not the ones that are written"
    beside = Beside(size=len(content))
    for _ in range(turns):
        beside.take("write", lambda: write_837p(file))
        beside.take("join", join)
    return beside


def measure_readers(count: int, turns: int) -> Beside:
    """A 277CA that answers so many claims: understood, cut into segments, split plainly."""
    content = ca_277(
        "B000000001",
        *(
            claim_277(
                f"PT{number:08d}",
                "STC*A2:20:PR*20260303*WQ*95",
                f"REF*1K*{number:015d}",
                "DTP*472*D8*20260302",
                "SVC*HC:97112:GP*95**2",
                "STC*A2:20:PR*20260303*WQ*95",
            )
            for number in range(count)
        ),
    )
    text = content.decode()
    answered = [
        claim
        for file in read_reply(content).claims.files
        for provider in file.providers
        for claim in provider.claims
    ]
    assert len(answered) == count
    assert len(list(pyx12.x12file.X12Reader(io.StringIO(text)))) == text.count("~")
    beside = Beside(size=len(content))
    for _ in range(turns):
        beside.take("reply", lambda: read_reply(content))
        beside.take("segments", lambda: list(read_segments(content)))
        beside.take("split", lambda: [line.split("*") for line in text.split("~")])
        beside.take("pyx12", lambda: list(pyx12.x12file.X12Reader(io.StringIO(text))))
    return beside


# --- The report ---------------------------------------------------------------------------------


def run_lines(runs: list[Run]) -> list[str]:
    return [
        "| claims | drafted and scrubbed, s | released, s | file built and checked, s"
        " | claims a second | load | file, MB |",
        "|---|---|---|---|---|---|---|",
        *(
            f"| {run.count:,} | {run.draft.wall:.1f} | {run.release.wall:.1f}"
            f" | {run.build.wall:.1f} | {run.count / run.whole:.1f} | {run.load:.1f}"
            f" | {run.size / MB:.2f} |"
            for run in runs
        ),
        "",
        "| claims | processor for a claim drafted, ms (ours + database) | released | in the file |",
        "|---|---|---|---|",
        *(
            f"| {run.count:,} | {run.a_claim(run.draft)} | {run.a_claim(run.release)}"
            f" | {run.a_claim(run.build)} |"
            for run in runs
        ),
        "",
        "| claims | MB before | most MB while drafting and releasing | most MB while building |",
        "|---|---|---|---|",
        *(
            f"| {run.count:,} | {run.before // MB} | {run.claims_peak // MB}"
            f" | {run.file_peak // MB} |"
            for run in runs
        ),
    ]


def writer_lines(beside: Beside, count: int) -> list[str]:
    speed = count / (beside.ms("write") / 1000)
    return [
        f"| {count:,} claims, {beside.size / MB:.2f} MB | ms | times the join |",
        "|---|---|---|",
        f"| Written from frozen claims ({speed:,.0f} a second) | {beside.ms('write'):.0f}"
        f" | {beside.times('write', 'join'):.0f} × |",
        f"| The same bytes joined | {beside.ms('join'):.1f} | 1 × |",
    ]


def reader_lines(beside: Beside, count: int) -> list[str]:
    rows = (
        ("A plain split", "split"),
        ("Our segments", "segments"),
        ("Our reply, understood down to the line", "reply"),
        ("pyx12's segments", "pyx12"),
    )
    return [
        f"| a 277CA of {count:,} claims, {beside.size / MB:.2f} MB | ms | times the split"
        " | times pyx12 |",
        "|---|---|---|---|",
        *(
            f"| {label} | {beside.ms(name):.0f} | {beside.times(name, 'split'):.1f} ×"
            f" | {beside.times(name, 'pyx12'):.2f} × |"
            for label, name in rows
        ),
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[100, 1000, 5000])
    parser.add_argument("--turns", type=int, default=7, help="of writer and readers (7)")
    parser.add_argument("--write", action="store_true", help="add it to docs/benchmarks.md")
    options = parser.parse_args()

    with scratch("bench_claims"):
        house = House()
        runs = [run(house, count) for count in options.sizes]
        biggest = runs[-1]
        assert biggest.batch is not None
        writer = measure_writer(biggest.batch, options.turns)
    readers = measure_readers(biggest.count, options.turns)
    lines = [
        f"{dt.datetime.now(dt.UTC):%Y-%m-%d}, {machine()}. Signed Medicare visits of"
        f" {len(CODES)} services, one process; writer and readers by processor time, medians of"
        f" {options.turns}.",
        "",
        *run_lines(runs),
        "",
        *writer_lines(writer, biggest.count),
        "",
        *reader_lines(readers, biggest.count),
    ]
    print("\n".join(lines))
    if options.write:
        add_report(HEADING, lines)
    return 0


if __name__ == "__main__":
    sys.exit(main())
