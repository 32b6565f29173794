"""What is done about PDF libraries that a machine lacks."""

import io
from pathlib import Path

import pytest

from pt_practice.embedded import libraries
from pt_practice.embedded.say import Voice


@pytest.fixture
def bare_machine(monkeypatch, tmp_path):
    """Without Pango, without apt, and with an ordinary user in front of it."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(libraries, "has_libraries", lambda environment=None: False)
    monkeypatch.setattr(libraries.os, "geteuid", lambda: 1000)
    return tmp_path


def test_a_machine_without_pango_starts_and_one_sentence_says_what_to_install(bare_machine):
    heard = io.StringIO()

    variables = libraries.environment_for_pdf(bare_machine, Voice(heard))

    assert variables == {}
    assert heard.getvalue() == (
        "  PDF notes will wait: this machine has no Pango or no font; everything else works. "
        "On Debian or Ubuntu: apt-get install "
        "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core\n"
    )


def test_unpacked_libraries_and_fonts_are_named_to_every_process(bare_machine, monkeypatch):
    unpacked = bare_machine / "pango"
    (unpacked / "usr/lib/x86_64-linux-gnu").mkdir(parents=True)
    for command in ("apt-get", "dpkg"):
        (bare_machine / command).touch(mode=0o755)
    # They load only with the variables that name them.
    monkeypatch.setattr(libraries, "has_libraries", lambda environment=None: bool(environment))
    monkeypatch.delenv("LD_LIBRARY_PATH", raising=False)

    variables = libraries.environment_for_pdf(bare_machine, Voice(io.StringIO()))

    assert variables == {
        "LD_LIBRARY_PATH": str(unpacked / "usr/lib/x86_64-linux-gnu"),
        "FONTCONFIG_FILE": str(unpacked / "fonts.conf"),
    }
    fonts = Path(variables["FONTCONFIG_FILE"]).read_text("utf-8")
    assert f"<dir>{unpacked}/usr/share/fonts</dir>" in fonts


def test_a_chromium_that_does_not_start_counts_as_none(bare_machine):
    heard = io.StringIO()
    pointer = bare_machine / "chromium"
    pointer.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    pointer.chmod(0o755)

    found = libraries.browser(Voice(heard))

    assert found is None
    assert heard.getvalue() == ("  No Chromium on this machine: the browser tests are skipped.\n")
