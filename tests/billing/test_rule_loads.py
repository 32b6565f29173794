"""A file of CMS becomes rules in one step, or not at all; twice is harmless."""

import datetime as dt
import io
import tracemalloc
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from io import StringIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from billing import rule_loads, tasks
from billing.models import (
    ClinicLocality,
    ConversionFactor,
    GeographicIndex,
    MedicareAmounts,
    NcciPair,
    RelativeValue,
    RuleLoad,
    RuleLoadPart,
    StagedRow,
    UnitLimit,
)
from billing.rule_data import edits_on, limits_on
from billing.rule_files import Source, read
from billing.rule_state import held_on, outdated_on
from billing.rules.types import MueLimit
from documentation.models import ProcedureCode
from people.models import AuditEvent, Role
from tests.at_once import all_at_once
from tests.billing import cms_samples as cms
from tests.factories import ClinicFactory, UserFactory

pytestmark = pytest.mark.django_db

JULY, MARCH = dt.date(2026, 7, 1), dt.date(2026, 3, 2)
Status = RuleLoad.Status


@pytest.fixture
def biller():
    return UserFactory(roles=[Role.BILLER])


def load(content: bytes, kind: str, *, starts: dt.date = JULY, name: str = "file") -> RuleLoad:
    """A file as it stands after the worker has read it."""
    made = rule_loads.receive(kind=kind, name=name, chunks=[content], holds_from=starts, by=None)
    tasks.read_rule_file(made.pk)
    made.refresh_from_db()
    return made


def taken(content: bytes, kind: str, **fields) -> RuleLoad:
    return rule_loads.take(load=load(content, kind, **fields), by=None)


def held_pairs() -> list[tuple[str, str, str, str, str]]:
    """The starter set as CMS's file would name it: each pair with a start of its own."""
    rows = {}
    for pair in NcciPair.objects.order_by("column1", "column2", "effective_on"):
        start = pair.effective_on or dt.date(1996, 1, 1)
        rows[pair.column1, pair.column2, start] = (
            pair.column1,
            pair.column2,
            f"{start:%Y%m%d}",
            f"{pair.deleted_on:%Y%m%d}" if pair.deleted_on else "*",
            str(pair.modifier_indicator),
        )
    return list(rows.values())


def held_limits() -> list[tuple[str, str, str]]:
    return [
        (limit.code, str(limit.units), f"{limit.adjudication_indicator} Edit")
        for limit in UnitLimit.objects.in_force_on(MARCH)
    ]


# Pairs


def test_a_read_file_shows_what_would_change_and_changes_nothing():
    before = set(NcciPair.objects.values_list("pk", flat=True))
    rows = [row for row in held_pairs() if row[:2] != ("97530", "97750")]
    rows += [
        ("97110", "97112", "20260701", "*", "0"),
        ("97530", "97750", "19960101", "20260630", "1"),
    ]

    read_load = load(cms.pairs(*sorted(rows)), "ncci")

    assert read_load.status == Status.READ
    # Every pair that had no start has one now; those that had one are the same.
    dated = NcciPair.objects.exclude(effective_on=None).count()
    assert read_load.counts == {
        "added": 1,
        "changed": len(before) - dated,
        "ended": 0,
        "same": dated,
        "first": "20560",
        "last": "G0329",
    }
    assert {
        "what": "added",
        "told": "97110 with 97112: indicator 0, from Jul 1, 2026",
    }.items() <= read_load.samples[0].items()
    assert set(NcciPair.objects.values_list("pk", flat=True)) == before


def test_taken_the_pairs_hold_by_their_own_days_and_say_where_they_come_from(biller):
    rows = [row for row in held_pairs() if row[:2] != ("97530", "97750")]
    rows += [
        ("97110", "97112", "20260701", "*", "0"),
        ("97530", "97750", "19960101", "20260630", "1"),
    ]
    read_load = load(cms.pairs(*sorted(rows)), "ncci", name="ccipra-v322r0-f1.TXT")

    rule_loads.take(load=read_load, by=biller)

    def indicators(day, *codes):
        return [edit.modifier_indicator for edit in edits_on(day, codes)]

    assert indicators(JULY, "97110", "97112") == [0]
    assert indicators(MARCH, "97110", "97112") == []
    assert indicators(MARCH, "97530", "97750") == [1]
    assert indicators(JULY, "97530", "97750") == []
    new = NcciPair.objects.get(column1="97110", column2="97112")
    assert new.source == "CMS NCCI pairs, 2026Q3: ccipra-v322r0-f1.TXT"
    assert not NcciPair.objects.filter(effective_on=None).exclude(column1="G0329").exists()
    assert AuditEvent.objects.filter(action="rules.loaded", actor=biller).count() == 1
    assert StagedRow.objects.count() == 0


