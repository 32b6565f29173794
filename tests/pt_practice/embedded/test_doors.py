"""Who gets in to the embedded servers, and what a second start is told."""

import contextlib
import socket
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
import pytest

from pt_practice.embedded import processes


def test_a_second_start_says_in_one_sentence_that_the_folder_is_in_use(running, made_once):
    second = made_once.start()

    assert second.answer == {"refused": "it already runs from this folder."}
    assert second.process.wait(60) == 1
    assert running.rows("SELECT 1") == [(1,)]


def test_a_folder_whose_path_is_over_100_characters_and_has_spaces_works(running, made_once):
    data = made_once.data

    assert len(str(data)) > 130
    assert " " in str(data)
    assert running.children["PostgreSQL"] in [seen.pid for seen in processes.working_in(data)]


def test_only_the_application_with_its_password_gets_in(running):
    url = urlsplit(running.named["DATABASE_URL"])
    address = {"host": url.hostname, "port": url.port, "dbname": "pt_practice"}

    refusals = []
    for login in (
        {"user": "pt_practice", "password": "wrong"},
        {"user": "postgres", "password": url.password},
        {"user": "postgres", "password": ""},
    ):
        with pytest.raises(psycopg2.OperationalError) as refusal:
            psycopg2.connect(**address, **login)
        refusals.append(str(refusal.value).strip().rpartition("FATAL:  ")[2].split(",")[0])

    assert refusals == [
        'password authentication failed for user "pt_practice"',
        'no pg_hba.conf entry for host "127.0.0.1"',
        'no pg_hba.conf entry for host "127.0.0.1"',
    ]


def test_the_application_is_no_superuser_and_may_make_a_database(running):
    rights = running.rows(
        "SELECT rolsuper, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname = current_user"
    )

    assert rights == [(False, True, False)]


def test_redis_answers_nobody_without_the_password(running):
    url = urlsplit(running.named["REDIS_URL"])

    with socket.create_connection((url.hostname, url.port), 5) as line:
        line.sendall(b"PING\r\n")
        answer = line.recv(100)

    assert answer == b"-NOAUTH Authentication required.\r\n"


def test_no_secret_stands_on_a_command_line_or_in_a_file_others_may_read(running, made_once):
    secrets = [path.read_text("utf-8") for path in (made_once.var / "secrets").iterdir()]

    lines = "".join(map(command_line, processes.everyone()))
    texts = [
        path.read_text("utf-8", "replace")
        for path in made_once.var.rglob("*")
        if is_open_to_others(path)
    ]

    assert str(made_once.data) in lines  # the servers' own are among them
    assert [len(secret) for secret in secrets] == [64, 64]
    assert [secret for secret in secrets if secret in lines or secret in "".join(texts)] == []


def command_line(seen: processes.Seen) -> str:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{seen.pid}/cmdline").read_text("utf-8", "replace")
    return ""


def is_open_to_others(path: Path) -> bool:
    """Everyone may read the file and pass through each folder above it."""
    if not path.is_file() or not path.stat().st_mode & 0o004:
        return False
    return all(folder.stat().st_mode & 0o001 for folder in path.parents)
