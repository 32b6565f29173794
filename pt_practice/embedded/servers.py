"""Brings up PostgreSQL and Redis for a folder, unless the environment names servers of its own."""

import json
import os
import signal
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path

from pt_practice.embedded import processes
from pt_practice.embedded.home import choose_home, lock, make_var
from pt_practice.embedded.keys import kept, write_private
from pt_practice.embedded.ports import LOOPBACK, free_port, is_free
from pt_practice.embedded.postgres import NAME, Cluster
from pt_practice.embedded.redis import Bell
from pt_practice.embedded.say import CannotStart
from pt_practice.embedded.supervisor import Supervisor

TRIES = 3  # somebody else may take a free port between our look and the server's


class InUse(CannotStart):
    """Another start holds the folder."""


# These may also stand as NAME_FILE, the path of a file that holds the value (pt_practice/env.py).
FROM_A_FILE = {"DATABASE_URL", "SECRET_KEY"}


def given_from_outside(environment: Mapping[str, str], name: str) -> bool:
    file_name = environment.get(f"{name}_FILE") if name in FROM_A_FILE else None
    return bool(environment.get(name) or file_name)


class Servers:
    """The two servers of one folder, and the lock that keeps every other start out of it."""

    def __init__(self, project: Path, var: Path, *, throwaway: bool = False) -> None:
        self.project = project
        self.var = var
        self.throwaway = throwaway

    def take(self) -> None:
        """Lock the folder and end what a killed start left in it."""
        make_var(self.var)
        held = lock(self.var)
        if held is None:
            address = self.notes().get("address")
            where = f" at {address}" if address else ""
            raise InUse(f"it already runs from this folder{where}.")
        self.held = [held]
        self.note(address=None)
        left = processes.started_from(self.var)
        processes.end(left, steps=[(signal.SIGTERM, 15.0)])

    def give_back(self) -> None:
        for handle in self.held:
            handle.close()

    # --- What the next start, or a command beside this one, should know --------------------------

    def notes(self) -> dict[str, object]:
        with suppress(OSError, ValueError):
            notes = json.loads((self.var / "notes.json").read_text(encoding="utf-8"))
            if isinstance(notes, dict):
                return notes
        return {}

    def note(self, **news: object) -> None:
        write_private(self.var / "notes.json", json.dumps(self.notes() | news, indent=1))

    def last_port(self, name: str) -> int | None:
        port = self.notes().get(name)
        return port if isinstance(port, int) else None

    # --- Starting --------------------------------------------------------------------------------

    def start(self, supervisor: Supervisor, given: Mapping[str, str]) -> dict[str, str]:
        """Start what the environment does not name; return the variables that name it."""
        own_postgres = not given_from_outside(given, "DATABASE_URL")
        own_redis = not given_from_outside(given, "REDIS_URL")
        self.note(own_postgres=own_postgres, own_redis=own_redis)
        if own_postgres or own_redis:
            self.settle_in()
        named: dict[str, str] = {}
        if own_postgres:
            named |= self.start_postgres(supervisor)
        if own_redis:
            named |= self.start_redis(supervisor)
        return named

    def settle_in(self) -> None:
        self.home = choose_home(self.project, self.var)
        if self.home.folder.parent != self.var.resolve():
            # A copied project carries a copied link to the same data.
            held = lock(self.home.folder)
            if held is None:
                raise InUse(f"another copy of this project already uses {self.home.folder}.")
            self.held.append(held)

    def cluster(self, port: int) -> Cluster:
        return Cluster(self.var, self.home, kept(self.var, "postgres"), port, self.throwaway)

    def bell(self, port: int) -> Bell:
        return Bell(self.var, self.home, kept(self.var, "redis"), port)

    def start_postgres(self, supervisor: Supervisor) -> dict[str, str]:
        password_lost = not (self.var / "secrets" / "postgres").exists()
        cluster = self.cluster(0)
        cluster.clear()
        if password_lost and cluster.data.exists():
            cluster.renew_password(supervisor.run)
        cluster.create(supervisor.run)
        url = self.bring_up(supervisor, "postgres_port", self.cluster)
        return {"DATABASE_URL": url}

    def start_redis(self, supervisor: Supervisor) -> dict[str, str]:
        self.bell(0).create()
        self.bell(0).clear()
        url = self.bring_up(supervisor, "redis_port", self.bell)
        return {"REDIS_URL": url}

    def bring_up(
        self, supervisor: Supervisor, note: str, at: Callable[[int], Cluster | Bell]
    ) -> str:
        """Start the server and wait for it; its address."""
        port = free_port(self.last_port(note))
        tries = 0
        while True:
            tries += 1
            server = at(port)
            child = supervisor.start(server.program())
            ready = partial(server.ready, child.process.pid)
            try:
                # Long, because a server that crashed in the middle of much work recovers first.
                supervisor.wait_until(ready, child, seconds=300)
            except CannotStart:
                if tries == TRIES or child.running or is_free(port):
                    raise
                supervisor.children.remove(child)
                port = free_port()
                continue
            self.note(**{note: port})
            return server.url

    # --- Beside a running one --------------------------------------------------------------------

    def names_of_running(self, given: Mapping[str, str]) -> dict[str, str]:
        """The same variables for a command that joins the servers another start runs."""
        named: dict[str, str] = {}
        makers: list[tuple[str, str, Callable[[int], Cluster | Bell]]] = [
            ("DATABASE_URL", "postgres", self.cluster),
            ("REDIS_URL", "redis", self.bell),
        ]
        for variable, name, at in makers:
            if given_from_outside(given, variable):
                continue
            port = self.last_port(f"{name}_port")
            if not self.notes().get(f"own_{name}") or port is None:
                raise CannotStart(f"the one that runs was given {variable}; give it here too.")
            self.home = choose_home(self.project, self.var)
            named[variable] = at(port).url
        return named

    def for_tools(self, named: Mapping[str, str]) -> dict[str, str]:
        """psql, pg_dump and pg_restore of the embedded server, and the names they look for."""
        if "DATABASE_URL" not in named:
            return {}
        cluster = self.cluster(self.last_port("postgres_port") or 0)
        return {
            "PGHOST": LOOPBACK,
            "PGPORT": str(cluster.port),
            "PGUSER": NAME,
            "PGDATABASE": NAME,
            "PGPASSWORD": cluster.password,
            "PATH": os.pathsep.join([str(cluster.tool("psql").parent), os.environ["PATH"]]),
        }
