"""The words the billing rules speak in: what was done, what is known of a code, what is found.

Everything that changes with the year or with the payer (limits, rates, edits, what a code is)
comes in through these as a value. Nothing here looks anything up.
"""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Literal


class UnitRule(StrEnum):
    """How a payer turns minutes into units; docs/rules/units.md works both by hand."""

    CMS = "cms"
    AMA = "ama"

    @property
    def label(self) -> str:
        return {
            UnitRule.CMS: "CMS: all timed minutes of the day together",
            UnitRule.AMA: "AMA: each code alone, past the midpoint",
        }[self]


class Discipline(StrEnum):
    PT = "PT"
    OT = "OT"
    SLP = "SLP"

    @property
    def modifier(self) -> str:
        # CMS Pub. 100-04, ch. 5, § 20.1
        return {Discipline.PT: "GP", Discipline.OT: "GO", Discipline.SLP: "GN"}[self]

    @property
    def assistant_modifier(self) -> str | None:
        """CQ stands only beside GP and CO only beside GO; there is none beside GN."""
        return {Discipline.PT: "CQ", Discipline.OT: "CO", Discipline.SLP: None}[self]


class Severity(StrEnum):
    ERROR = "error"  # holds the claim
    WARNING = "warning"  # is shown and does not hold it
    INFO = "info"  # says what a rule did by itself; there is nothing to do


@dataclass(frozen=True)
class CodeFacts:
    """What the rules must know of one procedure code on the date of service.

    `timed` means "so many minutes are one unit on one day". A code counted by the month or by a
    band of minutes is handed in as untimed, with its count.
    """

    code: str
    timed: bool
    minutes_per_unit: int = 15
    always_therapy: bool = False
    sometimes_therapy: bool = False
    mppr: bool = False  # MULT PROC 5 in the physician fee schedule
    base_code: str | None = None  # an add-on names the code it extends
    evaluation: Discipline | None = None  # evaluations and re-evaluations, and whose they are
    supervised_modality: bool = False  # 97010-97028 and their like: nobody's undivided minutes

    @property
    def therapy(self) -> bool:
        return self.always_therapy or self.sometimes_therapy


@dataclass(frozen=True)
class Service:
    """One service as it was logged. A code may be logged in several episodes of a day.

    `minutes` are one-on-one minutes; rest and waiting are not in them (CMS Pub. 100-04, ch. 5,
    § 20.3). `assistant_minutes` are those of them the assistant furnished alone. `count` is what
    an untimed code bills. `intervals` are the runs of its timer, where it had more than one.
    """

    code: str
    minutes: int = 0
    assistant_minutes: int = 0
    regions: tuple[str, ...] = ()
    modifiers: tuple[str, ...] = ()
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    discipline: Discipline = Discipline.PT
    count: int = 1
    intervals: tuple[tuple[datetime, datetime], ...] = ()

    def __post_init__(self) -> None:
        if not 0 <= self.assistant_minutes <= self.minutes:
            raise ValueError("0 <= assistant_minutes <= minutes must hold")
        if self.count < 1:
            raise ValueError("count must be at least 1")

    @property
    def therapist_minutes(self) -> int:
        """Minutes together count as the therapist's."""
        return self.minutes - self.assistant_minutes

    @property
    def spans(self) -> tuple[tuple[datetime, datetime], ...]:
        """When it was furnished; empty where nobody wrote that down."""
        if self.intervals or self.starts_at is None or self.ends_at is None:
            return self.intervals
        return ((self.starts_at, self.ends_at),)


# Pricing and edit modifiers first, then what the payer wants told. CMS leaves the order open
# (Pub. 100-04, ch. 5, § 10.3); this one is common practice, and each payer may set its own.
USUAL_MODIFIER_ORDER = ("59", "GP", "CQ", "KX", "GA")


@dataclass(frozen=True)
class PolicyFacts:
    """How one payer wants therapy billed."""

    unit_rule: UnitRule
    discipline_modifier: bool
    ncci: bool
    mue: bool
    assistant_modifier: bool
    distinct_modifier: Literal["59", "X"]
    mppr: bool
    kx: bool
    modifier_order: tuple[str, ...] = USUAL_MODIFIER_ORDER
    certification_required: bool = False
    referring_required: bool = False
    authorization_required: bool = False
    timely_filing_days: int | None = None
    timely_filing_months: int | None = None  # counted by the calendar; wins over days


