"""What an advance beneficiary notice puts on a line: GA, GX with GY, GY or GZ.

GA: a denial as not necessary is expected and the patient signed for it. GX: the patient was told of
what Medicare never covers, which GY says. GZ: a denial is expected and nobody signed; the provider
bears it. docs/rules/modifiers.md works the cases by hand.
"""

from collections.abc import Iterable, Sequence

from billing.rules.types import AppliedModifier, Finding, Line, Notice, Severity

SOURCE = "CMS Pub. 100-04, ch. 30, § 50; form CMS-R-131"
NOTICE_MODIFIERS = ("GA", "GX", "GY", "GZ")
NEVER_COVERED = "GY"  # such a line is denied whatever else it says, and accrues nothing

WHY = {
    "GA": "The patient signed a notice that Medicare may deny it as not necessary",
    "GX": "The patient was told that Medicare never covers it",
    "GY": "Medicare never covers it",
    "GZ": "A denial as not necessary is expected, and no notice was signed",
}


def modifiers_of(line: Line, notices: Iterable[Notice]) -> list[AppliedModifier]:
    """What the notice that covers this line says; the first one that does decides."""
    notice = next((n for n in notices if n.covers(line.code, line.discipline)), None)
    if notice is None:
        return []
    codes = ("GX", "GY") if notice.kind == "GX" else (notice.kind,)
    reason = f": {notice.reason}" if notice.reason else ""
    return [AppliedModifier(code, f"{WHY[code]}{reason}", SOURCE) for code in codes]


def findings(lines: Sequence[Line], notices: Sequence[Notice]) -> list[Finding]:
    """Option 2 of the form: the patient has the service and asks that Medicare be left out."""
    codes = dict.fromkeys(
        line.code
        for line in lines
        if any(n.covers(line.code, line.discipline) and not n.bill for n in notices)
    )
    if not codes:
        return []
    return [
        Finding(
            check="notice_no_bill",
            severity=Severity.ERROR,
            message=(
                f"{', '.join(codes)}: the patient chose on the notice that Medicare is not billed. "
                "Close the claim and charge the patient."
            ),
            source=SOURCE,
            codes=tuple(codes),
            field="patient.notices",
        )
    ]
