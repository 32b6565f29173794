"""What people do when the log-in package rings: write the audit line, end temporary passwords."""

from typing import Any

from allauth.account import signals
from django.contrib.auth.signals import user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest

from people import audit
from people.models import User


@receiver(signals.user_logged_in, dispatch_uid="people.logged_in")
def write_down_who_came(request: HttpRequest, user: User, **kwargs: Any) -> None:
    audit.record(by=user, action="account.logged_in", target=user)


@receiver(user_logged_out, dispatch_uid="people.logged_out")
def write_down_who_left(request: HttpRequest, user: User | None, **kwargs: Any) -> None:
    if user is not None:
        audit.record(by=user, action="account.logged_out", target=user)


@receiver(signals.password_changed, dispatch_uid="people.password_changed")
@receiver(signals.password_set, dispatch_uid="people.password_set")
@receiver(signals.password_reset, dispatch_uid="people.password_reset")
def own_password_at_last(request: HttpRequest, user: User, **kwargs: Any) -> None:
    if user.password_is_temporary:
        user.password_is_temporary = False
        user.save(update_fields=["password_is_temporary"])
    audit.record(by=user, action="account.password_changed", target=user)
