"""The coded values that an outgoing professional claim may carry, each by a plain name.

The values are those that the 005010X222A1 element accepts; the names are ours. A value outside
its list is refused when the file is written.
"""

from enum import StrEnum

GUIDE = "005010X222A1"  # GS08 and ST03: the professional claim and its errata


class Usage(StrEnum):
    """ISA15: does the receiver act on the file, or only look at it?"""

    TEST = "T"
    PRODUCTION = "P"


class Responsibility(StrEnum):
    """SBR01: the place of this payer in the order in which payers pay."""

    PRIMARY = "P"
    SECONDARY = "S"
    TERTIARY = "T"


class Relationship(StrEnum):
    """PAT01 and SBR02: what the patient is to the subscriber."""

    SPOUSE = "01"
    SELF = "18"
    CHILD = "19"
    EMPLOYEE = "20"
    UNKNOWN = "21"
    ORGAN_DONOR = "39"
    CADAVER_DONOR = "40"
    LIFE_PARTNER = "53"
    OTHER = "G8"


class Sex(StrEnum):
    """DMG03: the sex the payer has on file, which need not be the patient's gender."""

    FEMALE = "F"
    MALE = "M"
    UNKNOWN = "U"


class ClaimFiling(StrEnum):
    """SBR09: the kind of coverage. Every claim names one."""

    OTHER_NON_FEDERAL = "11"
    PREFERRED_PROVIDER = "12"
    POINT_OF_SERVICE = "13"
    EXCLUSIVE_PROVIDER = "14"
    INDEMNITY = "15"
    MEDICARE_ADVANTAGE = "16"
    DENTAL_MAINTENANCE = "17"
    AUTO_MEDICAL = "AM"
    BLUE_CROSS_BLUE_SHIELD = "BL"
    TRICARE = "CH"
    COMMERCIAL = "CI"
    DISABILITY = "DS"
    FEDERAL_EMPLOYEES = "FI"
    HEALTH_MAINTENANCE = "HM"
    LIABILITY = "LM"
    MEDICARE_PART_A = "MA"
    MEDICARE_PART_B = "MB"
    MEDICAID = "MC"
    OTHER_FEDERAL = "OF"
    TITLE_V = "TV"
    VETERANS_AFFAIRS = "VA"
    WORKERS_COMPENSATION = "WC"
    UNKNOWN = "ZZ"


MEDICARE = frozenset({ClaimFiling.MEDICARE_PART_A, ClaimFiling.MEDICARE_PART_B})


class MedicareSecondary(StrEnum):
    """SBR05: why Medicare does not pay first (42 CFR part 411 names the cases)."""

    WORKING_AGED = "12"
    END_STAGE_RENAL = "13"
    NO_FAULT = "14"
    WORKERS_COMPENSATION = "15"
    PUBLIC_HEALTH = "16"
    BLACK_LUNG = "41"
    VETERANS_AFFAIRS = "42"
    DISABLED = "43"
    LIABILITY = "47"


class TaxIdKind(StrEnum):
    """REF01 beside the billing provider's tax number."""

    EIN = "EI"
    SSN = "SY"


class PayerIdKind(StrEnum):
    """NM108 of a payer: a number the trading partners agreed on, or the national plan id."""

    PAYER = "PI"
    NATIONAL_PLAN = "XV"


class Frequency(StrEnum):
    """CLM05-3: first time, in place of an earlier claim, or taking one back.

    Both of the last two need the number the payer gave the earlier claim.
    """

    ORIGINAL = "1"
    REPLACEMENT = "7"
    VOID = "8"


class Assignment(StrEnum):
    """CLM07: does the provider take the payer's allowed amount as the price?"""

    ASSIGNED = "A"
    LABORATORY_ONLY = "B"
    NOT_ASSIGNED = "C"


class BenefitsAssignment(StrEnum):
    """CLM08 and OI03: did the patient let the payer pay the provider directly?"""

    YES = "Y"
    NO = "N"
    NOT_APPLICABLE = "W"


class Release(StrEnum):
    """CLM09 and OI06: on what ground may the record be shared with the payer?"""

    SIGNED = "Y"
    ALLOWED_BY_LAW = "I"


class AccidentCause(StrEnum):
    """CLM11-1 and CLM11-2: what the condition comes from."""

    AUTO = "AA"
    EMPLOYMENT = "EM"
    OTHER = "OA"


class NoteKind(StrEnum):
    """NTE01 of the one note a claim may carry."""

    ADDITIONAL = "ADD"
    CERTIFICATION = "CER"
    GOALS = "DCP"
    DIAGNOSIS = "DGN"
    THIRD_PARTY = "TPO"


class AttachmentReport(StrEnum):
    """PWK01: the reports a therapy clinic sends beside a claim."""

    BEYOND_GUIDELINES = "03"
    INITIAL_ASSESSMENT = "06"
    FUNCTIONAL_GOALS = "07"
    PLAN_OF_TREATMENT = "08"
    PROGRESS_REPORT = "09"
    CERTIFICATION = "CT"
    SUPPORT_DATA = "OZ"
    PHYSICAL_THERAPY_NOTES = "PN"
    PHYSICIAN_REPORT = "PY"
    PHYSICAL_THERAPY_CERTIFICATION = "PZ"


class AttachmentDelivery(StrEnum):
    """PWK02: how the report reaches the payer."""

    ON_REQUEST = "AA"
    MAIL = "BM"
    ELECTRONIC = "EL"
    E_MAIL = "EM"
    FILE_TRANSFER = "FT"
    FAX = "FX"


class AdjustmentGroup(StrEnum):
    """CAS01: who bears an adjustment. Payers' answers use the same letters."""

    CONTRACT = "CO"
    CORRECTION = "CR"
    OTHER = "OA"
    PAYER = "PI"
    PATIENT = "PR"
