"""`bin/run` from its first line to its last, with a small project in place of the large one."""

import hashlib
import http.client
import json
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from pt_practice.embedded import processes
from tests.pt_practice.embedded.conftest import plain_environment
from tests.pt_practice.embedded.test_servers import whole_tree

KEEP_LOCAL = Path(__file__).with_name("keep_local.py")

MANAGE = """\
import pathlib, sys
here = pathlib.Path(__file__).parent
with (here / "calls").open("a") as calls:
    calls.write(sys.argv[1] + "\\n")
if sys.argv[1] == "collectstatic":
    (here / "var" / "static").mkdir(exist_ok=True)
if (here / f"broken-{sys.argv[1]}").exists():
    sys.exit("it is broken")
"""
WSGI = """\
import hashlib, json, os
def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "application/json")])
    names = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY")
    return [json.dumps({name: os.environ[name] for name in names}).encode()]
"""
CELERY = """\
from celery import Celery
app = Celery("small", broker=os.environ["REDIS_URL"])
"""


@pytest.fixture
def project():
    yield from a_small_project()


@pytest.fixture(scope="module")
def used_project():
    """Shared by those who do not mind what ran in it before; a database takes a second to make."""
    yield from a_small_project()


def a_small_project():
    top = Path(tempfile.mkdtemp(prefix="pt-practice-test-"))
    top.chmod(0o711)
    files = {
        "manage.py": MANAGE,
        "package-lock.json": "{}",
        "pt_practice/__init__.py": "",
        "pt_practice/wsgi.py": WSGI,
        "pt_practice/celery.py": CELERY,
        "requirements.txt": "",
        "static/app.css": "body {}",
        "node_modules/.installed": hashlib.sha256(b"{}").hexdigest(),
    }
    for name, text in files.items():
        (top / name).parent.mkdir(exist_ok=True)
        (top / name).write_text(text, encoding="utf-8")
    (top / "var").mkdir(mode=0o711)
    yield top
    processes.end(processes.started_from(top / "var"), steps=[])
    for folder in ("postgres", "redis"):
        place = top / "var" / "servers" / folder
        processes.end(processes.working_in(place), steps=[(signal.SIGINT, 5)])
    shutil.rmtree(top)


def calls(project: Path) -> list[str]:
    """Since the last time this was asked."""
    place = project / "calls"
    lines = place.read_text("utf-8").split() if place.exists() else []
    place.unlink(missing_ok=True)
    return lines


def prepare(project: Path, **variables: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, KEEP_LOCAL, project, "prepare"],
        env=plain_environment() | variables,
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )


class Run:
    def __init__(self, project: Path, **variables: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, KEEP_LOCAL, project, "serve"],
            env=plain_environment() | variables,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.said: list[str] = []
        for line in self.process.stdout:
            self.said.append(line.strip())
            if line.startswith("Ctrl-C"):
                break

    def address(self) -> str:
        (line,) = [line for line in self.said if line.startswith("PT Practice is at ")]
        return line.removeprefix("PT Practice is at ")

    def page(self) -> dict[str, str]:
        port = int(self.address().rstrip("/").rpartition(":")[2])
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        line.request("GET", "/")
        answer = json.loads(line.getresponse().read())
        line.close()
        return answer

    def end(self, number: signal.Signals) -> tuple[int, list[str]]:
        self.process.send_signal(number)
        rest = self.process.stdout.read().split("\n")
        self.process.stdout.close()
        return self.process.wait(60), [line for line in rest if line]


def a_free_port() -> int:
    with socket.socket() as knock:
        knock.bind(("127.0.0.1", 0))
        return knock.getsockname()[1]


def test_it_starts_answers_survives_kill_9_of_everything_and_stops_on_ctrl_c(project):
    port = str(a_free_port())
    first = Run(project, PORT=port)
    first_page = first.page()
    first_calls = calls(project)
    for seen in whole_tree(first.process.pid):
        seen.send(signal.SIGKILL)
    first.end(signal.SIGKILL)

    second = Run(project, PORT=port)
    second_page = second.page()
    second_calls = calls(project)
    ended = second.end(signal.SIGINT)

    assert first.address() == second.address() == f"http://localhost:{port}/"
    assert first_calls == ["migrate", "collectstatic", "seed_demo"]
    assert second_calls == ["migrate"]
    assert second_page == first_page
    assert len(first_page["SECRET_KEY"]) == 64
    assert ended == (0, ["Stopping …", "PT Practice has stopped."])
    assert processes.started_from(project / "var") == []


