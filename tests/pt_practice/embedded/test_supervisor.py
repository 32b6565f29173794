"""What the supervisor does when a child falls, and how it ends them all."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pt_practice.embedded import processes

KEEP_PROGRAMS = Path(__file__).with_name("keep_programs.py")


@pytest.fixture
def supervise(tmp_path):
    running = []

    def start(*wishes: dict) -> subprocess.Popen:
        process = subprocess.Popen(
            [sys.executable, KEEP_PROGRAMS, tmp_path, json.dumps(wishes)],
            stdout=subprocess.PIPE,
            text=True,
        )
        running.append(process)
        assert process.stdout.readline() == "started\n"
        return process

    yield start
    for process in running:
        process.kill()
        process.wait()
        process.stdout.close()


def appears(path: Path, seconds: float = 60.0) -> str:
    deadline = time.monotonic() + seconds
    while not (path.exists() and path.read_text("utf-8").endswith("\n")):
        assert time.monotonic() < deadline, f"{path.name} did not appear"
        time.sleep(0.02)
    return path.read_text("utf-8")


def test_a_fallen_program_is_started_again_later_each_time_and_it_is_said(supervise, tmp_path):
    process = supervise({"name": "worker", "script": "echo fell; exit 3"})

    said = [process.stdout.readline().rstrip() for _ in range(5)]

    log = tmp_path / "worker.log"
    assert said == [
        f"worker ended with code 3; starting it again in 1 s. {log}:",
        "    fell",
        f"worker ended with code 3; starting it again in 2 s. {log}:",
        "    fell",
        "    fell",
    ]


def test_a_killed_program_takes_its_own_children_with_it(supervise, tmp_path):
    supervise({"name": "web", "script": "sleep 300 & echo $! > helper; echo $$ > web; wait"})
    helper = processes.look(int(appears(tmp_path / "helper")))
    web = int(appears(tmp_path / "web"))

    os.kill(web, signal.SIGKILL)

    assert helper is not None
    assert processes.gone([helper], within=60)


def test_programs_are_ended_before_the_server_they_need(supervise, tmp_path):
    server = "trap 'echo server >> order; exit' TERM; echo up > server; while :; do sleep 0.1; done"
    web = (
        "trap 'sleep 0.5; echo web >> order; exit' TERM; echo up > web; while :; do sleep 0.1; done"
    )
    process = supervise(
        {"name": "server", "script": server, "is_server": True}, {"name": "web", "script": web}
    )
    appears(tmp_path / "server")
    appears(tmp_path / "web")

    process.terminate()

    assert process.wait(60) == 0
    assert (tmp_path / "order").read_text("utf-8") == "web\nserver\n"


def test_a_program_that_does_not_listen_is_ended_all_the_same(supervise, tmp_path):
    script = "trap '' TERM; echo $$ > deaf; while :; do sleep 0.1; done"
    process = supervise({"name": "worker", "script": script, "patience": 0.3})
    deaf = processes.look(int(appears(tmp_path / "deaf")))

    process.terminate()

    assert process.stdout.readline() == "worker takes too long; SIGKILL.\n"
    assert process.wait(60) == 0
    assert deaf is not None
    assert not deaf.alive()


def test_kill_9_of_the_supervisor_ends_a_program_too(supervise, tmp_path):
    process = supervise({"name": "web", "script": "echo $$ > web; exec sleep 300"})
    web = processes.look(int(appears(tmp_path / "web")))

    process.kill()

    assert web is not None
    assert processes.gone([web], within=60)


def test_a_process_number_used_again_is_not_taken_for_the_old_process():
    me = processes.look(os.getpid())
    before_me = processes.Seen(me.pid, me.born - 1, me.parent)

    assert me.alive()
    assert not before_me.alive()
