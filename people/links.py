"""Links for patients without an account: make one, open it, use it up, take it back.

The address carries the id of a row and a signature over it, made with SECRET_KEY and the purpose;
the row says until when it opens and whether it was used. Reading a row tells nobody the address.
"""

from __future__ import annotations

import datetime as dt

from django.core.signing import BadSignature, Signer
from django.db import models, transaction
from django.utils import timezone

from people import audit
from people.models import Patient, PatientLink, User

Purpose = PatientLink.Purpose


class NoSuchLink(Exception):
    """Nobody made this address: mistyped, cut off by a mail program, or made up."""


class LinkClosed(Exception):
    """It was a good link once. `link` is its row."""

    def __init__(self, link: PatientLink) -> None:
        super().__init__(link.pk)
        self.link = link


class LinkExpired(LinkClosed):
    """Its time is over."""


class LinkUsed(LinkClosed):
    """It opened once, and was meant to."""


class LinkRevoked(LinkClosed):
    """Somebody at the practice took it back, or a newer one replaced it."""


@transaction.atomic
def make(
    *,
    purpose: str,
    patient: Patient,
    expires_at: dt.datetime,
    by: User | None,
    target: models.Model | None = None,
) -> PatientLink:
    """A new link. `token_of` gives the part of the address that opens it."""
    link = PatientLink.objects.create(
        purpose=purpose,
        patient=patient,
        target_id=target.pk if target is not None else None,
        made_at=timezone.now(),
        expires_at=expires_at,
        made_by=by,
    )
    audit.record(by=by, action="link.made", patient=patient, target=link, purpose=purpose)
    return link


def token_of(link: PatientLink) -> str:
    """What stands in the address; the same for the same link as long as SECRET_KEY stands."""
    return _signer(link.purpose).sign(str(link.pk))


def find(token: str, *, purpose: str) -> PatientLink:
    """The link, open or not. Raises `NoSuchLink`."""
    try:
        pk = int(_signer(purpose).unsign(token))
        return PatientLink.objects.select_related("patient__clinic").get(pk=pk, purpose=purpose)
    except (BadSignature, ValueError, PatientLink.DoesNotExist):
        raise NoSuchLink from None


def open_link(token: str, *, purpose: str) -> PatientLink:
    """The link, if it opens now. Raises `NoSuchLink` or the `LinkClosed` that says why not."""
    link = find(token, purpose=purpose)
    _refuse_closed(link)
    return link


def use(link: PatientLink) -> PatientLink:
    """Close the link behind whoever came in; inside the caller's transaction, so that the act and
    the closing stand or fall together. Of two at once one gets `LinkUsed`."""
    with transaction.atomic():
        locked = (
            PatientLink.objects.select_for_update(of=("self",))
            .select_related("patient__clinic")
            .get(pk=link.pk)
        )
        _refuse_closed(locked)
        locked.used_at = timezone.now()
        locked.save(update_fields=["used_at"])
    return locked


def revoke(*, purpose: str, target: models.Model) -> int:
    """Take back every open link to the target; how many there were. Twice is once."""
    return PatientLink.objects.filter(
        purpose=purpose, target_id=target.pk, revoked_at=None, used_at=None
    ).update(revoked_at=timezone.now())


def _refuse_closed(link: PatientLink) -> None:
    if link.revoked_at is not None:
        raise LinkRevoked(link)
    if link.used_at is not None:
        raise LinkUsed(link)
    if link.expires_at <= timezone.now():
        raise LinkExpired(link)


def _signer(purpose: str) -> Signer:
    return Signer(salt=f"people.links.{purpose}", sep=".")
