"""Several people at the same moment: threads let loose together, each on a connection of its own.

A race is proven by two tests: with the lock one gets it; without it, when others have looked before
anybody writes, several do. The second loses on every machine: nobody sleeps in it, they meet.
"""

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from django.db import connection

racer = threading.local()  # `runs` is set in each thread that `all_at_once` lets loose
PATIENCE = 60  # seconds; only a thread that hangs is given up, never one on a busy machine


def all_at_once(acts: Sequence[Callable], *, told: tuple[type[Exception], ...] = ()) -> list:
    """What each act returned, in their order. A refusal listed in `told` is the answer by its
    name; any other error is raised."""
    start = threading.Barrier(len(acts))

    def run(act):
        racer.runs = True
        try:
            start.wait(PATIENCE)
            return act()
        except told as refusal:
            return type(refusal).__name__
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


class Meeting:
    """Where each thread waits until another has come as far as it: the second time for the second.

    One that stays alone goes on after `patience` seconds: behind a lock nobody else can come. Who
    only prepares the race does not wait at all, nor does anybody who has met `at_most` times.
    """

    def __init__(self, patience: float = PATIENCE, at_most: int = 1_000) -> None:
        self.patience = patience
        self.at_most = at_most
        self._changed = threading.Condition()
        self._times: Counter[int] = Counter()  # of each thread
        self._came: Counter[int] = Counter()  # for the first time, for the second …

    def wait(self) -> None:
        me = threading.get_ident()
        if not getattr(racer, "runs", False) or self._times[me] >= self.at_most:
            return
        with self._changed:
            self._times[me] += 1
            time = self._times[me]
            self._came[time] += 1
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._came[time] > 1, self.patience)

    def after(self, look: Callable) -> Callable:
        """`look`, after which everybody waits here before writing."""

        def look_and_wait(*args, **kwargs):
            found = look(*args, **kwargs)
            self.wait()
            return found

        return look_and_wait
