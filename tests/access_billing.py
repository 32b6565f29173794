"""The records of `billing` that fill an address in the walk over every route."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from billing import replies
from billing.models import (
    AbnRecord,
    AuditPacket,
    Batch,
    Claim,
    ClaimVersion,
    EdiFile,
    Estimate,
    EstimateRule,
    FeeSchedule,
    FormPrinter,
    MedicareAmounts,
    PaperBatch,
    PayerPolicy,
    Reply,
    RuleLoad,
    Superbill,
    TradingPartner,
    YearUse,
)

NOTHING_ASKED = {
    "episode": None,
    "services": {},
    "more_visits": 0,
    "more_type": None,
    "more_until": None,
}


def _claim(world: Any) -> Claim:
    visit = world.get("visit")
    return Claim.objects.create(
        visit=visit,
        patient=visit.patient,
        clinic=visit.clinic,
        payer=world.get("payer"),
        control_number=f"C{world.day}",
    )


def _claim_version(world: Any) -> ClaimVersion:
    return ClaimVersion.objects.create(
        claim=world.get("claim"), number=1, content={"total_charge": "1.00"}, sha256="0" * 64
    )


def _reply(world: Any) -> Reply:
    content = f"a reply to {world.clinic}".encode()
    reply, _ = replies.take_in(
        content=content, name="answer.txt", came_by=Reply.Way.UPLOAD, by=None
    )
    return reply


def _batch(world: Any) -> Batch:
    file = EdiFile.objects.create(
        kind="837p", file_name=f"{world.day}.837", file_bytes=b"ISA*", sha256="0" * 64
    )
    return Batch.objects.create(
        partner=world.get("partner"),
        interchange_control_number=world.day,
        file=file,
        total=0,
    )


def _paper_batch(world: Any) -> PaperBatch:
    batch = PaperBatch.objects.create(
        purpose="copies",
        versions=[world.get("claim-version").pk],
        total=0,
        inputs_sha256=f"{world.day}" * 64,
        asked_by=world.get("account"),
    )
    batch.claims.add(world.get("claim"))
    return batch


MAKERS: dict[str, Callable[[Any], Any]] = {
    "batch": _batch,
    "paper_batch": _paper_batch,
    "reply": _reply,
    "rule_load": lambda world: RuleLoad.objects.create(
        kind="mue", file_name="mue.csv", size=1, sha256="0" * 64, holds_from=dt.date(2026, 7, 1)
    ),
    "medicare_amounts": lambda world: MedicareAmounts.objects.create(
        effective_from=dt.date(2100 + world.day, 1, 1),
        effective_to=dt.date(2100 + world.day, 12, 31),
        pt_slp_threshold=2500,
        ot_threshold=2500,
        medical_review=3000,
        source="test",
    ),
    "notice": lambda world: AbnRecord.objects.create(
        patient=world.get("patient"),
        kind="GZ",
        reason="maintenance",
        covers_from=dt.date(2026, 3, 2),
        recorded_by=world.therapist.user,
    ),
    "year_use": lambda world: YearUse.objects.create(
        patient=world.get("patient"),
        bucket="OT",
        amount=100,
        as_of=dt.date(2026, 3, 2),
        source="portal",
        entered_by=world.therapist.user,
    ),
    "claim": _claim,
    "form_printer": lambda w: FormPrinter.objects.create(clinic=w.clinic, name="Desk"),
    "claim-version": _claim_version,
    "packet": lambda world: AuditPacket.objects.create(
        episode=world.get("episode"),
        visits=[world.get("visit").pk],
        first_day=dt.date(2026, 3, 2),
        last_day=dt.date(2026, 3, 2),
        made_for="Noridian",
        inputs_sha256=f"{world.day}" * 64,
        asked_by=world.get("account"),
    ),
    "superbill": lambda world: Superbill.objects.create(
        patient=world.get("patient"),
        clinic=world.clinic,
        first_day=dt.date(2026, 3, 2),
        last_day=dt.date(2026, 3, 2),
        total=180,
        content={},
        asked_by=world.get("account"),
    ),
    "estimate": lambda world: Estimate.objects.create(
        patient=world.get("patient"),
        clinic=world.clinic,
        first_day=dt.date(2026, 3, 2),
        last_day=dt.date(2026, 3, 2),
        visits=1,
        total=180,
        dispute_over=400,
        content={"primary": "Balance", "separate": [], "asked": NOTHING_ASKED},
        issued_by=world.get("account"),
    ),
    "estimate_rule": lambda world: EstimateRule.objects.create(
        effective_from=dt.date(2000 + world.day, 1, 1),
        effective_to=dt.date(2000 + world.day, 12, 31),
        near_from_days=3,
        near_within_days=1,
        far_from_days=10,
        far_within_days=3,
        asked_within_days=3,
        dispute_over=400,
        dispute_days=120,
        dispute_where="www.example.org",
        most_months=12,
        source="test",
    ),
    "fee_schedule": lambda world: FeeSchedule.objects.create(
        name="Own list",
        payer=world.get("payer"),
        effective_from=dt.date(2020, 1, 1),
        source="test",
    ),
    "partner": lambda world: TradingPartner.objects.create(
        name=f"Partner {world.day}", receiver_id="R", sender_id="S"
    ),
    "policy": lambda world: PayerPolicy.objects.create(
        payer=world.get("payer"),
        unit_rule="cms",
        effective_from=dt.date(2026, 1, 1),
        source="test",
    ),
}
