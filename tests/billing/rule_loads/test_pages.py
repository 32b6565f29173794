"""The pages on which a file is uploaded, looked at and taken, and what is out of date."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from billing import tasks
from billing.models import MedicareAmounts, RuleLoad, UnitLimit
from billing.rule_state import held_on, outdated_on
from people.models import Role
from tests.billing import cms_samples as cms
from tests.billing.rule_loads.makers import JULY, Status, held_limits, held_pairs, load, taken
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


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