def test_the_same_file_twice_changes_nothing():
    content = cms.pairs(*held_pairs())
    taken(content, "ncci")
    once = list(NcciPair.objects.order_by("pk").values())

    again = taken(content, "ncci")

    assert (again.counts["added"], again.counts["changed"], again.counts["ended"]) == (0, 0, 0)
    assert list(NcciPair.objects.order_by("pk").values()) == once


def test_what_a_file_no_longer_names_ends_the_day_before_within_the_codes_it_reaches():
    taken(cms.pairs(*held_pairs()), "ncci", starts=dt.date(2026, 4, 1))
    gone = ("97530", "97750")
    part = [row for row in held_pairs() if row[0] < "97600" and row[:2] != gone]

    changed = taken(cms.pairs(*part), "ncci")

    assert changed.counts["ended"] == 1
    assert NcciPair.objects.get(column1=gone[0], column2=gone[1]).deleted_on == dt.date(2026, 6, 30)
    # 97750 lies beyond the last code of this part of the file.
    assert NcciPair.objects.get(column1="97750", column2="97150").deleted_on is None


def test_a_file_cut_off_at_the_end_of_a_line_is_refused_when_much_is_missing():
    rows = held_pairs()
    stump = [*rows[:40], rows[-1]]

    refused = load(cms.pairs(*stump), "ncci")

    assert refused.status == Status.REFUSED
    assert "are not in it: the file was cut off" in refused.problem
    assert NcciPair.objects.filter(load__isnull=False).count() == 0


def test_an_older_quarter_is_refused_once_a_newer_one_is_loaded():
    taken(cms.pairs(*held_pairs()), "ncci")

    refused = load(cms.pairs(*held_pairs()), "ncci", starts=dt.date(2026, 4, 1))

    assert (refused.status, refused.problem) == (
        Status.REFUSED,
        "2026Q3 is loaded already, and each quarter's file holds the days of all before it.",
    )


def test_a_wrong_row_refuses_the_whole_file_and_keeps_nothing_of_it():
    rows = held_pairs()
    content = cms.pairs(*rows[:200], ("97530", "97750", "20261301", "*", "1"), *rows[200:])

    refused = load(content, "ncci")

    assert (refused.status, refused.problem_row) == (Status.REFUSED, 206)
    assert refused.problem == "The effective date is “20261301”, not a day such as 20260701."
    assert (StagedRow.objects.count(), RuleLoadPart.objects.count()) == (0, 0)
    with pytest.raises(rule_loads.NotWaiting):
        rule_loads.take(load=refused, by=None)


def test_a_zip_as_cms_gives_it_out_is_read():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("ccipra-v322r0-f1.TXT", cms.pairs(*held_pairs()))
        archive.writestr("readme.pdf", b"%PDF")

    assert load(file.getvalue(), "ncci").status == Status.READ


# Editions


def test_limits_hold_from_their_quarter_and_the_older_ones_before_it():
    rows = [row for row in held_limits() if row[0] != "97112"]

    taken(cms.limits(*rows, ("97112", "5", "2 Edit")), "mue")

    assert limits_on(JULY, ["97112"]) == {"97112": MueLimit("97112", 5, 2)}
    assert limits_on(dt.date(2026, 6, 30), ["97112"]) == {"97112": MueLimit("97112", 4, 3)}


def test_an_edition_loaded_late_ends_where_the_next_one_begins():
    rows = [row for row in held_limits() if row[0] not in ("97112", "97110")]
    october = dt.date(2026, 10, 1)
    taken(cms.limits(*rows, ("97112", "6", "3 Edit")), "mue", starts=october)

    late = taken(cms.limits(*rows, ("97112", "5", "3 Edit"), ("97110", "7", "3 Edit")), "mue")

    units = [
        {code: limit.units for code, limit in limits_on(day, ["97112", "97110"]).items()}
        for day in (MARCH, JULY, dt.date(2026, 9, 30), october)
    ]
    assert units == [{"97112": 4, "97110": 6}, {"97112": 5, "97110": 7}, {"97112": 5, "97110": 7},
                     {"97112": 6}]  # fmt: skip
    assert late.counts["changed"] == 2


