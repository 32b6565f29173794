"""How a task is rung for: at once when Redis listens, by the next sweep when it does not."""

from __future__ import annotations

import logging
from typing import Any

from celery.contrib.django.task import DjangoTask
from kombu.exceptions import OperationalError

log = logging.getLogger(__name__)


class Bell(DjangoTask):
    """A task whose ringing never breaks the act that rings.

    What waits is a row in Postgres. When the broker cannot be reached the row stays where it is,
    the page shows it as waiting, and the sweep finds it.
    """

    def apply_async(self, *args: Any, **options: Any) -> Any:
        try:
            return super().apply_async(*args, **options)
        except (OperationalError, OSError) as error:
            log.warning("%s was not rung for (%s); the sweep will find it", self.name, error)
            return None
