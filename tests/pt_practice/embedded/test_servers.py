"""What the embedded servers promise: one start at a time, no lost row, nobody left behind."""

import os
import signal
import subprocess
import time

import psycopg2
import pytest

from pt_practice.embedded import processes

VISITS = "DROP TABLE IF EXISTS visit; CREATE TABLE visit (minutes int); "


def whole_tree(pid: int) -> list[processes.Seen]:
    found = [processes.look(pid)]
    everyone = processes.everyone()
    for parent in found:
        found += [seen for seen in everyone if seen.parent == parent.pid]
    return found


def wait_for(question, seconds: float = 60.0) -> bool:
    deadline = time.monotonic() + seconds
    while not question():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def test_a_row_outlives_kill_9_of_the_supervisor_and_no_server_outlives_it(place):
    first = place.start()
    first.rows(VISITS + "INSERT INTO visit VALUES (24), (23)")

    first.end(signal.SIGKILL)
    alone = wait_for(lambda: place.left_running() == [])
    second = place.start()

    assert alone
    assert second.rows("SELECT minutes FROM visit ORDER BY minutes") == [(23,), (24,)]


def test_a_start_right_after_kill_9_waits_for_the_old_servers_and_has_the_row(place):
    first = place.start()
    first.rows(VISITS + "INSERT INTO visit VALUES (24)")

    first.end(signal.SIGKILL)
    second = place.start()

    assert second.rows("SELECT minutes FROM visit") == [(24,)]
    assert second.named == first.named
    assert set(first.children.values()).isdisjoint(place.left_running())


def test_a_row_outlives_kill_9_of_every_process(place):
    first = place.start()
    first.rows(VISITS + "INSERT INTO visit VALUES (24)")

    for seen in whole_tree(first.process.pid):
        seen.send(signal.SIGKILL)
    first.end(signal.SIGKILL)
    second = place.start()

    assert second.rows("SELECT minutes FROM visit") == [(24,)]


def test_a_killed_postgres_is_started_again_with_its_rows_on_the_same_port(place):
    start = place.start()
    start.rows(VISITS + "INSERT INTO visit VALUES (24)")

    os.kill(start.children["PostgreSQL"], signal.SIGKILL)

    def answers():
        try:
            return start.rows("SELECT minutes FROM visit") == [(24,)]
        except psycopg2.OperationalError:
            return False

    assert wait_for(answers)


def test_a_number_in_postmaster_pid_that_now_belongs_to_someone_else_does_not_block(place):
    owner = place.data.stat()
    # Of the server's own account: there PostgreSQL itself would refuse to start.
    bystander = subprocess.Popen(
        ["sleep", "60"], **({"user": owner.st_uid} if os.geteuid() == 0 else {})
    )
    lines = f"{bystander.pid}\n{place.data}\n0\n1\n\n\n"
    (place.data / "postmaster.pid").write_text(lines, encoding="utf-8")

    start = place.start()
    rows = start.rows("SELECT 1")
    left_alone = bystander.poll() is None
    bystander.kill()
    bystander.wait()

    assert rows == [(1,)]
    assert left_alone


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_each_kind_of_goodbye_ends_everything_in_order(place, number):
    start = place.start()

    code = start.end(number)

    assert (code, place.left_running()) == (0, [])
    assert not (place.data / "postmaster.pid").exists()


def test_servers_given_from_outside_are_used_and_nothing_embedded_starts(empty_place):
    start = empty_place.start(
        DATABASE_URL="postgres://practice@db.example/practice", REDIS_URL="redis://bell.example/0"
    )

    assert start.answer == {"named": {}, "children": {}}
    assert not (empty_place.var / "servers").exists()
    assert start.end() == 0


def test_each_server_can_be_given_from_outside_alone(empty_place, tmp_path):
    secret = tmp_path / "database"
    secret.write_text("postgres://practice@db.example/practice", encoding="utf-8")

    start = empty_place.start(DATABASE_URL_FILE=str(secret))

    assert list(start.children) == ["Redis"]
    assert list(start.named) == ["REDIS_URL"]


def test_a_lost_password_file_gets_a_new_password_and_keeps_the_rows(place):
    first = place.start()
    first.rows(VISITS + "INSERT INTO visit VALUES (24)")
    first.end()
    (place.var / "secrets" / "postgres").unlink()

    second = place.start()

    assert second.rows("SELECT minutes FROM visit") == [(24,)]
    assert second.named["DATABASE_URL"] != first.named["DATABASE_URL"]


def test_a_data_folder_that_was_cut_off_while_being_made_is_made_anew(empty_place):
    half = empty_place.data.with_name("postgres.new")
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n", encoding="utf-8")
    if os.geteuid() == 0:
        for folder in (half.parent, half):
            os.chown(folder, 65534, 65534)

    start = empty_place.start()

    assert start.rows("SELECT 1") == [(1,)]
    assert not half.exists()


def test_data_of_another_major_version_is_left_alone_with_a_sentence(place):
    (place.data / "PG_VERSION").write_text("17\n", encoding="utf-8")

    refused = place.start().answer["refused"]
    left = (place.data / "PG_VERSION").read_text(encoding="utf-8")
    (place.data / "PG_VERSION").write_text("18\n", encoding="utf-8")

    assert refused == (
        f"{place.data} was made by PostgreSQL 17 and version 18 is installed; "
        "docs/runbook.md says how to carry the data over."
    )
    assert left == "17\n"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root lends the servers another account")
def test_in_a_folder_closed_to_others_root_gives_the_servers_a_folder_of_their_own(empty_place):
    empty_place.project.chmod(0o700)
    elsewhere = empty_place.top / "elsewhere"
    elsewhere.mkdir(mode=0o711)

    first = empty_place.start(elsewhere)
    first.rows("CREATE TABLE visit (minutes int); INSERT INTO visit VALUES (24)")
    first.end(signal.SIGKILL)
    second = empty_place.start(elsewhere)

    assert second.rows("SELECT minutes FROM visit") == [(24,)]
    assert (empty_place.var / "servers").resolve().parent == elsewhere / "pt-practice"
    assert empty_place.project.stat().st_mode & 0o777 == 0o700
