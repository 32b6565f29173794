"""What stands in each box of the CMS-1500 for one claim. Values in, values out.

Read from the NUCC's field order and, where Medicare asks for something of its own, from CMS Pub.
100-04, chapter 26, section 10. A text that is too long for its box is cut to it *and* named in
`problems`, so that nobody finds out from the payer.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from billing.paper import words
from billing.paper.fields import LINES_ON_A_PAGE, Printed, field_of
from billing.x12 import codes
from billing.x12.types import Accident, Claim, Name, OtherPayer, ServiceLine
from billing.x12.values import Refused

LETTERS = "ABCDEFGHIJKL"
HOME = "12"  # place of service
ON_FILE = "SIGNATURE ON FILE"
COVERAGE = {
    codes.ClaimFiling.MEDICARE_PART_A: "Medicare",
    codes.ClaimFiling.MEDICARE_PART_B: "Medicare",
    codes.ClaimFiling.MEDICAID: "Medicaid",
    codes.ClaimFiling.TRICARE: "TRICARE",
    codes.ClaimFiling.VETERANS_AFFAIRS: "CHAMPVA",
    codes.ClaimFiling.PREFERRED_PROVIDER: "Group health plan",
    codes.ClaimFiling.POINT_OF_SERVICE: "Group health plan",
    codes.ClaimFiling.EXCLUSIVE_PROVIDER: "Group health plan",
    codes.ClaimFiling.INDEMNITY: "Group health plan",
    codes.ClaimFiling.BLUE_CROSS_BLUE_SHIELD: "Group health plan",
    codes.ClaimFiling.COMMERCIAL: "Group health plan",
    codes.ClaimFiling.FEDERAL_EMPLOYEES: "Group health plan",
    codes.ClaimFiling.HEALTH_MAINTENANCE: "Group health plan",
}
RELATIONSHIP = {
    codes.Relationship.SELF: "self",
    codes.Relationship.SPOUSE: "spouse",
    codes.Relationship.CHILD: "child",
}
ACCIDENTS = (
    ("10a", "employment", codes.AccidentCause.EMPLOYMENT),
    ("10b", "auto accident", codes.AccidentCause.AUTO),
    ("10c", "other accident", codes.AccidentCause.OTHER),
)

Text = tuple[str, str, str]  # box, field, what to print


@dataclass(frozen=True, slots=True)
class Problem:
    """Something the sheet has no room for."""

    box: str
    message: str


@dataclass(frozen=True, slots=True)
class Form:
    pages: int
    printed: tuple[Printed, ...]
    problems: tuple[Problem, ...]


def fill(claim: Claim, *, signed_on: dt.date | None = None) -> Form:
    """The claim's sheets: six lines on each, and on each a total of its own.

    `signed_on` stands beside the provider's signature in item 31.
    """
    sheet = _Sheet()
    size = LINES_ON_A_PAGE
    groups = [claim.lines[at : at + size] for at in range(0, len(claim.lines), size)] or [()]
    unspent = _paid(claim)
    for page, lines in enumerate(groups, start=1):
        total = sum((line.charge for line in lines), Decimal(0))
        paid = min(unspent, total)
        unspent -= paid
        sheet.turn_to(page)
        for text in _once(claim, signed_on):
            sheet.put(*text)
        for position, line in enumerate(lines):
            for text in _line(claim, line):
                sheet.put(*text, down=2 * position)
        sheet.put("28", "total charge", words.money(total))
        if paid:
            sheet.put("29", "amount paid", words.money(paid))
    if len(claim.diagnoses) > len(LETTERS):
        sheet.problem("21", f"The claim has {len(claim.diagnoses)} diagnoses; the form holds 12.")
    if unspent:
        sheet.problem("29", "More was paid than is charged; the form shows the charges only.")
    return Form(pages=len(groups), printed=tuple(sheet.printed), problems=tuple(sheet.problems))


class _Sheet:
    """Collects what is printed, holds each text to its box and says once what did not fit."""

    def __init__(self) -> None:
        self.page = 1
        self.printed: list[Printed] = []
        self.problems: list[Problem] = []

    def turn_to(self, page: int) -> None:
        self.page = page

    def problem(self, box: str, message: str) -> None:
        if (found := Problem(box, message)) not in self.problems:
            self.problems.append(found)

    def put(self, box: str, name: str, text: str, down: int = 0) -> None:
        if not text.strip():
            return
        field = field_of(box, name)
        if len(text) > field.most:
            self.problem(
                box,
                f"{name[0].upper()}{name[1:]} has {len(text)} characters; {field.most} fit.",
            )
            text = text[: field.most]
        self.printed.append(Printed(box, self.page, field.row + down, field.column, text))


def _is_medicare(claim: Claim) -> bool:
    return claim.subscriber.filing in codes.MEDICARE


def _paid(claim: Claim) -> Decimal:
    others = (other.paid for other in claim.other_payers if other.paid is not None)
    return sum(others, claim.patient_paid or Decimal(0))


def _once(claim: Claim, signed_on: dt.date | None) -> Iterator[Text]:
    """All but the service lines and the sums: the same on every page."""
    yield from _carrier(claim)
    yield from _patient(claim)
    yield from _insured(claim)
    yield from _accident(claim.accident)
    yield from _signatures(claim)
    yield from _days(claim)
    yield from _referring(claim)
    yield from _medical(claim)
    yield from _providers(claim, signed_on)


def _carrier(claim: Claim) -> Iterator[Text]:
    yield "carrier", "payer name", words.address_line(claim.payer.name)
    if (address := claim.payer.address) is not None:
        yield "carrier", "payer attention / address 1", words.address_line(address.line1)
        yield "carrier", "payer street", words.address_line(address.line2)
        yield "carrier", "payer CITY ST ZIP", words.city_line(address)


def _date(box: str, name: str, day: dt.date | None) -> Iterator[Text]:
    """MM DD CCYY, each part in its own place."""
    if day is not None:
        yield box, f"{name} MM".strip(), f"{day:%m}"
        yield box, f"{name} DD".strip(), f"{day:%d}"
        yield box, f"{name} CCYY".strip(), f"{day:%Y}"


def _patient(claim: Claim) -> Iterator[Text]:
    """Items 1 to 3 and 5; the subscriber is the patient unless another is named."""
    who = claim.patient or claim.subscriber
    yield "1", COVERAGE.get(claim.subscriber.filing, "Other"), "X"
    yield "1a", "insured's ID", words.number(claim.subscriber.member_id)
    yield "2", "patient name", words.last_first(who.name)
    yield from _date("3", "patient DOB", who.birth_date)
    if who.sex in (codes.Sex.FEMALE, codes.Sex.MALE):
        yield "3", f"sex {who.sex.value}", "X"
    if who.address is not None:
        yield "5", "patient street", words.street(who.address)
        yield "5", "patient city", words.address_line(who.address.city)
        yield "5", "patient state", words.address_line(who.address.state)
        yield "5", "patient ZIP", words.postal_code(who.address)
    yield from _phone("5", "patient", who.phone)


def _phone(box: str, whose: str, phone: str) -> Iterator[Text]:
    digits = "".join(character for character in phone if character.isdigit())[-10:]
    if len(digits) == 10:
        yield box, f"{whose} area code", digits[:3]
        yield box, f"{whose} phone", digits[3:]


def _insured(claim: Claim) -> Iterator[Text]:
    """Items 4, 6, 7, 9 and 11: whose coverage it is, and which other there is.

    Medicare reads them its own way (chapter 26, 10.2): when it pays first item 11 says NONE and 4,
    6 and 7 stay empty; when it pays second they name the insurance that paid first.
    """
    first = next(
        (
            other
            for other in claim.other_payers
            if other.responsibility is codes.Responsibility.PRIMARY
        ),
        None,
    )
    if _is_medicare(claim):
        if first is None:
            yield "11", "insured's group", "NONE"
            return
        yield from _primary_to_medicare(first)
        return
    subscriber = claim.subscriber
    relation = claim.patient.relationship if claim.patient else codes.Relationship.SELF
    yield "4", "insured's name", words.last_first(subscriber.name)
    yield "6", f"relationship {RELATIONSHIP.get(relation, 'other')}", "X"
    if (address := subscriber.address) is not None:
        yield "7", "insured's street", words.street(address)
        yield "7", "insured's city", words.address_line(address.city)
        yield "7", "insured's state", words.address_line(address.state)
        yield "7", "insured's ZIP", words.postal_code(address)
    yield from _phone("7", "insured's", subscriber.phone)
    yield "11", "insured's group", words.number(subscriber.group_number)
    yield from _date("11a", "insured's DOB", subscriber.birth_date)
    if subscriber.sex in (codes.Sex.FEMALE, codes.Sex.MALE):
        yield "11a", f"sex {subscriber.sex.value}", "X"
    yield from _claim_number(claim)
    yield "11c", "insurance plan/program name", words.address_line(subscriber.group_name)
    yield "11d", f"another plan {'YES' if claim.other_payers else 'NO'}", "X"
    for other in claim.other_payers[:1]:
        yield "9", "other insured's name", words.last_first(other.subscriber)
        yield (
            "9a",
            "other insured's policy/group",
            words.number(other.group_number or other.member_id),
        )
        yield (
            "9d",
            "other insurance plan name",
            words.address_line(other.group_name or other.payer.name),
        )


def _primary_to_medicare(first: OtherPayer) -> Iterator[Text]:
    yield "4", "insured's name", words.last_first(first.subscriber)
    yield "6", f"relationship {RELATIONSHIP.get(first.relationship, 'other')}", "X"
    if (address := first.subscriber_address) is not None:
        yield "7", "insured's street", words.street(address)
        yield "7", "insured's city", words.address_line(address.city)
        yield "7", "insured's state", words.address_line(address.state)
        yield "7", "insured's ZIP", words.postal_code(address)
    yield "11", "insured's group", words.number(first.group_number or first.member_id)
    yield (
        "11c",
        "insurance plan/program name",
        words.address_line(first.group_name or first.payer.name),
    )


def _claim_number(claim: Claim) -> Iterator[Text]:
    if claim.property_casualty_claim_number:
        yield "11b", "other claim ID qualifier", "Y4"
        yield "11b", "other claim ID", words.number(claim.property_casualty_claim_number)


def _accident(accident: Accident | None) -> Iterator[Text]:
    causes = accident.causes if accident is not None else ()
    for box, name, cause in ACCIDENTS:
        yield box, f"{name} {'YES' if cause in causes else 'NO'}", "X"
    if accident is not None and codes.AccidentCause.AUTO in causes:
        yield "10b", "auto accident state", words.name_part(accident.state)


def _signatures(claim: Claim) -> Iterator[Text]:
    if claim.release is codes.Release.SIGNED:
        yield "12", "patient's signature", ON_FILE
    if claim.benefits_assignment is codes.BenefitsAssignment.YES:
        yield "13", "insured's signature", ON_FILE


def _days(claim: Claim) -> Iterator[Text]:
    """Items 14 to 16 and 18. Medicare reads no item 15."""
    accident_on = claim.accident.occurred_on if claim.accident is not None else None
    began_on = claim.onset_on or accident_on
    if began_on is not None:
        yield from _date("14", "current illness/injury", began_on)
        yield "14", "qualifier", "431"
    if not _is_medicare(claim):
        yield from _other_date(claim, accident_on)
    yield from _date("16", "unable to work from", claim.last_worked_on)
    yield from _date("16", "unable to work to", claim.return_to_work_on)
    yield from _date("18", "hospitalization from", claim.admitted_on)
    yield from _date("18", "hospitalization to", claim.discharged_on)


def _other_date(claim: Claim, accident_on: dt.date | None) -> Iterator[Text]:
    """One day has room: the accident's when there was one, else the first treatment's."""
    qualifier, day = ("439", accident_on) if accident_on else ("454", claim.initial_treatment_on)
    if day is not None:
        yield "15", "other date qualifier", qualifier
        yield from _date("15", "other date", day)


def _referring(claim: Claim) -> Iterator[Text]:
    for qualifier, provider in (("DN", claim.referring), ("DQ", claim.supervising)):
        if provider is not None:
            yield "17", "provider qualifier", qualifier
            yield "17", "provider name", words.first_last(provider.name)
            yield "17b", "NPI", provider.npi
            return


def _medical(claim: Claim) -> Iterator[Text]:
    """Items 19 and 21 to 23."""
    if claim.note is not None:
        yield "19", "additional claim information", words.address_line(claim.note.text)
    yield "21", "ICD indicator", "0"
    for letter, diagnosis in zip(LETTERS, claim.diagnoses, strict=False):
        yield "21", f"diagnosis {letter}", words.number(diagnosis)
    if claim.frequency is not codes.Frequency.ORIGINAL:
        yield "22", "resubmission code", claim.frequency.value
        yield "22", "original ref. no.", words.number(claim.payer_claim_number)
    yield (
        "23",
        "prior authorization number",
        words.number(claim.prior_authorization or claim.referral_number),
    )


def _line(claim: Claim, line: ServiceLine) -> Iterator[Text]:
    day = line.date_of_service
    for end in ("from", "to"):
        yield "24A", f"{end} MM", f"{day:%m}"
        yield "24A", f"{end} DD", f"{day:%d}"
        yield "24A", f"{end} YY", f"{day:%y}"
    yield "24B", "POS", line.place_of_service or claim.place_of_service
    yield "24D", "CPT/HCPCS", line.code
    for place, modifier in enumerate(line.modifiers[:4], start=1):
        yield "24D", f"modifier {place}", modifier
    # Medicare wants the one diagnosis the service is for (chapter 26, 10.4, item 24E).
    pointers = line.pointers[:1] if _is_medicare(claim) else line.pointers[:4]
    yield (
        "24E",
        "diagnosis pointer",
        "".join(LETTERS[pointer - 1] for pointer in pointers if 1 <= pointer <= len(LETTERS)),
    )
    yield "24F", "charges", words.money(line.charge)
    yield "24G", "units", str(line.units)
    rendering = line.rendering or claim.rendering
    if rendering is not None and rendering.npi != claim.billing_provider.npi:
        yield "24J", "rendering NPI", rendering.npi


def _providers(claim: Claim, signed_on: dt.date | None) -> Iterator[Text]:
    """Items 25 to 27 and 31 to 33."""
    billing = claim.billing_provider
    yield "25", "federal tax ID", words.number(billing.tax_id)
    yield "25", "SSN box" if billing.tax_id_kind is codes.TaxIdKind.SSN else "EIN box", "X"
    yield "26", "patient's account no.", words.number(claim.control_number)
    takes = claim.assignment is codes.Assignment.ASSIGNED
    yield "27", f"accept assignment {'YES' if takes else 'NO'}", "X"
    if claim.provider_signature_on_file:
        yield "31", "signature of provider", ON_FILE
        if signed_on is not None:
            yield "31", "date signed", f"{signed_on:%m %d %y}"
    yield from _place(claim)
    if billing.contact is not None:
        yield from _phone("33", "billing", billing.contact.phone)
    yield "33", "billing provider name", words.address_line(_organization(billing.name))
    yield "33", "billing provider street", words.street(billing.address)
    yield "33", "billing provider CITY ST ZIP", words.city_line(billing.address)
    yield "33a", "billing NPI", billing.npi


def _place(claim: Claim) -> Iterator[Text]:
    """Item 32: the clinic; at the patient's home its address, which has no NPI."""
    billing, place = claim.billing_provider, claim.service_facility
    home = claim.patient.address if claim.patient is not None else claim.subscriber.address
    name: str = place.name if place is not None else _organization(billing.name)
    address = place.address if place is not None else billing.address
    npi = (place.npi if place is not None else "") or billing.npi
    if place is None and claim.place_of_service == HOME and home is not None:
        name, address, npi = "Patient home", home, ""
    yield "32", "service facility name", words.address_line(name)
    yield "32", "service facility street", words.street(address)
    yield "32", "service facility CITY ST ZIP", words.city_line(address)
    yield "32a", "facility NPI", npi


def _organization(name: Name) -> str:
    return words.first_last(name)


def cannot_be_printed(error: Refused) -> str:
    """A refusal of `fill` as a sentence; it names no part of the value."""
    return f"A name or an address on this claim {error}."
