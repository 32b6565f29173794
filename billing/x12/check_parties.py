"""Are the people, clinics and payers of an 837P named, numbered and placed as the guide asks?"""

from billing.x12.codes import (
    MEDICARE,
    ClaimFiling,
    MedicareSecondary,
    PayerIdKind,
    Relationship,
    Responsibility,
    Sex,
    TaxIdKind,
)
from billing.x12.outline import Loop
from billing.x12.patterns import (
    MEDICARE_ID,
    STATE,
    TAXONOMY,
    has_form,
    is_post_office_box,
    npi_is_valid,
)
from billing.x12.problems import Report
from billing.x12.read import Segment, to_day

NINE_DIGIT_ZIP = ("2010AA", "2310C")
NPI_REQUIRED = ("2010AA", "2310B", "2310D", "2420A")
RENDERING = ("2310B", "2420A")


def check_parties(report: Report, root: Loop) -> None:
    """Everybody above the claims, from submitter to patient."""
    for loop in (root.one("1000A"), root.one("1000B")):
        check_party(report, loop)
    for billing in root.within("2000A"):
        for loop in (billing.one("2010AA"), billing.one("2010AB")):
            check_party(report, loop)
        _check_taxonomy(report, billing, "BI")
        _check_billing_provider(report, billing.one("2010AA"))
        for subscriber in billing.within("2000B"):
            _check_subscriber(report, subscriber)


def check_party(report: Report, loop: Loop) -> None:
    """NM1, N3, N4, PRV and DMG of any one loop."""
    for name in loop.all("NM1"):
        _check_name(report, loop, name)
    for place in loop.all("N4"):
        _check_place(report, loop, place)
    for birth in loop.all("DMG"):
        if birth.get(1) != "D8" or to_day(birth.get(2)) is None:
            report.add("date", "DMG02 is not a day.", birth)
        if birth.get(3) not in list(Sex):
            report.add("code", "DMG03 is not a known sex code.", birth)
    if loop.name in RENDERING:
        _check_taxonomy(report, loop, "PE")


def _check_name(report: Report, loop: Loop, name: Segment) -> None:
    if name.get(2) not in ("1", "2"):
        report.add("code", "NM102 is neither a person nor an organization.", name)
    if not name.get(3) and loop.name != "2010AB":
        report.add("name", "NM103 is empty.", name)
    if name.get(2) == "2" and any(name.get(position) for position in (4, 5, 6, 7)):
        report.add("name", "An organization has no first name or suffix.", name)
    if bool(name.get(8)) != bool(name.get(9)):
        report.add("name", "NM108 and NM109 go together.", name)
    if name.get(8) == "XX" and not npi_is_valid(name.get(9)):
        report.add("npi", "NM109 is not a valid National Provider Identifier.", name)
    if loop.name in NPI_REQUIRED and name.get(8) != "XX":
        report.add("npi", f"Loop {loop.name} has no National Provider Identifier.", name)


def _check_place(report: Report, loop: Loop, place: Segment) -> None:
    if place.get(4) not in ("", "US"):
        if loop.name in NINE_DIGIT_ZIP:
            report.add("zip", f"Loop {loop.name} has an address outside the US.", place)
        return
    if not has_form(STATE, place.get(2)):
        report.add("state", "N402 is not a US state code.", place)
    wanted = "[0-9]{9}" if loop.name in NINE_DIGIT_ZIP else "[0-9]{5}|[0-9]{9}"
    if not has_form(wanted, place.get(3)):
        report.add("zip", f"N403 is not the ZIP code that loop {loop.name} needs.", place)


def _check_taxonomy(report: Report, loop: Loop, role: str) -> None:
    for specialty in loop.all("PRV"):
        if (specialty.get(1), specialty.get(2)) != (role, "PXC"):
            report.add("code", f"PRV does not say {role} and PXC.", specialty)
        if not has_form(TAXONOMY, specialty.get(3)):
            report.add("taxonomy", "PRV03 is not a taxonomy code.", specialty)


def _check_billing_provider(report: Report, loop: Loop) -> None:
    for street in loop.all("N3"):
        if is_post_office_box(street.get(1)) or is_post_office_box(street.get(2)):
            report.add("street", "The billing address is a post-office box.", street)
    for number in loop.all("REF"):
        if number.get(1) not in list(TaxIdKind) or not has_form("[0-9]{9}", number.get(2)):
            report.add("tax-id", "REF02 is not a tax number of nine digits.", number)


def _check_subscriber(report: Report, loop: Loop) -> None:
    person = loop.one("2010BA")
    for inner in (person, loop.one("2010BB")):
        check_party(report, inner)
    check_coverage(report, loop, person)
    patients = list(loop.within("2000C"))
    itself = loop.get("SBR", 2) == "18"
    opening = loop.first("SBR")
    if itself == bool(patients) or loop.get("SBR", 2) not in ("", "18"):
        report.add("patient", "SBR02 is 18 exactly when no patient level follows.", opening)
    if bool(list(loop.within("2300"))) == bool(patients):
        report.add("patient", "Claims stand either here or with the patients below.", opening)
    shown = [person.first(name) is not None for name in ("N3", "N4", "DMG")]
    if shown != [itself] * 3:
        report.add(
            "patient", "Address and birth date belong here when the subscriber is the patient.",
            person.first("NM1"),
        )  # fmt: skip
    if itself and person.get("NM1", 2) != "1":
        report.add("patient", "An organization cannot be the patient.", person.first("NM1"))
    if loop.get("SBR", 9) in MEDICARE and patients:
        report.add("patient", "Under Medicare the patient is the subscriber.", opening)
    _check_payer(report, loop.one("2010BB"))
    for patient in patients:
        known = patient.get("PAT", 1) in set(Relationship) - {Relationship.SELF}
        if not known:
            report.add("code", "PAT01 is not a relationship.", patient.first("PAT"))
        check_party(report, patient.one("2010CA"))


def check_coverage(report: Report, loop: Loop, holder: Loop) -> None:
    """SBR, and the member number of the one who holds the coverage (2010BA or 2330A)."""
    coverage = loop.first("SBR")
    first, filing, reason = (loop.get("SBR", position) for position in (1, 9, 5))
    if first not in list(Responsibility):
        report.add("code", "SBR01 is not primary, secondary or tertiary.", coverage)
    if filing not in list(ClaimFiling):
        report.add("filing", "SBR09 does not name a kind of coverage.", coverage)
    later = filing in MEDICARE and first != Responsibility.PRIMARY
    if later != (reason in list(MedicareSecondary)) or (reason and not later):
        report.add("medicare", "SBR05 says why Medicare pays later, and only then.", coverage)
    for name in holder.all("NM1"):
        if name.get(8) != "MI" or len(name.get(9)) < 2:
            report.add("member-id", "NM109 is not a member number.", name)
        elif filing in MEDICARE and not has_form(MEDICARE_ID, name.get(9)):
            report.add("member-id", "NM109 is not a Medicare Beneficiary Identifier.", name)


def _check_payer(report: Report, loop: Loop) -> None:
    for name in loop.all("NM1"):
        if name.get(8) not in list(PayerIdKind) or len(name.get(9)) < 2:
            report.add("payer-id", "NM109 is not a payer's id.", name)
