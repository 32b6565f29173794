"""A file of pairs becomes rules in one step, or not at all; twice is harmless."""

import datetime as dt
import io
import zipfile

import pytest

from billing import rule_loads
from billing.models import NcciPair, RuleLoadPart, StagedRow
from billing.rule_data import edits_on
from people.models import AuditEvent
from tests.billing import cms_samples as cms
from tests.billing.rule_loads.makers import JULY, MARCH, Status, held_pairs, load, taken

pytestmark = pytest.mark.django_db


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
