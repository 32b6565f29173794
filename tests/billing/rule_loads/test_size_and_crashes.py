"""A file may be long, the worker may stop, and two may take it at once."""

import datetime as dt
import tracemalloc
from collections.abc import Iterator

import pytest
from django.utils import timezone

from billing import rule_loads, tasks
from billing.models import RuleLoad, RuleLoadPart, StagedRow, UnitLimit
from billing.rule_files import Source, read
from documentation.models import ProcedureCode
from tests.at_once import all_at_once
from tests.billing import cms_samples as cms
from tests.billing.rule_loads.makers import JULY, Status, held_limits, load

pytestmark = pytest.mark.django_db


def rows_of(count: int) -> Iterator[bytes]:
    yield cms.PAIRS_HEADER.encode()
    for number in range(count):
        one, two = 10000 + number % 80000, 10001 + number % 79000
        if one != two:
            yield f"{one}\t{two}\t\t19960101\t*\t1\t{cms.RATIONALE}\r\n".encode()


def test_a_long_file_is_read_without_being_held_in_memory(tmp_path):
    path = tmp_path / "long.txt"
    with path.open("wb") as file:
        file.writelines(rows_of(150_000))
    codes = set(ProcedureCode.objects.values_list("code", flat=True))
    with path.open("rb") as file:
        tracemalloc.start()
        source = Source(file, "ncci")
        for _ in read(source, "ncci", codes):
            pass
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()

    assert source.rows_read > 150_000
    assert most < path.stat().st_size / 4


def test_an_upload_is_kept_in_pieces_of_one_size_and_a_worker_reads_them_back():
    content = cms.limits(
        *held_limits(),
        *[(f"{letter}{n:04}", "1", "3 Edit") for letter in "ABCD" for n in range(10_000)],
    )
    assert len(content) > rule_loads.PART
    chunks = [content[at : at + 70_000] for at in range(0, len(content), 70_000)]

    made = rule_loads.receive(kind="mue", name="m.csv", chunks=chunks, holds_from=JULY, by=None)

    assert made.parts.count() == -(-len(content) // rule_loads.PART)
    tasks.read_rule_file(made.pk)
    made.refresh_from_db()
    assert (made.status, made.size) == (Status.READ, len(content))
    assert made.counts["same"] == len(held_limits())
    assert RuleLoadPart.objects.count() == 0


def test_a_file_a_crash_left_half_read_is_begun_anew_by_the_sweep():
    made = rule_loads.receive(
        kind="mue", name="m.csv", chunks=[cms.limits(*held_limits())], holds_from=JULY, by=None
    )
    StagedRow.objects.create(load=made, row=3, key="97112", values={"code": "97112"})
    RuleLoad.objects.filter(pk=made.pk).update(
        status=Status.READING, worked_at=timezone.now() - dt.timedelta(minutes=11)
    )
    fresh = rule_loads.receive(
        kind="mue", name="n.csv", chunks=[cms.limits(*held_limits())], holds_from=JULY, by=None
    )
    RuleLoad.objects.filter(pk=fresh.pk).update(status=Status.READING, worked_at=timezone.now())

    tasks.sweep_rule_files()
    tasks.read_rule_file(made.pk)

    made.refresh_from_db()
    fresh.refresh_from_db()
    assert (made.status, fresh.status) == (Status.READ, Status.READING)
    assert made.staged.count() == len(held_limits())


def test_a_command_that_was_stopped_ends_on_its_row_too():
    stopped = RuleLoad.objects.create(
        kind="mue",
        status=Status.READING,
        file_name="m.csv",
        size=9,
        sha256="0" * 64,
        holds_from=JULY,
        worked_at=timezone.now() - dt.timedelta(minutes=11),
    )

    assert rule_loads.put_back_what_stands_still() == [stopped.pk]
    tasks.read_rule_file(stopped.pk)

    stopped.refresh_from_db()
    assert (stopped.status, stopped.problem) == (
        Status.REFUSED,
        "The command that read it was stopped: run it again.",
    )


def test_what_breaks_while_reading_ends_on_the_row(monkeypatch):
    def broken(*args):
        raise RuntimeError("disk on fire")

    monkeypatch.setattr("billing.rule_loads._stage", broken)

    refused = load(cms.limits(*held_limits()), "mue")

    assert (refused.status, refused.problem) == (
        Status.REFUSED,
        "The file could not be read; the log says why.",
    )


@pytest.mark.django_db(transaction=True)
def test_two_billers_take_a_file_once():
    ProcedureCode.objects.get_or_create(
        code="97112", defaults={"label": "x", "timed": True, "minutes_per_unit": 15,
                                "disciplines": ["PT"], "source": "t"}
    )  # fmt: skip
    UnitLimit.objects.all().delete()
    made = load(cms.limits(("97112", "4", "3 Edit")), "mue")

    def take() -> str:
        rule_loads.take(load=made, by=None)
        return "taken"

    answers = all_at_once([take] * 4, told=(rule_loads.NotWaiting,))

    assert sorted(answers) == ["NotWaiting", "NotWaiting", "NotWaiting", "taken"]
    assert UnitLimit.objects.count() == 1
