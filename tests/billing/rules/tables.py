"""What the tests hand to the rules as stored data: facts of codes, edits, limits, rates.

Timed and untimed codes, who they belong to and MULT PROC 5: CMS Pub. 100-04, ch. 5, § 20, the
therapy code list and the physician fee schedule of July 2026. Edits: NCCI practitioner file
2024Q3. Limits: MUE practitioner table 2024Q3.
"""

from datetime import date
from decimal import Decimal

from billing.rules.types import CodeFacts, Discipline, MueLimit, PtpEdit, Rvu, Threshold

POOLED = [
    *("97032", "97033", "97034", "97035", "97036", "97110", "97112", "97113", "97116", "97124"),
    *("97140", "97530", "97533", "97535", "97537", "97542", "97750", "97755", "97760", "97761"),
    "97763",
]
UNTIMED_WITH_MPPR = [
    *("97012", "97150", "97161", "97162", "97163", "97164", "97165", "97166", "97167", "97168"),
    *("G0283", "92507", "92508", "92526"),
]
SUPERVISED = ["97010", "97012", "97014", "97016", "97018", "97022", "97024", "97026", "G0283"]
EVALUATIONS = {
    **dict.fromkeys(("97161", "97162", "97163", "97164"), Discipline.PT),
    **dict.fromkeys(("97165", "97166", "97167", "97168"), Discipline.OT),
}
FACTS = [
    *(CodeFacts(code, timed=True, always_therapy=True, mppr=True) for code in POOLED),
    *(
        CodeFacts(
            code,
            timed=False,
            always_therapy=True,
            mppr=True,
            evaluation=EVALUATIONS.get(code),
            supervised_modality=code in SUPERVISED,
        )
        for code in UNTIMED_WITH_MPPR
    ),
    CodeFacts("97010", timed=False, always_therapy=True, supervised_modality=True),
    CodeFacts("97545", timed=True, minutes_per_unit=120, always_therapy=True),
    CodeFacts("97546", timed=True, minutes_per_unit=60, always_therapy=True, base_code="97545"),
    CodeFacts("96125", timed=True, minutes_per_unit=60, always_therapy=True, mppr=True),
    CodeFacts("97129", timed=True, sometimes_therapy=True),
    CodeFacts("97130", timed=True, sometimes_therapy=True, base_code="97129"),
    CodeFacts("90912", timed=True, sometimes_therapy=True),
    CodeFacts("90913", timed=True, sometimes_therapy=True, base_code="90912"),
    CodeFacts("97550", timed=True, minutes_per_unit=30, sometimes_therapy=True),
    CodeFacts("97551", timed=True, sometimes_therapy=True, base_code="97550"),
    CodeFacts("97597", timed=False, sometimes_therapy=True),
    CodeFacts("97598", timed=False, sometimes_therapy=True, base_code="97597"),
    CodeFacts("20560", timed=False),
    CodeFacts("97810", timed=True),
    CodeFacts("98940", timed=False),
    CodeFacts("98941", timed=False),
]
CODES = {fact.code: fact for fact in FACTS}

ENDED, REISSUED = date(2019, 12, 31), date(2020, 10, 1)
EDITS = (
    PtpEdit("97760", "97112", 1),
    PtpEdit("97763", "97112", 1),
    PtpEdit("90912", "97112", 1),
    PtpEdit("92526", "97112", 1),
    PtpEdit("98940", "97112", 1),
    PtpEdit("97112", "97036", 1),
    PtpEdit("97150", "97110", 1),
    PtpEdit("97150", "97112", 1),
    PtpEdit("97150", "97140", 1),
    PtpEdit("97150", "97530", 1),
    PtpEdit("97530", "97750", 1),
    PtpEdit("97140", "97750", 1),
    PtpEdit("97113", "97110", 1),
    PtpEdit("97012", "97140", 1),
    PtpEdit("97012", "97164", 1),
    PtpEdit("98941", "97140", 1),
    PtpEdit("97140", "97124", 0),
    PtpEdit("97161", "97750", 0),
    PtpEdit("97161", "97164", 0),
    PtpEdit("97162", "97161", 0),
    PtpEdit("97163", "97161", 0),
    PtpEdit("98940", "97161", 0),
    PtpEdit("97750", "97150", 0),
    # In force once, or never; each is still repeated somewhere.
    PtpEdit("97161", "97140", 9, date(2020, 1, 1), date(2020, 1, 1)),
    PtpEdit("97161", "97140", 9, REISSUED, REISSUED),
    PtpEdit("97110", "97164", 1, None, ENDED),
    PtpEdit("97110", "97164", 9, REISSUED, REISSUED),
    PtpEdit("97116", "97164", 1, None, ENDED),
    PtpEdit("97116", "97164", 9, REISSUED, REISSUED),
    PtpEdit("97112", "97164", 1, None, ENDED),
    PtpEdit("97112", "97164", 9, REISSUED, REISSUED),
    PtpEdit("97112", "97750", 1, None, date(2003, 9, 30)),
)

MUE = {
    limit.code: limit
    for limit in (
        MueLimit("97112", 4, 3),
        MueLimit("97110", 6, 3),
        MueLimit("97530", 6, 3),
        MueLimit("97035", 2, 3),
        MueLimit("97140", 6, 3),
        MueLimit("97161", 1, 2),
        MueLimit("97010", 0, 3),
    )
}

# CMS therapy services page and the yearly change requests; PT with SLP, and OT apart.
THRESHOLDS = {
    2019: Threshold(Decimal("2040"), Decimal("2040"), Decimal("3000")),
    2021: Threshold(Decimal("2110"), Decimal("2110"), Decimal("3000")),
    2024: Threshold(Decimal("2330"), Decimal("2330"), Decimal("3000")),
    2025: Threshold(Decimal("2410"), Decimal("2410"), Decimal("3000")),
    2026: Threshold(Decimal("2480"), Decimal("2480"), Decimal("3000")),
}

# July 2026 physician fee schedule, non-facility: work, practice expense, malpractice.
RVU = {
    code: Rvu(Decimal(work), Decimal(pe), Decimal(mp))
    for code, work, pe, mp in (
        ("97112", ".50", ".47", ".01"),
        ("97110", ".45", ".41", ".01"),
        ("97116", ".45", ".41", ".01"),
        ("97140", ".43", ".39", ".01"),
        ("97530", ".44", ".60", ".01"),
        ("97129", ".50", ".16", ".01"),
        ("97150", ".29", ".24", ".01"),
        ("97161", "1.54", "1.38", ".01"),
    )
}
