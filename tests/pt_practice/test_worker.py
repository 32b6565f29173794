"""A worker's children are replaced before they have kept too much memory."""

import itertools
import os
import subprocess
import sys
import threading
import uuid

from django.conf import settings

from pt_practice.celery import app

THREE_TASKS = """
import os
from celery import signals
from pt_practice.celery import app

@app.task(name="tests.pid")
def pid():
    os.write(1, f"made by {os.getpid()}\\n".encode())  # print goes to Celery's log

@signals.worker_ready.connect
def ask(**of_the_worker):
    for _ in range(3):
        pid.apply_async(queue=os.environ["QUEUE"])

app.worker_main(["worker", "--queues", os.environ["QUEUE"], "--concurrency", "1",
                 "--loglevel", "ERROR", "--without-gossip", "--without-mingle"])
"""


def pids_of_three_tasks(**environment: str) -> list[str]:
    """Who made three tasks, in a real worker with one child."""
    worker = subprocess.Popen(
        [sys.executable, "-c", THREE_TASKS],
        env={
            **os.environ,
            "CELERY_EAGER": "0",
            "DJANGO_SETTINGS_MODULE": "pt_practice.settings",
            "QUEUE": f"test-{uuid.uuid4()}",  # nobody else's tasks, and nobody takes these
            **environment,
        },
        cwd=settings.BASE_DIR,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    too_late = threading.Timer(120, worker.kill)
    too_late.start()
    try:
        assert worker.stdout is not None
        lines = (line.strip() for line in worker.stdout)
        made = (line for line in lines if line.startswith("made by "))
        return list(itertools.islice(made, 3))
    finally:
        too_late.cancel()
        worker.kill()
        worker.communicate()


def test_a_child_is_replaced_after_so_many_tasks_or_so_much_memory():
    conf = app.conf

    assert (conf.worker_max_tasks_per_child, conf.worker_max_memory_per_child) == (200, 409_600)


def test_a_fresh_child_takes_over_after_as_many_tasks_as_the_setting_says():
    pids = pids_of_three_tasks(WORKER_TASKS_PER_CHILD="1")

    assert (len(pids), len(set(pids))) == (3, 3)