def test_an_edition_loaded_again_is_the_same_edition():
    content = cms.limits(*held_limits())
    taken(content, "mue")
    again = taken(content, "mue")

    assert {what: again.counts[what] for what in ("added", "changed", "ended")} == {
        "added": 0,
        "changed": 0,
        "ended": 0,
    }
    assert UnitLimit.objects.in_force_on(JULY).count() == len(held_limits())


def test_relative_values_bring_the_conversion_factor_and_the_reduction():
    rows = [
        cms.value(
            code,
            f"{work}",
            f"{pe}",
            f"{mp}",
            f"{work + pe + mp}",
            mult="0" if code == "97110" else "5",
            factor="33.5675",
        )
        for code, work, pe, mp in RelativeValue.objects.in_force_on(MARCH).values_list(
            "code", "work", "practice_expense", "malpractice"
        )
    ]

    taken(cms.values(*rows), "rvu")

    factors = [ConversionFactor.objects.in_force_on(day).get().amount for day in (MARCH, JULY)]
    assert factors == [Decimal("33.4009"), Decimal("33.5675")]
    reduced = [
        RelativeValue.objects.in_force_on(day).get(code="97110").mppr for day in (MARCH, JULY)
    ]
    assert reduced == [True, False]


def test_indices_name_the_localities_clinics_choose_from(client, biller):
    clinic = ClinicFactory()
    taken(cms.indices("13202,NY,01,Manhattan,1.05,1.064,1.162,1.586"), "gpci",
          starts=dt.date(2020, 1, 1))  # fmt: skip
    client.force_login(biller)

    client.post(reverse("billing:locality", args=[clinic.pk]), {"locality": "13202-01"})

    assert str(ClinicLocality.objects.get(clinic=clinic)) == "13202-01"
    assert GeographicIndex.objects.get().work == Decimal("1.0640")
    client.post(reverse("billing:locality", args=[clinic.pk]), {"locality": ""})
    assert not ClinicLocality.objects.exists()


# Size, crashes, two at once


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


# The command


def run(*args) -> str:
    out = StringIO()
    call_command("load_rules", *args, stdout=out, stderr=StringIO())
    return out.getvalue()


def test_the_command_shows_what_changes_and_lets_the_file_hold(tmp_path):
    path = tmp_path / "MCR_MUE_PractitionerServices_Eff_07-01-2026.csv"
    rows = [row for row in held_limits() if row[0] != "97112"]
    path.write_bytes(cms.limits(*rows, ("97112", "5", "3 Edit")))

    preview = run("--mue", str(path), "--preview")
    assert "Added 0, changed 1, ended 0" in preview
    assert "changed: 97112: at most 5 units, indicator 3; so far at most 4 units" in preview
    assert limits_on(JULY, ["97112"])["97112"].units == 4
    assert RuleLoad.objects.count() == 0

    assert run("--mue", str(path)).splitlines()[-1] == "It holds from Jul 1, 2026 on."
    assert limits_on(JULY, ["97112"])["97112"].units == 5


def test_the_command_names_the_wrong_row_and_what_else_is_wrong(tmp_path):
    path = tmp_path / "limits.csv"
    path.write_bytes(cms.limits(("97112", "many", "3 Edit")))

    with pytest.raises(CommandError, match=r"Row 5: The limit is “many”"):
        run("--mue", str(path), "--from", "2026-07-01")
    with pytest.raises(CommandError, match="add --from"):
        run("--mue", str(path))
    with pytest.raises(CommandError, match="--from takes a day"):
        run("--mue", str(path), "--from", "July")
    with pytest.raises(CommandError, match=r"nowhere\.csv cannot be read"):
        run("--mue", str(tmp_path / "nowhere.csv"), "--from", "2026-07-01")


# The pages


def post(client, content: bytes, **fields):
    wanted = {"kind": "mue", "holds_from": "2026-07-01"} | fields
    file = SimpleUploadedFile("m.csv", content)
    return client.post(reverse("billing:rule-upload"), wanted | {"file": file})


