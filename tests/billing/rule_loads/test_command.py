"""`load_rules` shows what changes, lets the file hold, or names the wrong row."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from billing.models import RuleLoad
from billing.rule_data import limits_on
from tests.billing import cms_samples as cms
from tests.billing.rule_loads.makers import JULY, held_limits

pytestmark = pytest.mark.django_db


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
