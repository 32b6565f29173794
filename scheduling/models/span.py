"""What holds its time: the live statuses, and the stretch of time as the database sees it."""

from __future__ import annotations

import datetime as dt

from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models

LONGEST = dt.timedelta(hours=12)  # the longest appointment; a constraint holds it
LIVE_STATUSES = ("booked", "confirmed", "arrived", "in_session", "completed")
SPAN = models.Func(
    "starts_at",
    "ends_at",
    models.Value("[)"),
    function="TSTZRANGE",
    output_field=DateTimeRangeField(),
)