def test_kill_9_of_the_supervisor_alone_leaves_no_web_worker_or_beat(used_project):
    run = Run(used_project, PORT=str(a_free_port()))
    children = [seen for seen in whole_tree(run.process.pid) if seen.pid != run.process.pid]

    run.end(signal.SIGKILL)

    assert len(children) >= 7  # two servers, web and its two, worker, beat
    assert processes.gone(children, within=20)


def test_a_taken_port_is_said_and_the_next_free_one_used(used_project):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        run = Run(used_project, PORT=str(taken))
        run.end(signal.SIGTERM)

    used = int(run.address().rstrip("/").rpartition(":")[2])
    assert used > taken
    assert f"Port {taken} is taken; using {used}" in run.said


def test_a_port_that_is_no_number_is_refused_with_a_sentence(project):
    run = Run(project, PORT="http")
    code, _ = run.end(signal.SIGTERM)

    assert code == 1
    assert run.said == ["cannot start: PORT is 'http': write a number from 1 to 65535."]
    assert not (project / "var" / "servers").exists()


def test_a_command_runs_with_the_servers_up_and_its_output_alone_on_stdout(used_project):
    question = [sys.executable, "-c", "import os; print(os.environ['DATABASE_URL'][:11])"]
    sql = ["psql", "-qAtc", "SELECT current_user"]

    answers = [
        subprocess.run(
            [sys.executable, KEEP_LOCAL, used_project, "beside", *command],
            env=plain_environment(),
            check=True,
            capture_output=True,
            text=True,
            timeout=60,
        ).stdout
        for command in (question, sql)
    ]

    assert answers == ["postgres://\n", "pt_practice\n"]
    assert processes.working_in(used_project / "var" / "servers" / "postgres") == []


def test_a_changed_style_sheet_is_collected_again_and_an_unchanged_one_is_not(project):
    prepare(project)
    calls(project)

    prepare(project)
    unchanged = calls(project)
    (project / "static" / "app.css").write_text("body { margin: 0 }", encoding="utf-8")
    prepare(project)

    assert unchanged == ["migrate"]
    assert calls(project) == ["migrate", "collectstatic"]


def test_a_demo_that_fails_stops_nothing_and_is_tried_again_at_the_next_start(project):
    (project / "broken-seed_demo").touch()
    first = prepare(project)
    (project / "broken-seed_demo").unlink()
    calls(project)

    prepare(project)

    assert first.returncode == 0
    assert "it is broken" in first.stdout
    assert calls(project) == ["migrate", "seed_demo"]


def test_a_demo_cut_off_after_its_last_row_counts_as_loaded(project):
    prepare(project, PT_DEMO="0")
    (project / "var" / "first-run").write_text("loading", encoding="utf-8")
    (project / "broken-seed_demo").touch()  # as it refuses where a clinic is already
    calls(project)

    prepare(project)
    prepare(project)

    assert calls(project) == ["migrate", "seed_demo", "migrate"]


def test_a_practice_that_began_without_the_demo_never_gets_it_later(project):
    prepare(project, PT_DEMO="0")
    prepare(project)

    assert calls(project) == ["migrate", "collectstatic", "migrate"]


def test_a_database_from_outside_gets_the_demo_only_when_asked(project):
    outside = {"DATABASE_URL": "postgres://practice@db.example/practice"}
    prepare(project, **outside)
    unasked = calls(project)

    prepare(project, PT_DEMO="1", **outside)

    assert unasked == ["migrate", "collectstatic"]
    assert calls(project) == ["migrate", "seed_demo"]


def test_a_migration_that_fails_stops_the_start_with_its_last_lines(project):
    (project / "broken-migrate").touch()

    done = prepare(project)

    assert done.returncode == 1
    assert done.stdout.splitlines()[-2:] == [
        f"cannot start: `manage.py migrate --no-input --skip-checks` failed; "
        f"{project}/var/log/set-up.log says why.",
        "    it is broken",
    ]


def test_the_secret_key_of_the_caller_is_used_and_none_is_kept(project):
    prepare(project, SECRET_KEY="of the caller")

    assert not (project / "var" / "secrets").exists()
