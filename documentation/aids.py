"""Keep, rename and remove what a clinician uses again on the session page."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction

from documentation.models import SessionAid
from documentation.rules import aids
from people.models import User

MOST = 200  # of one person


class NameTaken(Exception):
    """Another of the same kind bears this name."""


class TooManyAids(Exception):
    """More than anybody finds again."""


@transaction.atomic
def keep(*, owner: User, kind: str, name: str, field: str, content: object) -> SessionAid:
    """Kept under the name; the same name again is written over. Raises `rules.aids.NothingToKeep`
    or `TooManyAids`."""
    is_template = kind == SessionAid.Kind.TEMPLATE
    kept: Any = aids.template(content) if is_template else aids.favorite(field, content)
    field = "" if is_template else field
    User.objects.select_for_update(no_key=True).get(pk=owner.pk)  # one keeps at a time
    own = SessionAid.objects.filter(owner=owner)
    aid = own.filter(kind=kind, field=field, name__iexact=name).first()
    if aid is None:
        if own.count() >= MOST:
            raise TooManyAids(f"You keep {MOST} already. Remove some first.")
        return SessionAid.objects.create(
            owner=owner, kind=kind, field=field, name=name, content=kept
        )
    aid.name, aid.content = name, kept
    aid.save(update_fields=["name", "content"])
    return aid


def rename(*, aid: SessionAid, name: str) -> SessionAid:
    try:
        with transaction.atomic():
            aid.name = name
            aid.save(update_fields=["name"])
    except IntegrityError:
        raise NameTaken(f"You keep another {name} already.") from None
    return aid


def remove(*, aid: SessionAid) -> None:
    aid.delete()
