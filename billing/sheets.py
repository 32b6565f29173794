"""What stands in the CSV files of billing's lists."""

from __future__ import annotations

from typing import Any

from billing.models import Claim, Finding
from people.exports import Columns


def _services(claim: Claim) -> str:
    return "; ".join(
        " ".join([line.code_id, *line.modifiers, f"x {line.units}"]) for line in claim.lines.all()
    )


def _findings(claim: Claim, severity: Any) -> str:
    return "; ".join(row.message for row in claim.findings.all() if row.severity == severity)


CLAIMS: Columns = (
    ("Claim", lambda row: row.control_number),
    ("Patient", lambda row: row.patient.list_name),
    ("MRN", lambda row: row.patient.mrn),
    ("Date of service", lambda row: row.visit.date_of_service),
    ("Therapist", lambda row: row.visit.therapist),
    ("Payer", lambda row: row.payer),
    ("File by", lambda row: row.file_by),
    ("Services", _services),
    ("Status", lambda row: row.get_status_display()),
    ("What holds it", lambda row: _findings(row, Finding.Severity.ERROR)),
    ("Advice", lambda row: _findings(row, Finding.Severity.WARNING)),
    ("Charge", lambda row: row.total),
    ("Payer's place", lambda row: row.place),
    ("Patient's share", lambda row: row.patient_share),
)

BATCHES: Columns = (
    ("File", lambda row: row.file.file_name),
    ("Receiver", lambda row: row.partner),
    ("Built at (UTC)", lambda row: row.built_at),
    ("Built by", lambda row: row.built_by),
    ("Status", lambda row: row.get_status_display()),
    ("Claims", lambda row: len(row.claims.all())),
    ("Charges", lambda row: row.total),
)

REPLIES: Columns = (
    ("File", lambda row: row.name),
    ("Kind", lambda row: row.kind_label),
    ("From", lambda row: row.sender),
    ("Taken in at (UTC)", lambda row: row.received_at),
    ("Status", lambda row: row.get_status_display()),
    ("Claims accepted", lambda row: row.accepted),
    ("Claims rejected", lambda row: row.rejected),
    ("Not ours", lambda row: row.unmatched),
    ("Problem", lambda row: row.problem),
)
