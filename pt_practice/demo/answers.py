"""What the demo's clearinghouse answers to a file: a 999, and a 277CA with its claims' fates."""

from __future__ import annotations

from collections.abc import Mapping

from billing.models import Batch, Claim

# Each with the reason a payer would give, in its codes: member ID, referring NPI, diagnosis.
REASONS = ("A7:164:IL", "A7:562:DN", "A7:255")


def acknowledged(batch: Batch) -> bytes:
    """A 999 that takes the whole file."""
    number = batch.interchange_control_number
    answered = ["AK2*837*0001*005010X222A1", "IK5*A"]
    return _file(
        batch,
        ["ST*999*0001*005010X231A1", f"AK1*HC*{number}*005010X222A1", *answered, "AK9*A*1*1*1"],
        kind="FA",
        version="005010X231A1",
    )


def answered(batch: Batch, fates: Mapping[Claim, str]) -> bytes:
    """A 277CA that names each claim: turned back with a reason, or taken with a number."""
    day = f"{batch.built_at:%Y%m%d}"
    body = [
        "ST*277*0001*005010X214",
        f"BHT*0085*08*DEMO{batch.interchange_control_number}*{day}*1200*TH",
        "HL*1**20*1",
        "NM1*PR*2*DEMO CLEARINGHOUSE*****46*DEMO",
        f"TRN*1*DEMO{batch.interchange_control_number}",
        "HL*2*1*21*1",
        "NM1*41*2*PT PRACTICE DEMO*****46*DEMO",
        f"TRN*2*B{batch.interchange_control_number:09d}",
        f"STC*A1:19:PR*{day}*WQ*{batch.total}",
        "HL*3*2*19*1",
        "NM1*85*2*PT PRACTICE DEMO*****XX*1234567893",
    ]
    for place, (claim, fate) in enumerate(fates.items(), start=4):
        body += [f"HL*{place}*3*PT", "NM1*QC*1*DEMO*PATIENT", f"TRN*2*{claim.control_number}"]
        if fate == "rejected":
            reason = REASONS[place % len(REASONS)]
            body.append(f"STC*{reason}*{day}*U*{claim.total}")
        else:
            body.append(f"STC*A2:20:PR*{day}*WQ*{claim.total}")
            body.append(f"REF*1K*ICN{claim.pk:09d}")
    return _file(batch, body, kind="HN", version="005010X214")


def _file(batch: Batch, body: list[str], *, kind: str, version: str) -> bytes:
    number = batch.interchange_control_number
    moment = batch.built_at
    receiver = batch.partner.sender_id.ljust(15)
    sender = batch.partner.receiver_id.ljust(15)
    segments = [
        f"ISA*00*          *00*          *ZZ*{sender}*ZZ*{receiver}*{moment:%y%m%d*%H%M}"
        f"*^*00501*{number:09d}*0*P*:",
        f"GS*{kind}*{sender.strip()}*{receiver.strip()}*{moment:%Y%m%d*%H%M}*{number}*X*{version}",
        *body,
        f"SE*{len(body) + 1}*0001",
        f"GE*1*{number}",
        f"IEA*1*{number:09d}",
    ]
    return "~\n".join([*segments, ""]).encode("ascii")
