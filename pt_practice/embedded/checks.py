"""What `bin/test` does: every check of the project, against servers of its own under var/test."""

import os
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pt_practice.embedded.assets import bring_assets_up_to_date
from pt_practice.embedded.home import make_var
from pt_practice.embedded.libraries import browser, environment_for_pdf
from pt_practice.embedded.processes import MARK, Program
from pt_practice.embedded.requirements import one_at_a_time
from pt_practice.embedded.say import CannotStart, Voice
from pt_practice.embedded.servers import InUse, Servers
from pt_practice.embedded.static_files import StaticFiles
from pt_practice.embedded.supervisor import Child, StopAsked, Supervisor

LINT_IMPORTS = "from importlinter.cli import lint_imports_command as run; run()"
# As long as a real one must be, and used for nothing but these checks.
KEY = "a-key-for-the-checks-only-0123456789-abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True)
class Check:
    name: str
    command: list[str]
    variables: Mapping[str, str] = field(default_factory=dict)


STATIC = Check("static files", ["manage.py", "collectstatic", "--no-input"])
# The slow one runs beside the others.
TYPES = Check("types (mypy)", ["-m", "mypy", "."])
QUICK = [
    Check("format (ruff)", ["-m", "ruff", "format", "--check", "."]),
    Check("style (ruff)", ["-m", "ruff", "check", "."]),
    Check("import contracts", ["-c", LINT_IMPORTS]),
    Check("migrations", ["manage.py", "makemigrations", "--check", "--dry-run"]),
    Check(
        "deployment",
        ["manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        {"BEHIND_TLS": "1", "ALLOWED_HOSTS": "practice.example"},
    ),
]


class Checks:
    def __init__(self, project: Path, voice: Voice) -> None:
        self.project = project
        self.voice = voice
        self.failed: list[str] = []

    def run(self, arguments: list[str]) -> int:
        make_var(self.project / "var")
        self.servers = self.take_a_folder()
        with one_at_a_time(self.project):
            bring_assets_up_to_date(self.project, self.voice)
            for_pdf = environment_for_pdf(self.project / "var", self.voice)
            chromium = browser(self.voice)
        begun = time.monotonic()
        with Supervisor(self.voice) as supervisor:
            try:
                named = self.servers.start(supervisor, os.environ)
                own = {"SECRET_KEY": KEY, "DEBUG": "0", MARK: os.path.realpath(self.servers.var)}
                browsers = {"CHROMIUM": chromium} if chromium else {}
                self.environment = {**os.environ, **own, **named, **for_pdf, **browsers}
                if not arguments:
                    self.check_everything_but_tests(supervisor)
                self.voice.say("── tests (pytest)")
                tests = Check("tests (pytest)", ["-m", "pytest", *arguments])
                if supervisor.run(self.program(tests, at_terminal=True)):
                    self.failed.append(tests.name)
            except StopAsked:
                return 130
        spent = f"{time.monotonic() - begun:.0f} s"
        if self.failed:
            self.voice.say(f"FAILED after {spent}: {', '.join(self.failed)}")
        elif not arguments:
            self.voice.say(f"All {len(QUICK) + 3} checks passed in {spent}.")
        return 1 if self.failed else 0

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

    def collect_static(self, supervisor: Supervisor) -> None:
        """Fails when a style sheet or a script names a file that is not there."""
        files = StaticFiles(self.project)
        if not files.changed(self.environment):
            self.voice.say(f"── {STATIC.name}: unchanged")
            return
        child = supervisor.start(self.program(STATIC), kept_up=False)
        self.finish(supervisor, STATIC, child)
        if STATIC.name not in self.failed:
            files.note_collected(self.environment)

    def check_everything_but_tests(self, supervisor: Supervisor) -> None:
        types = supervisor.start(self.program(TYPES), kept_up=False)
        for check in QUICK:
            child = supervisor.start(self.program(check), kept_up=False)
            self.finish(supervisor, check, child)
        self.collect_static(supervisor)
        self.finish(supervisor, TYPES, types)

    def finish(self, supervisor: Supervisor, check: Check, child: Child) -> None:
        while child.running:
            supervisor.look_after()
        supervisor.children.remove(child)
        spent = time.monotonic() - child.begun_at
        if child.process.returncode:
            self.failed.append(check.name)
            self.voice.say(f"── {check.name}: FAILED ({spent:.1f} s)")
            self.voice.say(child.program.log.read_text("utf-8", "replace"))
        else:
            self.voice.say(f"── {check.name}: passed ({spent:.1f} s)")

    def program(self, check: Check, *, at_terminal: bool = False) -> Program:
        log = self.servers.var / "log" / f"{check.name.partition(' ')[0]}.log"
        log.unlink(missing_ok=True)
        return Program(
            name=check.name,
            command=[sys.executable, *check.command],
            log=log,
            environment={**self.environment, **check.variables},
            folder=self.project,
            at_terminal=at_terminal,
        )
