"""What `bin/test` does: every check of the project, against servers of its own under var/test."""

import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from pt_practice.embedded.assets import bring_assets_up_to_date
from pt_practice.embedded.libraries import browser, environment_for_pdf
from pt_practice.embedded.processes import MARK, Program
from pt_practice.embedded.requirements import one_at_a_time
from pt_practice.embedded.say import CannotStart, Voice
from pt_practice.embedded.servers import InUse, Servers
from pt_practice.embedded.supervisor import StopAsked, Supervisor

LINT_IMPORTS = "from importlinter.cli import lint_imports_command as run; run()"
# The longest of all keys in settings; used for nothing but these checks.
KEY = "a-key-for-the-checks-only-0123456789-abcdefghijklmnopqrstuvwxyz"

STEPS: list[tuple[str, list[str], Mapping[str, str]]] = [
    ("ruff format", ["-m", "ruff", "format", "--check", "."], {}),
    ("ruff check", ["-m", "ruff", "check", "."], {}),
    ("types (mypy)", ["-m", "mypy", "."], {}),
    ("import contracts", ["-c", LINT_IMPORTS], {}),
    ("migrations", ["manage.py", "makemigrations", "--check", "--dry-run"], {}),
    (
        "deployment",
        ["manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        {"DEBUG": "0", "BEHIND_TLS": "1", "ALLOWED_HOSTS": "practice.example"},
    ),
]


class Checks:
    def __init__(self, project: Path, voice: Voice) -> None:
        self.project = project
        self.voice = voice
        self.failed: list[str] = []

    def run(self, arguments: list[str]) -> int:
        servers = self.take_a_folder()
        with one_at_a_time(self.project):
            bring_assets_up_to_date(self.project, self.voice)
            for_pdf = environment_for_pdf(self.project / "var", self.voice)
            chromium = browser(self.voice)
        with Supervisor(self.voice) as supervisor:
            try:
                named = servers.start(supervisor, os.environ)
                self.environment = {
                    **os.environ,
                    "SECRET_KEY": KEY,
                    "DEBUG": "0",
                    MARK: os.path.realpath(servers.var),
                    **named,
                    **for_pdf,
                    **({"CHROMIUM": chromium} if chromium else {}),
                }
                begun = time.monotonic()
                if not arguments:
                    for name, command, more in STEPS:
                        self.step(supervisor, name, command, more)
                self.step(supervisor, "pytest", ["-m", "pytest", *arguments], {})
            except StopAsked:
                return 130
        spent = f"{time.monotonic() - begun:.0f} s"
        if self.failed:
            self.voice.say(f"FAILED after {spent}: {', '.join(self.failed)}")
            return 1
        if not arguments:
            self.voice.say(f"All {len(STEPS) + 1} checks passed in {spent}.")
        return 0

    def take_a_folder(self) -> Servers:
        """Two runs at once get two folders, kept for later runs: making a database takes time."""
        for number in ("", *map(str, range(2, 10))):
            servers = Servers(self.project, self.project / "var" / f"test{number}", throwaway=True)
            try:
                servers.take()
            except InUse:
                continue
            return servers
        raise CannotStart("nine test runs are going on in this folder; wait for one to end.")

    def step(
        self, supervisor: Supervisor, name: str, command: list[str], more: Mapping[str, str]
    ) -> None:
        self.voice.say(f"── {name}")
        program = Program(
            name=name,
            command=[sys.executable, *command],
            log=Path(os.devnull),
            environment={**self.environment, **more},
            folder=self.project,
            at_terminal=True,
        )
        if supervisor.run(program):
            self.failed.append(name)
