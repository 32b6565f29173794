"""Is the person at the keyboard the one who is logged in? A signature asks for the password."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone

from people import audit
from people.models import AuditEvent, User

TRIES = 5
WITHIN = dt.timedelta(minutes=15)
REFUSED = "signature.refused"


class WrongPassword(Exception):
    """The password was not this person's. `left` says how many tries remain."""

    def __init__(self, left: int) -> None:
        self.left = left
        tries = "1 try" if left == 1 else f"{left} tries"
        super().__init__(f"That is not your password. {tries} left.")


class TooManyTries(Exception):
    """Nothing can be signed with this account for a while, not even with the right password."""

    def __init__(self) -> None:
        minutes = int(WITHIN.total_seconds() // 60)
        super().__init__(f"Too many wrong passwords. Wait {minutes} minutes, then sign.")


def confirm_password(*, by: User, password: str) -> None:
    """Raises unless this is the person's password.

    Call it before the act's own transaction: a wrong try is written down and must stay written
    when the act is refused. The tries are counted from the audit line, under a lock on the
    account, so that guessing in parallel gains nothing.
    """
    with transaction.atomic():
        person = User.objects.select_for_update(no_key=True).get(pk=by.pk)
        wrong = AuditEvent.objects.filter(
            actor=person, action=REFUSED, at__gt=timezone.now() - WITHIN
        ).count()
        if wrong >= TRIES:
            raise TooManyTries
        is_right = person.is_active and person.check_password(password)
        if not is_right:
            audit.record(by=person, action=REFUSED)
    if not is_right:
        if wrong + 1 >= TRIES:
            raise TooManyTries
        raise WrongPassword(left=TRIES - wrong - 1)
