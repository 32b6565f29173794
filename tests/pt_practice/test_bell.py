"""Ringing for a task never breaks the act that rings."""

from celery import shared_task

from pt_practice.celery import app


@shared_task
def answer_nobody_waits_for() -> None:
    """Safe to run twice: it does nothing."""


def test_a_task_rung_for_while_redis_is_down_is_left_to_the_sweep(caplog):
    with app.connection_for_write("redis://127.0.0.1:1/0") as nobody_listens:
        answer = answer_nobody_waits_for.apply_async(connection=nobody_listens, retry=False)

    assert answer is None
    assert "the sweep will find it" in caplog.text
