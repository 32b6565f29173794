"""When packages are installed again, and when not."""

import hashlib
import sys
from pathlib import Path

import pytest

from pt_practice.embedded import requirements


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project whose environment works and has everything."""
    monkeypatch.setattr(requirements, "has_installer", lambda python: True)
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.symlink_to(sys.executable)
    for name in ("requirements.txt", "requirements-dev.txt"):
        (tmp_path / name).write_text("uv==0.1.2\n", encoding="utf-8")
        digest = hashlib.sha256(b"uv==0.1.2\n").hexdigest()
        (tmp_path / ".venv" / f"installed-{name}").write_text(digest, encoding="utf-8")
    return tmp_path


@pytest.fixture
def installed(monkeypatch):
    calls = []
    monkeypatch.setattr(requirements, "install", lambda root, *rest: calls.append(rest))
    return calls


def test_nothing_is_installed_when_no_requirement_changed(project, installed):
    requirements.bring_up_to_date(project, ["requirements.txt", "requirements-dev.txt"])

    assert installed == []


def test_a_changed_requirement_is_installed_once(project, installed):
    changed = project / "requirements.txt"
    changed.write_text("uv==0.1.2\ndjango==5.2.1\n", encoding="utf-8")

    requirements.bring_up_to_date(project, ["requirements.txt"])
    requirements.bring_up_to_date(project, ["requirements.txt"])

    assert installed == [("-r", str(changed))]


def test_an_installation_that_failed_is_tried_again(project, monkeypatch):
    (project / "requirements.txt").write_text("uv==0.1.2\ndjango==5.2.1\n", encoding="utf-8")
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
    assert installed == [("-r", str(project / "requirements.txt"))]


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
