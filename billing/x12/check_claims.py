"""Does each claim of an 837P add up, point to what exists, and carry what its own facts demand?"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from billing.x12.check_other_payers import check_other_payers
from billing.x12.check_parties import check_coverage, check_party
from billing.x12.codes import (
    AccidentCause,
    Assignment,
    BenefitsAssignment,
    Frequency,
    Release,
    Responsibility,
)
from billing.x12.outline import Loop
from billing.x12.patterns import DIAGNOSIS, MODIFIER, PLACE_OF_SERVICE, PROCEDURE, STATE, has_form
from billing.x12.problems import Report
from billing.x12.read import Segment, to_amount, to_day

INPATIENT = "21"
MOST_CLAIMS = 5000
MOST_CLAIMS_OF_ONE_PATIENT = 100
MOST_LINES = 50


def check_claims(report: Report, root: Loop, *, used: set[str], filed_on: str) -> None:
    """Every claim of a transaction.

    `used` holds the control numbers of claims and lines seen so far in the file and is added to;
    `filed_on` is the day of the file (GS04).
    """
    levels = list(_patient_levels(root))
    if sum(len(list(level.within("2300"))) for level in levels) > MOST_CLAIMS:
        report.add("claim-count", f"A transaction holds at most {MOST_CLAIMS} claims.")
    for level in levels:
        claims = list(level.within("2300"))
        if len(claims) > MOST_CLAIMS_OF_ONE_PATIENT:
            report.add(
                "claim-count", "One patient level holds too many claims.", claims[-1].first("CLM")
            )
        born_on = to_day(level.one("2010CA" if level.name == "2000C" else "2010BA").get("DMG", 2))
        for claim in claims:
            _check_claim(report, claim)
            _check_numbers(report, claim, used)
            _check_days(report, claim, born_on=born_on, filed_on=to_day(filed_on))
            check_other_payers(report, claim)


def _patient_levels(root: Loop) -> Iterator[Loop]:
    for billing in root.within("2000A"):
        for subscriber in billing.within("2000B"):
            yield subscriber
            yield from subscriber.within("2000C")


def _check_claim(report: Report, loop: Loop) -> None:
    claim = loop.segments[0]
    charged = to_amount(claim.get(2))
    lines = list(loop.within("2400"))
    amounts = [to_amount(line.get("SV1", 2)) for line in lines]
    if charged is None or charged < 0:
        report.add("amount", "CLM02 is not an amount.", claim)
    elif charged != sum((amount for amount in amounts if amount is not None), Decimal(0)):
        report.add("claim-total", "CLM02 is not the sum of SV102.", claim)
    if not has_form(PLACE_OF_SERVICE, claim.get(5, 1)) or claim.get(5, 2) != "B":
        report.add("code", "CLM05 is not a place of service.", claim)
    facts = ((6, ("Y", "N")), (7, Assignment), (8, BenefitsAssignment), (9, Release))
    for position, codes in facts:
        if claim.get(position) not in list(codes):
            report.add("code", f"CLM{position:02d} holds a code that is not known.", claim)
    _check_frequency(report, loop, claim)
    _check_accident(report, loop, claim)
    if claim.get(5, 1) == INPATIENT and loop.first("DTP", "435") is None:
        report.add("admission", "An inpatient claim names the day of admission (435).", claim)
    diagnoses = _check_diagnoses(report, loop)
    for name in ("2310A", "2310B", "2310C", "2310D"):
        for party in loop.within(name):
            check_party(report, party)
    _check_repeated_provider(report, loop)
    if len(lines) > MOST_LINES:
        report.add("line-count", f"A claim holds at most {MOST_LINES} lines.", claim)
    for number, line in enumerate(lines, start=1):
        _check_line(report, line, number, diagnoses)
    coverage = loop.nearest("2000B")
    if (
        coverage
        and coverage.get("SBR", 1) != Responsibility.PRIMARY
        and not loop.one("2320").segments
    ):
        report.add("other-payer", "A later payer is told who came first (2320).", claim)
    for other in loop.within("2320"):
        check_coverage(report, other, other.one("2330A"))


def _check_frequency(report: Report, loop: Loop, claim: Segment) -> None:
    frequency = claim.get(5, 3)
    if frequency not in list(Frequency):
        report.add("frequency", "CLM05-3 is not original, replacement or void.", claim)
    elif (frequency != Frequency.ORIGINAL) != (loop.first("REF", "F8") is not None):
        report.add("frequency", "The payer's claim number (F8) goes with 7 and 8.", claim)


def _check_accident(report: Report, loop: Loop, claim: Segment) -> None:
    causes = [claim.get(11, component) for component in (1, 2) if claim.get(11, component)]
    if any(cause not in list(AccidentCause) for cause in causes):
        report.add("accident", "CLM11 holds a cause that is not known.", claim)
    if AccidentCause.AUTO in causes and not has_form(STATE, claim.get(11, 4)):
        report.add("accident", "An auto accident names its state (CLM11-4).", claim)
    day_needed = set(causes) & {AccidentCause.AUTO, AccidentCause.OTHER}
    if day_needed and loop.first("DTP", "439") is None:
        report.add("accident", "An accident names its day (439).", claim)


def _check_diagnoses(report: Report, loop: Loop) -> int:
    """Check HI and return how many diagnoses it has."""
    found = loop.first("HI")
    if found is None:
        return 0
    codes = []
    for position in range(1, len(found.elements) + 1):
        kind, code = (*found.components(position), "", "")[:2]
        if kind != ("ABK" if position == 1 else "ABF"):
            report.add("diagnosis", "HI starts with ABK and goes on with ABF.", found)
        if not has_form(DIAGNOSIS, code):
            report.add("diagnosis", f"HI{position:02d} is not an ICD-10-CM code.", found)
        codes.append(code)
    if len(codes) > 12 or len(set(codes)) != len(codes):
        report.add("diagnosis", "HI has more than 12 diagnoses, or one twice.", found)
    return len(codes)


def _check_repeated_provider(report: Report, loop: Loop) -> None:
    """What is known from above is not said again in 2310B, 2310C or 2420A."""
    level = loop.nearest("2000A")
    billing = level.one("2010AA") if level else Loop("2010AA")
    rendering = loop.one("2310B")
    if rendering.segments and rendering.get("NM1", 9) == billing.get("NM1", 9):
        report.add("repeated", "2310B repeats the billing provider.", rendering.segments[0])
    facility = loop.one("2310C")
    here, there = (
        [segment.elements for name in ("N3", "N4") for segment in place.all(name)]
        for place in (facility, billing)
    )
    if facility.segments and here == there:
        report.add("repeated", "2310C repeats the billing address.", facility.segments[0])
    whole = rendering.get("NM1", 9) or billing.get("NM1", 9)
    for line in loop.within("2400"):
        for own in line.within("2420A"):
            check_party(report, own)
            if own.get("NM1", 9) == whole:
                report.add("repeated", "2420A repeats who furnished the claim.", own.segments[0])


def _check_line(report: Report, loop: Loop, number: int, diagnoses: int) -> None:
    if loop.get("LX", 1) != str(number):
        report.add("line-number", f"LX01 is not {number}.", loop.first("LX"))
    if len(list(loop.all("SV1"))) != 1:
        report.add("line", "A line has exactly one SV1.", loop.first("LX"))
        return
    service = next(loop.all("SV1"))
    kind, code, *modifiers = (*service.components(1), "", "")[: max(2, len(service.components(1)))]
    if kind != "HC" or not has_form(PROCEDURE, code):
        report.add("procedure", "SV101 is not a CPT or HCPCS code.", service)
    if len(modifiers) > 4 or not all(has_form(MODIFIER, modifier) for modifier in modifiers):
        report.add(
            "modifier", "SV101 holds more than four modifiers, or none of that form.", service
        )
    if len(set(modifiers)) != len(modifiers):
        report.add("modifier", "SV101 has a modifier twice.", service)
    charge = to_amount(service.get(2))
    if charge is None or charge < 0:
        report.add("amount", "SV102 is not an amount.", service)
    if service.get(3) != "UN" or not has_form("[1-9][0-9]{0,3}", service.get(4)):
        report.add("units", "SV104 is not a whole number of units.", service)
    if service.get(5) and not has_form(PLACE_OF_SERVICE, service.get(5)):
        report.add("code", "SV105 is not a place of service.", service)
    pointers = service.components(7)
    if not 1 <= len(pointers) <= 4 or len(set(pointers)) != len(pointers):
        report.add("pointer", "SV107 does not point to one to four diagnoses.", service)
    if not all(has_form("[1-9][0-9]?", p) and int(p) <= diagnoses for p in pointers):
        report.add("pointer", "SV107 points to a diagnosis that the claim does not have.", service)


def _check_numbers(report: Report, loop: Loop, used: set[str]) -> None:
    """CLM01 and REF*6R are ours, present, short enough to come back, and used once."""
    claim = loop.segments[0]
    _use(report, f"claim {claim.get(1)}", 1 <= len(claim.get(1)) <= 20, used, claim, "CLM01")
    for line in loop.within("2400"):
        numbers = list(line.all("REF", "6R"))
        if len(numbers) != 1:
            report.add("line-control", "A line has exactly one REF*6R.", line.first("LX"))
        for number in numbers:
            fits = 1 <= len(number.get(2)) <= 30
            _use(report, f"line {number.get(2)}", fits, used, number, "REF*6R")


def _use(report: Report, key: str, fits: bool, used: set[str], segment: Segment, name: str) -> None:
    check = "claim-control" if name == "CLM01" else "line-control"
    if not fits:
        report.add(check, f"{name} is empty or too long to come back whole.", segment)
    if key in used:
        report.add(check, f"{name} is used twice in the file.", segment)
    used.add(key)


def _check_days(report: Report, loop: Loop, *, born_on: date | None, filed_on: date | None) -> None:
    """Every date is one, and none contradicts the birth, the visit or the day of the file."""
    for segment in loop.all("DTP"):
        if segment.get(2) != "D8" or to_day(segment.get(3)) is None:
            report.add("date", "DTP03 is not a day.", segment)
    services = []
    for line in loop.within("2400"):
        found = list(line.all("DTP", "472"))
        if len(found) != 1 or to_day(found[0].get(3)) is None:
            report.add("date", "A line has exactly one day of service (472).", line.first("LX"))
        services += [(day, segment) for segment in found if (day := to_day(segment.get(3)))]
    for day, segment in services:
        if filed_on and day > filed_on:
            report.add("date-order", "The service lies after the day of the file.", segment)
        if born_on and day < born_on:
            report.add("date-order", "The service lies before the birth.", segment)
    last = max((day for day, _ in services), default=None)
    for qualifier, what in (("431", "onset"), ("439", "accident"), ("454", "first treatment")):
        for earlier in loop.all("DTP", qualifier):
            when = to_day(earlier.get(3))
            if when and last and when > last:
                report.add("date-order", f"The {what} lies after the service.", earlier)
