"""What it is worth: payers' rules and fees, claims, files that leave the house, the ledger."""

from billing.models.claim import Claim, ClaimLine, ClaimVersion, Finding, UnitChoice
from billing.models.entry import LedgerEntry
from billing.models.exchange import Batch, EdiFile
from billing.models.payer import CodeRule, Fee, FeeSchedule, PayerPolicy, TradingPartner
from billing.models.reply import Reply, ReplyItem

__all__ = [
    "Batch",
    "Claim",
    "ClaimLine",
    "ClaimVersion",
    "CodeRule",
    "EdiFile",
    "Fee",
    "FeeSchedule",
    "Finding",
    "LedgerEntry",
    "PayerPolicy",
    "Reply",
    "ReplyItem",
    "TradingPartner",
    "UnitChoice",
]
