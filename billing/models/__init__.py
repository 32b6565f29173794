"""What it is worth: payers' rules and fees, claims, files that leave the house, the ledger."""

from billing.models.adjudication import AdjudicatedLine, Adjudication, Adjustment
from billing.models.attachment import ClaimAttachment
from billing.models.claim import Claim, ClaimLine, ClaimVersion, Finding, UnitChoice
from billing.models.entry import LedgerEntry
from billing.models.estimate import Estimate, EstimateRequest, EstimateRule
from billing.models.exchange import Batch, EdiFile, FetchedFile
from billing.models.notice import AbnRecord, YearUse
from billing.models.packet import AuditPacket
from billing.models.paper import PaperBatch
from billing.models.payer import CodeRule, Fee, FeeSchedule, PayerPolicy, TradingPartner
from billing.models.printer import FormPrinter
from billing.models.reply import Reply, ReplyItem
from billing.models.rule_data import (
    ClinicLocality,
    ConversionFactor,
    GeographicIndex,
    MedicareAmounts,
    NcciPair,
    RelativeValue,
    RuleLoad,
    RuleLoadPart,
    StagedRow,
    UnitLimit,
)
from billing.models.self_pay import Superbill, SuperbillVisit

__all__ = [
    "AbnRecord",
    "AdjudicatedLine",
    "Adjudication",
    "Adjustment",
    "AuditPacket",
    "Batch",
    "Claim",
    "ClaimAttachment",
    "ClaimLine",
    "ClaimVersion",
    "ClinicLocality",
    "CodeRule",
    "ConversionFactor",
    "EdiFile",
    "Estimate",
    "EstimateRequest",
    "EstimateRule",
    "Fee",
    "FeeSchedule",
    "FetchedFile",
    "Finding",
    "FormPrinter",
    "GeographicIndex",
    "LedgerEntry",
    "MedicareAmounts",
    "NcciPair",
    "PaperBatch",
    "PayerPolicy",
    "RelativeValue",
    "Reply",
    "ReplyItem",
    "RuleLoad",
    "RuleLoadPart",
    "StagedRow",
    "Superbill",
    "SuperbillVisit",
    "TradingPartner",
    "UnitChoice",
    "UnitLimit",
    "YearUse",
]
