"""What `bin/run` does: servers, migrations, demo clinic, then web, worker and beat."""

import http.client
import os
import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from pt_practice.embedded.assets import bring_assets_up_to_date
from pt_practice.embedded.keys import kept, write_private
from pt_practice.embedded.libraries import environment_for_pdf
from pt_practice.embedded.ports import LOOPBACK, is_free
from pt_practice.embedded.processes import MARK, Program
from pt_practice.embedded.requirements import one_at_a_time
from pt_practice.embedded.say import CannotStart, Voice
from pt_practice.embedded.servers import InUse, Servers, given_from_outside
from pt_practice.embedded.static_files import StaticFiles
from pt_practice.embedded.supervisor import StopAsked, Supervisor, last_lines

CELERY = ("-m", "celery", "-A", "pt_practice.celery:app")
APPLICATION = "pt_practice.wsgi:application"


class Local:
    """One run of the project from its own folder."""

    def __init__(self, project: Path, voice: Voice) -> None:
        self.project = project
        self.var = project / "var"
        self.voice = voice
        self.servers = Servers(project, self.var)
        self.environment: dict[str, str] = {}

    # --- The environment of every child ----------------------------------------------------------

    def set_up(self) -> dict[str, str]:
        with one_at_a_time(self.project):
            bring_assets_up_to_date(self.project, self.voice)
            return environment_for_pdf(self.var, self.voice)

    def complete(self, *more: Mapping[str, str]) -> dict[str, str]:
        """The caller's environment, and what it left open."""
        environment = dict(os.environ)
        for variables in more:
            environment |= variables
        if not given_from_outside(environment, "SECRET_KEY"):
            environment["SECRET_KEY"] = kept(self.var, "secret_key")
        own = str(Path(sys.executable).parent)
        environment["PATH"] = os.pathsep.join([own, environment.get("PATH", os.defpath)])
        return environment

    def program(self, name: str, arguments: Iterable[str], log: str) -> Program:
        return Program(
            name=name,
            command=[sys.executable, *arguments],
            log=self.var / "log" / log,
            environment=self.environment,
            folder=self.project,
        )

    # --- Before the first page -------------------------------------------------------------------

    def prepare(self, supervisor: Supervisor) -> None:
        self.manage(supervisor, "Database up to date", "migrate", "--no-input", "--skip-checks")
        self.collect_static(supervisor)
        self.load_demo(supervisor)

    def manage(self, supervisor: Supervisor, step: str, *arguments: str) -> None:
        """Run it to its end, or raise with the last lines it wrote."""
        program = self.program(arguments[0], ["manage.py", *arguments], "set-up.log")
        with self.voice.timed(step):
            if supervisor.run(program):
                raise CannotStart(
                    f"`manage.py {' '.join(arguments)}` failed; {program.log} says why.\n"
                    f"{last_lines(program.log)}"
                )

    def collect_static(self, supervisor: Supervisor) -> None:
        """Again only when a file changed: hashing and compressing all of them takes seconds."""
        files = StaticFiles(self.project)
        if files.changed(self.environment):
            self.manage(supervisor, "Static files collected", "collectstatic", "--no-input")
            files.note_collected(self.environment)

    def load_demo(self, supervisor: Supervisor) -> None:
        """Once in the life of an own database. Later it could meet real patients."""
        if self.first_run() in ("demo", "no demo"):
            return
        wanted = self.environment.get("PT_DEMO", "")
        if wanted == "0":
            self.note_first_run("no demo")
            self.voice.say("  For the first account: bin/run manage.py createsuperuser")
            return
        if given_from_outside(os.environ, "DATABASE_URL") and wanted != "1":
            return
        cut_off = self.first_run() == "loading"
        self.note_first_run("loading")
        try:
            self.manage(supervisor, "Demo clinic loaded", "seed_demo")
        except CannotStart as reason:
            # It loads all or nothing, and refuses where a clinic is: killed after the last row,
            # before the line below, it had loaded all.
            if not cut_off:
                (self.var / "first-run").unlink()
                self.voice.say(f"  No demo clinic; the next start tries again: {reason}")
                return
        self.note_first_run("demo")

    def first_run(self) -> str:
        with suppress(OSError):
            return (self.var / "first-run").read_text(encoding="utf-8")
        return ""

    def note_first_run(self, text: str) -> None:
        write_private(self.var / "first-run", text)

    def logins(self) -> list[str]:
        if self.first_run() != "demo":
            return []
        with suppress(ImportError):
            # Optional: a practice may delete the demo from its copy.
            from pt_practice.demo.logins import LOGINS  # noqa: PLC0415 -- optional dependency

            wide = max(len(email) for email, _, _ in LOGINS)
            return [f"    {email:<{wide}}  {word}  ({role})" for email, word, role in LOGINS]
        return []

    # --- The three that stay ---------------------------------------------------------------------

    def wanted_port(self) -> int:
        text = os.environ.get("PORT") or "8000"
        if not (text.isdigit() and 0 < int(text) < 65_536):
            raise CannotStart(f"PORT is {text!r}: write a number from 1 to 65535.")
        return int(text)

    def free_port_from(self, wanted: int, host: str) -> int:
        # On both loopbacks: `localhost` may mean either, and would find the other one's page.
        hosts = (host, "::1") if host == LOOPBACK else (host,)
        for port in range(wanted, min(65_536, wanted + 1000)):
            if all(is_free(port, each) for each in hosts):
                if port != wanted:
                    self.voice.say(f"  Port {wanted} is taken; using {port}")
                return port
        raise CannotStart(f"no port from {wanted} on is free; set PORT to a free one.")

    def web(self, host: str, port: int) -> Program:
        arguments = ["-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port)]
        arguments += ["--workers", "2", "--blocking-threads", "1", "--respawn-failed-workers"]
        return self.program("web", [*arguments, "--no-ws", APPLICATION], "web.log")

    def worker(self) -> Program:
        arguments = [*CELERY, "worker", "--concurrency", "2", "--loglevel", "INFO"]
        arguments += ["--without-gossip", "--without-mingle"]  # there is only this one
        return self.program("worker", arguments, "worker.log")

    def beat(self) -> Program:
        schedule = self.var / "beat-schedule"
        return self.program(
            "beat", [*CELERY, "beat", "--schedule", str(schedule), "--loglevel", "INFO"], "beat.log"
        )

    # --- Runs ------------------------------------------------------------------------------------

    def serve(self) -> None:
        port = self.wanted_port()
        self.servers.take()
        for_pdf = self.set_up()
        with Supervisor(self.voice) as supervisor:
            try:
                with self.voice.timed("PostgreSQL and Redis ready"):
                    named = self.servers.start(supervisor, os.environ)
                mark = {MARK: os.path.realpath(self.var)}
                self.environment = self.complete(named, for_pdf, mark)
                self.prepare(supervisor)
                self.open_doors(supervisor, port)
                supervisor.watch()
            except StopAsked:
                self.voice.say("\nStopping …")
            finally:
                self.servers.note(address=None)
        self.servers.give_back()
        self.voice.say("PT Practice has stopped.")

    def open_doors(self, supervisor: Supervisor, wanted: int) -> None:
        host = os.environ.get("HOST") or LOOPBACK
        port = self.free_port_from(wanted, host)
        self.environment.setdefault("PUBLIC_URL", f"http://localhost:{port}")
        web = supervisor.start(self.web(host, port))
        # Alone first: three that load at once make the person wait for the page.
        supervisor.wait_until(lambda: answers(host, port), web, seconds=60)
        supervisor.start(self.worker())
        supervisor.start(self.beat())
        address = f"http://localhost:{port}/"
        self.servers.note(address=address)
        lines = [f"PT Practice is at {address}", *self.logins()]
        lines.append(f"Ctrl-C stops it. Logs: {self.var / 'log'}")
        for line in lines:
            self.voice.say(line)

    def beside(self, command: list[str], called_from: Path) -> int:
        """Run one command with the servers up: those of a running start, or our own meanwhile."""
        if command[0] == "manage.py":
            command = [sys.executable, str(self.project / "manage.py"), *command[1:]]
        with Supervisor(self.voice) as supervisor:
            try:
                for_pdf = self.set_up()
                try:
                    self.servers.take()
                    named = self.servers.start(supervisor, os.environ)
                except InUse:
                    named = self.servers.names_of_running(os.environ)
                environment = self.complete(named, for_pdf, self.servers.for_tools(named))
                program = Program(
                    name=command[0],
                    command=command,
                    log=Path(os.devnull),
                    environment=environment,
                    folder=called_from,
                    at_terminal=True,
                )
                return supervisor.run(program)
            except FileNotFoundError:
                raise CannotStart(f"there is no command {command[0]}.") from None
            except StopAsked:
                return 130


def answers(host: str, port: int) -> bool:
    """Whatever it says, someone is there to say it."""
    try:
        own = LOOPBACK if host == "0.0.0.0" else host  # noqa: S104 -- compared, not listened on
        line = http.client.HTTPConnection(own, port, timeout=10)
        line.request("GET", "/", headers={"Host": "localhost"})
        line.getresponse()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        line.close()
    return True
