"""When the front-end packages are installed, and what is said when that fails."""

import io

import pytest

from pt_practice.embedded.assets import bring_assets_up_to_date
from pt_practice.embedded.say import CannotStart, Voice


@pytest.fixture
def project(tmp_path, monkeypatch):
    """With a node and an npm that write down how they are called; npm fails where `broken` is."""
    commands = {
        "node": "echo v22.1.0",
        "npm": 'echo "$@" >> calls; mkdir -p node_modules; '
        'if [ -e broken ]; then echo "the registry is away" >&2; exit 1; fi',
    }
    (tmp_path / "bin").mkdir()
    for name, script in commands.items():
        place = tmp_path / "bin" / name
        place.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        place.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    (tmp_path / "package-lock.json").write_text("{}", encoding="utf-8")
    return tmp_path


def calls(project) -> list[str]:
    return (project / "calls").read_text("utf-8").splitlines()


CLEAN_INSTALL = "ci --ignore-scripts --no-audit --no-fund --loglevel=error"


def test_the_packages_are_installed_again_only_when_the_lock_changed(project):
    voice = Voice(io.StringIO())
    bring_assets_up_to_date(project, voice)
    bring_assets_up_to_date(project, voice)
    once = calls(project)

    (project / "package-lock.json").write_text('{"packages": {}}', encoding="utf-8")
    bring_assets_up_to_date(project, voice)

    assert once == [CLEAN_INSTALL]
    assert calls(project) == [CLEAN_INSTALL, CLEAN_INSTALL]


def test_a_failed_installation_says_what_npm_said_and_is_tried_again(project):
    (project / "broken").touch()
    with pytest.raises(CannotStart) as refusal:
        bring_assets_up_to_date(project, Voice(io.StringIO()))
    (project / "broken").unlink()

    bring_assets_up_to_date(project, Voice(io.StringIO()))

    assert str(refusal.value) == (
        "npm could not install the front-end packages:\nthe registry is away"
    )
    assert calls(project) == [CLEAN_INSTALL, CLEAN_INSTALL]
