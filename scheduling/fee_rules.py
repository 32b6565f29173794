"""Was it called off too late, and which fee does the clinic's rule propose?

Values in, an answer out; the desk decides whether the fee is charged or waived.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

NO_FEE = Decimal("0.00")


@dataclass(frozen=True)
class FeeRule:
    """How one clinic treats who does not come."""

    late_cancel_hours: int
    no_show_fee: Decimal
    late_cancel_fee: Decimal
    first_is_free: bool


def is_late(rule: FeeRule, *, starts_at: dt.datetime, cancelled_at: dt.datetime) -> bool:
    """Exactly the hours of notice before the start is still in time."""
    return starts_at - cancelled_at < dt.timedelta(hours=rule.late_cancel_hours)


def fee_for_no_show(rule: FeeRule, *, missed_before: int) -> Decimal:
    return _unless_first(rule, rule.no_show_fee, missed_before)


def fee_for_cancelling(rule: FeeRule, *, late: bool, missed_before: int) -> Decimal:
    return _unless_first(rule, rule.late_cancel_fee, missed_before) if late else NO_FEE


def _unless_first(rule: FeeRule, fee: Decimal, missed_before: int) -> Decimal:
    return NO_FEE if rule.first_is_free and missed_before == 0 else fee


def minutes_late(starts_at: dt.datetime, arrived_at: dt.datetime) -> int:
    """Whole minutes after the start; 0 for who is in time."""
    return max(0, int((arrived_at - starts_at).total_seconds() // 60))