def test_a_biller_uploads_looks_and_takes(client, biller):
    client.force_login(biller)

    page = post(client, cms.limits(*held_limits()))
    made = RuleLoad.objects.get()
    assert (page.status_code, page["Location"]) == (303, made.get_absolute_url())
    waiting = client.get(made.get_absolute_url()).content.decode()
    assert "Waiting in line" in waiting

    tasks.read_rule_file(made.pk)
    assert client.get(reverse("billing:rule-progress", args=[made.pk]))["HX-Refresh"] == "true"
    assert "Let it hold" in client.get(made.get_absolute_url()).content.decode()
    client.post(reverse("billing:rule-take", args=[made.pk]))

    made.refresh_from_db()
    assert (made.status, made.taken_by) == (Status.TAKEN, biller)
    listed = client.get(reverse("billing:rule-data")).content.decode()
    assert "2026Q3" in listed or timezone.localdate() < JULY


def test_a_refused_file_shows_its_row(client, biller):
    client.force_login(biller)
    post(client, cms.limits(("97112", "x", "3 Edit")))
    made = RuleLoad.objects.get()

    tasks.read_rule_file(made.pk)

    shown = client.get(made.get_absolute_url()).content.decode()
    assert "The file is refused: row 5." in shown
    assert "Let it hold" not in shown


def test_a_dismissed_file_can_no_longer_be_taken(client, biller):
    client.force_login(biller)
    made = load(cms.limits(*held_limits()), "mue")

    client.post(reverse("billing:rule-dismiss", args=[made.pk]))
    client.post(reverse("billing:rule-take", args=[made.pk]))

    made.refresh_from_db()
    assert made.status == Status.DISMISSED
    assert UnitLimit.objects.filter(load__isnull=False).count() == 0


def test_a_file_whose_name_says_no_day_asks_for_it_beside_the_field(client, biller):
    client.force_login(biller)

    page = post(client, cms.limits(*held_limits()), holds_from="")

    assert page.status_code == 422
    assert "does not say from which day it holds: enter the day." in page.content.decode()
    assert RuleLoad.objects.count() == 0


def test_an_auditor_sees_the_tables_and_may_not_load(client):
    client.force_login(UserFactory(roles=[Role.AUDITOR]))

    page = client.get(reverse("billing:rule-data")).content.decode()

    assert "Starter set, came with the program" in page
    assert "Read the file" not in page
    assert post(client, b"x").status_code == 403


def test_the_work_list_says_that_the_quarter_is_out_of_date_until_it_is_loaded():
    day = dt.date(2026, 8, 3)
    assert outdated_on(day) == [
        "NCCI pairs are of 2024Q3; load 2026Q3.",
        "MUE limits are of 2024Q3; load 2026Q3.",
    ]
    taken(cms.limits(*held_limits()), "mue")
    taken(cms.pairs(*held_pairs()), "ncci")

    assert outdated_on(day) == []
    assert outdated_on(dt.date(2026, 10, 1))[0] == "NCCI pairs are of 2026Q3; load 2026Q4."
    assert outdated_on(dt.date(2027, 1, 4))[2:] == [
        "Relative values of 2027 are not loaded.",
        "Medicare's amounts of 2027 are not written down: KX stays undecided.",
    ]
    editions = {held.kind: held.edition for held in held_on(day)}
    assert editions == {"ncci": "2026Q3", "mue": "2026Q3", "rvu": "Jan 1, 2026", "gpci": ""}


def test_the_next_years_amounts_are_written_down_and_an_overlap_is_refused(client, biller):
    client.force_login(biller)
    form = {
        "effective_from": "2027-01-01", "effective_to": "2027-12-31", "pt_slp_threshold": "2500",
        "ot_threshold": "2500", "medical_review": "3000", "coinsurance": "0.2",
        "assistant_share": "0.85", "sequestration": "0.02", "pe_reduction": "0.5",
        "source": "CR 99999",
    }  # fmt: skip
    assert client.post(reverse("billing:amounts-new"), form).status_code == 303
    again = client.post(reverse("billing:amounts-new"), form)

    assert again.status_code == 422
    assert "Other amounts hold on some of these days." in again.content.decode()
    assert MedicareAmounts.objects.filter(effective_from__year=2027).count() == 1
