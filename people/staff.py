"""Make staff accounts, change what they may do, and end them."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from allauth.account.models import EmailAddress
from django.db import transaction

from people import audit
from people.changes import fill, write_changes, write_new
from people.models import Clinic, Role, Therapist, User
from people.models.api import ApiToken

# No 0, O, 1, l, I: the word is read aloud or copied by hand. 14 of these are 79 bits.
TEMPORARY_ALPHABET = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
TEMPORARY_LENGTH = 14
TREATING_ROLES = (Role.THERAPIST, Role.ASSISTANT, Role.STUDENT)


class LastOwner(Exception):
    """Without an owner nobody could give roles any more."""


class OwnAccount(Exception):
    """Nobody deactivates the account they are working with."""


class NewAccount(NamedTuple):
    account: User
    temporary_password: str


def temporary_password() -> str:
    return "".join(secrets.choice(TEMPORARY_ALPHABET) for _ in range(TEMPORARY_LENGTH))


@transaction.atomic
def create_account(
    *,
    by: User,
    clinics: Iterable[Clinic] = (),
    therapist: Mapping[str, Any] | None = None,
    **values: Any,
) -> NewAccount:
    """An account with a password that opens only the page where it is replaced. `therapist`
    holds the licence of somebody who treats."""
    account = User()
    fill(account, _tidy(values))
    password = temporary_password()
    account.set_password(password)
    account.password_is_temporary = True
    write_new(account)
    account.clinics.set(clinics)
    _write_therapist(account, therapist)
    audit.record(by=by, action="account.created", target=account, roles=sorted(account.roles))
    return NewAccount(account, password)


@transaction.atomic
def change_account(
    *,
    account: User,
    by: User,
    clinics: Iterable[Clinic] | None = None,
    therapist: Mapping[str, Any] | None = None,
    **values: Any,
) -> User:
    """`clinics` None leaves them as they are; so does `therapist` None, unless the treating
    role is gone: then the licence stays on file and the person treats no more."""
    _lock_owners()
    account = User.objects.select_for_update(no_key=True).get(pk=account.pk)
    email_before = account.email
    changed = write_changes(account, _tidy(values))
    _keep_one_owner()
    if account.email != email_before:
        # The log-in package keeps its own list of addresses; the old one must not log in.
        EmailAddress.objects.filter(user=account).delete()
    if clinics is not None and set(clinics) != set(account.clinics.all()):
        account.clinics.set(clinics)
        changed.append("clinics")
    changed += _write_therapist(account, therapist)
    if changed:
        detail: dict[str, Any] = {"fields": changed}
        if "roles" in changed:
            detail["roles"] = sorted(account.roles)
        audit.record(by=by, action="account.changed", target=account, **detail)
    return account


@transaction.atomic
def deactivate(*, account: User, by: User) -> User:
    """End an account: its sessions and its token stop at once, and stay ended should the account
    be opened again. What the person wrote keeps their name."""
    if account.pk == by.pk:
        raise OwnAccount
    _lock_owners()
    account = User.objects.select_for_update(no_key=True).get(pk=account.pk)
    if not account.is_active:
        return account
    account.is_active = False
    account.set_unusable_password()  # a session carries a hash of the password it began with
    account.save(update_fields=["is_active", "password"])
    _keep_one_owner()
    ApiToken.objects.filter(user=account).delete()
    Therapist.objects.filter(user=account).update(is_active=False)
    audit.record(by=by, action="account.deactivated", target=account)
    return account


@transaction.atomic
def reactivate(*, account: User, by: User) -> NewAccount:
    """Open an ended account again, with a new temporary password."""
    account = User.objects.select_for_update(no_key=True).get(pk=account.pk)
    account.is_active = True
    password = _give_temporary_password(account, "is_active")
    if account.has_role(*TREATING_ROLES):
        Therapist.objects.filter(user=account).update(is_active=True)
    audit.record(by=by, action="account.reactivated", target=account)
    return NewAccount(account, password)


@transaction.atomic
def reset_password(*, account: User, by: User) -> NewAccount:
    """Give a temporary password; sessions that the old one began end."""
    account = User.objects.select_for_update(no_key=True).get(pk=account.pk)
    password = _give_temporary_password(account)
    audit.record(by=by, action="account.password_reset", target=account)
    return NewAccount(account, password)


def _tidy(values: Mapping[str, Any]) -> dict[str, Any]:
    tidy = dict(values)
    if "email" in tidy:
        tidy["email"] = tidy["email"].lower()
    if "roles" in tidy:
        tidy["roles"] = [role for role in Role.values if role in tidy["roles"]]
    return tidy


def _give_temporary_password(account: User, *also: str) -> str:
    password = temporary_password()
    account.set_password(password)
    account.password_is_temporary = True
    account.save(update_fields=["password", "password_is_temporary", *also])
    return password


def _write_therapist(account: User, values: Mapping[str, Any] | None) -> list[str]:
    treats = account.has_role(*TREATING_ROLES)
    therapist = Therapist.objects.select_for_update().filter(user=account).first()
    if therapist is None:
        if treats and values is not None:
            therapist = Therapist(user=account)
            fill(therapist, values)
            write_new(therapist)
            return ["therapist"]
        return []
    wanted = {**(values or {}), "is_active": treats}
    return [f"therapist.{name}" for name in write_changes(therapist, wanted)]


def _lock_owners() -> None:
    # Two owners who demote each other at once would both still see another owner.
    list(
        User.objects.select_for_update(no_key=True)
        .filter(roles__contains=[Role.OWNER], is_active=True)
        .order_by("pk")
        .values_list("pk")
    )


def _keep_one_owner() -> None:
    if not User.objects.filter(roles__contains=[Role.OWNER], is_active=True).exists():
        raise LastOwner