@dataclass(frozen=True)
class AppliedModifier:
    code: str
    reason: str
    source: str


@dataclass(frozen=True)
class Line:
    """What becomes one service line: one per code and date, two when an assistant split it."""

    code: str
    units: int
    discipline: Discipline = Discipline.PT
    assistant: bool = False


@dataclass(frozen=True)
class Finding:
    """Something a biller should know. `field` says where it is put right."""

    check: str
    severity: Severity
    message: str
    source: str
    codes: tuple[str, ...] = ()
    field: str = ""
    extras: Mapping[str, object] = dataclasses.field(default_factory=dict)

    def as_dict(self) -> dict[str, object]:
        answer: dict[str, object] = {
            "check": self.check,
            "severity": self.severity.value,
            "codes": list(self.codes),
            **self.extras,
            "message": self.message,
            "source": self.source,
        }
        if self.field:
            answer["field"] = self.field
        return answer


def error(check: str, message: str, source: str, field: str, *codes: str) -> list[Finding]:
    """The one finding of a check that holds a claim, as a list because checks return lists."""
    return [Finding(check, Severity.ERROR, message, source, codes, field)]


def warning(check: str, message: str, source: str, field: str, *codes: str) -> list[Finding]:
    return [Finding(check, Severity.WARNING, message, source, codes, field)]


def info(check: str, message: str, source: str, field: str, *codes: str) -> list[Finding]:
    return [Finding(check, Severity.INFO, message, source, codes, field)]


@dataclass(frozen=True)
class UnitResult:
    """What a visit bills, and every other way the rule would let it be billed.

    `units` holds timed codes and adds up to `units_total`; untimed codes stand apart because no
    minute table decides them. `by_discipline` holds both, in the order the services were logged.
    """

    rule: UnitRule
    timed_minutes: int
    units_total: int
    units: Mapping[str, int]
    untimed_units: Mapping[str, int]
    alternatives: tuple[Mapping[str, int], ...]
    by_discipline: Mapping[Discipline, Mapping[str, int]]
    proof: tuple[str, ...]
    findings: tuple[Finding, ...] = ()

    @property
    def tied(self) -> bool:
        return bool(self.alternatives)


@dataclass(frozen=True)
class PtpEdit:
    """One row of the NCCI procedure-to-procedure file. Both days are the edit's own."""

    column1: str
    column2: str
    modifier_indicator: int
    effective_on: date | None = None  # None: in force since before our file begins
    deleted_on: date | None = None  # the last day in force


@dataclass(frozen=True)
class MueLimit:
    """One row of the NCCI medically-unlikely-edit file."""

    code: str
    units: int
    adjudication_indicator: int


@dataclass(frozen=True)
class Threshold:
    """The KX amounts of one calendar year."""

    pt_slp: Decimal
    ot: Decimal
    medical_review: Decimal | None = None

    def of(self, discipline: Discipline) -> Decimal:
        return self.ot if discipline is Discipline.OT else self.pt_slp


@dataclass(frozen=True)
class Rvu:
    work: Decimal
    pe: Decimal
    mp: Decimal

    @property
    def total(self) -> Decimal:
        return self.work + self.pe + self.mp


@dataclass(frozen=True)
class Gpci:
    work: Decimal
    pe: Decimal
    mp: Decimal


@dataclass(frozen=True)
class Rates:
    """What a unit is worth on the date and in the place of service."""

    conversion_factor: Decimal
    gpci: Gpci
    rvu: Mapping[str, Rvu]
    pe_reduction: Decimal  # share of practice expense taken off every unit but the first
    source: str = ""  # which file and which locality, for the proof


@dataclass(frozen=True)
class Shares:
    """How Medicare shares an allowed amount, on the date of service."""

    coinsurance: Decimal
    assistant: Decimal  # of what Medicare would pay, where CQ or CO stands
    sequestration: Decimal


@dataclass(frozen=True)
class Notice:
    """An advance beneficiary notice in force, or the record that there is none.

    `kind` is GA, GX, GY or GZ; `codes` empty means every service of the discipline. `bill` is
    false where the patient wants the service and not that Medicare is billed.
    """

    kind: Literal["GA", "GX", "GY", "GZ"]
    discipline: Discipline
    codes: frozenset[str] = frozenset()
    reason: str = ""
    bill: bool = True

    def covers(self, code: str, discipline: Discipline) -> bool:
        return discipline is self.discipline and (not self.codes or code in self.codes)
