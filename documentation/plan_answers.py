"""What comes back of a plan of care: read, signed, returned with a remark, or signed on paper.

A provider has no account: the signed link and their NPI are what they show. Each answer closes
what was sent, once; of two answers at once the second learns what the first was.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from documentation.frozen import sha256_of
from documentation.models import PlanOfCare, PlanPdf, PlanSending
from documentation.plan_content import SIGNATURE_VERSION, STATEMENT
from documentation.plan_sending import PURPOSE, NoLongerOpen, has_arrived, locked
from people import audit, links
from people.changes import write_changes
from people.models import PatientLink, User

Status, How = PlanSending.Status, PlanSending.How
ON_THE_LINK = "Opened by the provider on the secure link"


def sending_of(link: PatientLink) -> PlanSending:
    """What the link is about."""
    rows = PlanSending.objects.select_related("plan__episode__clinic", "plan__episode__patient")
    assert link.target_id is not None
    return rows.get(pk=link.target_id)


@transaction.atomic
def note_wrong_npi(*, link: PatientLink) -> None:
    """Count a wrong number; after so many, from wherever they came, the link opens no more."""
    assert link.target_id is not None
    sending = PlanSending.objects.select_for_update().get(pk=link.target_id)
    if not sending.is_open or sending.is_locked:
        return
    sending.wrong_npis += 1
    sending.save(update_fields=["wrong_npis"])
    audit.record(
        by=None,
        action="plan.wrong_npi",
        patient=link.patient,
        target=sending,
        link=link.pk,
        tries=sending.wrong_npis,
    )
    if sending.is_locked:
        links.revoke(purpose=PURPOSE, target=sending)


@transaction.atomic
def open_plan(*, link: PatientLink) -> PlanSending:
    """The provider reads it: each time is written down, and the first shows that it arrived.
    Raises NoLongerOpen."""
    plan, sending = _open(link)
    if sending.opened_at is None:
        sending.opened_at = timezone.now()
        sending.save(update_fields=["opened_at"])
        has_arrived(plan, proof=ON_THE_LINK)
    _record("plan.opened_by_provider", sending, link)
    return sending


@transaction.atomic
def sign(
    *, link: PatientLink, name: str, credential: str, image: bytes | None = None
) -> PlanSending:
    """The provider certifies the plan, today. Raises NoLongerOpen."""
    plan, sending = _open(link)
    now = timezone.now()
    sending.signature = {
        "version": SIGNATURE_VERSION,
        "name": name,
        "credential": credential,
        "npi": sending.content["provider"]["npi"],
        "statement": STATEMENT,
        "signed_on": timezone.localdate(now, plan.episode.clinic.zone).isoformat(),
        "signed_at": now.isoformat(),
        "how": How.LINK,
        "link": link.pk,
        "from_address": audit.from_address.get() or "",
    }
    sending.image = image
    _close_signed(plan, sending, How.LINK, by=None)
    links.use(link)
    has_arrived(plan, proof=ON_THE_LINK)
    _certify(plan, sending, proof=f"Signed on the secure link, SHA-256 {sending.signed_sha256}")
    return sending


@transaction.atomic
def give_back(*, link: PatientLink, remark: str) -> PlanSending:
    """The provider wants it otherwise, and says how. Raises NoLongerOpen."""
    _, sending = _open(link)
    sending.status, sending.how, sending.remark = Status.RETURNED, How.LINK, remark
    sending.closed_at = timezone.now()
    sending.save(update_fields=["status", "how", "remark", "closed_at"])
    links.use(link)
    _record("plan.returned", sending, link)
    return sending


@transaction.atomic
def record_paper(
    *,
    sending: PlanSending,
    signed_on: dt.date,
    name: str,
    credential: str,
    proof: str,
    by: User,
) -> PlanSending:
    """The paper came back with a signature; `proof` says where it is kept. Its link closes.

    Raises NoLongerOpen, or ValidationError for a day that cannot be.
    """
    plan, sending = locked(sending)
    if not sending.is_open:
        raise NoLongerOpen(sending)
    zone = plan.episode.clinic.zone
    today = timezone.localdate(timezone=zone)
    if signed_on > today:
        raise ValidationError({"signed_on": "This day is still to come."})
    if signed_on < timezone.localdate(sending.sent_at, zone):
        raise ValidationError({"signed_on": "It was signed before it was sent: check the day."})
    sending.signature = {
        "version": SIGNATURE_VERSION,
        "name": name,
        "credential": credential,
        "npi": sending.content["provider"]["npi"],
        "statement": STATEMENT,
        "signed_on": signed_on.isoformat(),
        "how": How.PAPER,
        "kept": proof,
        "recorded_by": str(by),
        "recorded_at": timezone.now().isoformat(),
    }
    _close_signed(plan, sending, How.PAPER, by=by)
    links.revoke(purpose=PURPOSE, target=sending)
    if plan.sent_on is not None and plan.sent_on > signed_on:  # it had been told of late
        write_changes(plan, {"sent_on": signed_on})
    _certify(plan, sending, proof=proof)
    return sending


def note_download(*, link: PatientLink, copy: str) -> None:
    """The provider took the paper along."""
    audit.record(
        by=None,
        action="plan.pdf_taken_by_provider",
        patient=link.patient,
        target=sending_of(link),
        link=link.pk,
        copy=copy,
    )


@transaction.atomic
def mark_seen(*, sending: PlanSending, by: User) -> None:
    """Somebody at the practice knows of the answer. Twice is once."""
    row = (
        PlanSending.objects.select_for_update(of=("self",))
        .select_related("plan__episode__patient")
        .get(pk=sending.pk)
    )
    if row.is_open or row.seen_at is not None:
        return
    row.seen_by, row.seen_at = by, timezone.now()
    row.save(update_fields=["seen_by", "seen_at"])
    audit.record(by=by, action="plan.answer_seen", patient=row.patient, target=row)


def _open(link: PatientLink) -> tuple[PlanOfCare, PlanSending]:
    assert link.target_id is not None
    plan, sending = locked(PlanSending(pk=link.target_id))
    if not sending.is_open or sending.has_expired or sending.is_locked:
        raise NoLongerOpen(sending)
    return plan, sending


def _close_signed(plan: PlanOfCare, sending: PlanSending, how: str, *, by: User | None) -> None:
    sending.status, sending.how = Status.SIGNED, how
    sending.closed_at, sending.closed_by = timezone.now(), by
    sending.signed_sha256 = sha256_of(sending.signed_value())
    sending.save(
        update_fields=[
            "status",
            "how",
            "closed_at",
            "closed_by",
            "signature",
            "image",
            "signed_sha256",
        ]
    )
    PlanPdf.objects.create(sending=sending, copy=PlanPdf.Copy.SIGNED)
    audit.record(
        by=by,
        action="plan.signed",
        patient=sending.patient,
        target=sending,
        plan=plan.pk,
        how=how,
        sha256=sending.signed_sha256,
    )


def _certify(plan: PlanOfCare, sending: PlanSending, *, proof: str) -> None:
    signature: dict[str, Any] = sending.signature or {}
    write_changes(
        plan,
        {
            "signed_on": dt.date.fromisoformat(signature["signed_on"]),
            "signed_by_name": f"{signature['name']}, {signature['credential']}",
            "signed_proof": proof,
        },
    )


def _record(action: str, sending: PlanSending, link: PatientLink) -> None:
    audit.record(
        by=None,
        action=action,
        patient=sending.patient,
        target=sending,
        plan=sending.plan_id,
        link=link.pk,
    )
