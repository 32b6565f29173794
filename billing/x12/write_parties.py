"""Who is who in an 837P: names, addresses, contacts, and the levels above the claims."""

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
from billing.x12.patterns import MEDICARE_ID, STATE, TAXONOMY, is_post_office_box
from billing.x12.segments import SegmentWriter, Simple
from billing.x12.types import (
    Address,
    BillingProvider,
    Contact,
    Name,
    OrganizationName,
    OtherPayer,
    Patient,
    Payer,
    PersonName,
    ProfessionalFile,
    Provider,
    Subscriber,
)
from billing.x12.values import (
    Choice,
    Day,
    Digits,
    Email,
    Identifier,
    Npi,
    Phone,
    Text,
)

ADDRESS_LINE = 55


def taxonomy(code: str, *, required: bool = True) -> Identifier:
    """A code of the NUCC provider taxonomy: ten characters, the last an X."""
    return Identifier(
        code, 10, required=required, pattern=TAXONOMY, shape="a ten-character taxonomy code"
    )


def name_elements(name: Name, *, suffix: bool = True) -> tuple[Simple, ...]:
    """NM102 to NM107. Names longer than their element are cut at its end."""
    if isinstance(name, OrganizationName):
        return ("2", Text(name.name, 60, cut=True), "", "", "", "")
    return (
        "1",
        Text(name.last, 60, cut=True),
        Text(name.first, 35, required=False, cut=True),
        Text(name.middle, 25, required=False, meant=False, cut=True),
        "",
        # Enrolment files print JR and III without a full stop.
        Text(name.suffix.replace(".", ""), 10, required=False, meant=False) if suffix else "",
    )


def write_address(out: SegmentWriter, address: Address, *, nine_digits: bool = False) -> None:
    """N3 and N4. With `nine_digits` only a US address with ZIP+4 will do."""
    out.seg(
        "N3",
        Text(address.line1, ADDRESS_LINE),
        Text(address.line2, ADDRESS_LINE, required=False),
    )
    city = Text(address.city, 30, least=2)
    country = address.country.strip().upper()
    if country in ("", "US"):
        lengths, shape = ((9,), "a ZIP code of 9 digits") if nine_digits else ((5, 9), "a ZIP code")
        state = Identifier(address.state, 2, pattern=STATE, shape="a US state code")
        out.seg("N4", city, state, Digits(address.postal_code, lengths, shape))
        return
    if nine_digits:
        raise out.refuse("N4", "N404", "is outside the US, where no ZIP code of 9 digits exists")
    abroad = Identifier(country, 2, pattern="[A-Z]{2}", shape="a two-letter country code")
    postal = Identifier(address.postal_code, 15, least=3, required=False)
    if country == "CA":
        province = Identifier(address.state, 2, pattern="[A-Z]{2}", shape="a province code")
        out.seg("N4", city, province, postal, abroad)
        return
    subdivision = Identifier(address.state, 3, required=False)
    out.seg("N4", city, "", postal, abroad, "", "", subdivision)


def write_contact(out: SegmentWriter, contact: Contact) -> None:
    """PER. An extension stands right behind its telephone number."""
    numbers: list[Simple] = []
    if contact.phone:
        numbers += ["TE", Phone(contact.phone)]
        if contact.extension:
            numbers += ["EX", Digits(contact.extension, tuple(range(1, 11)), "an extension")]
    elif contact.extension:
        raise out.refuse("PER", "PER04", "has an extension without a telephone number")
    if contact.email:
        numbers += ["EM", Email(contact.email)]
    if not numbers:
        raise out.refuse("PER", "PER04", "has neither a telephone number nor an e-mail address")
    out.seg("PER", "IC", Text(contact.name, 60, required=False, cut=True), *numbers)


def write_submitter_and_receiver(out: SegmentWriter, file: ProfessionalFile) -> None:
    """Loops 1000A and 1000B."""
    out.place.loop = "1000A"
    number = Identifier(file.submitter.id, 80, least=2)
    out.seg("NM1", "41", *name_elements(file.submitter.name, suffix=False), "46", number)
    write_contact(out, file.submitter.contact)
    out.place.loop = "1000B"
    to = OrganizationName(name=file.receiver.name)
    out.seg("NM1", "40", *name_elements(to), "46", Identifier(file.receiver.id, 80, least=2))


def write_billing_provider(out: SegmentWriter, provider: BillingProvider, level: int) -> None:
    """Loops 2000A, 2010AA and, for another payment address, 2010AB."""
    out.place.loop = "2000A"
    out.seg("HL", str(level), "", "20", "1")
    if provider.taxonomy:
        out.seg("PRV", "BI", "PXC", taxonomy(provider.taxonomy))
    out.place.loop = "2010AA"
    out.seg("NM1", "85", *name_elements(provider.name), "XX", Npi(provider.npi))
    refuse_post_office_box(out, provider.address)
    write_address(out, provider.address, nine_digits=True)
    number = Digits(provider.tax_id, (9,), "a tax number of nine digits")
    out.seg("REF", Choice(provider.tax_id_kind, TaxIdKind), number)
    if provider.contact:
        write_contact(out, provider.contact)
    if provider.pay_to:
        out.place.loop = "2010AB"
        out.seg("NM1", "87", "1" if isinstance(provider.name, PersonName) else "2")
        write_address(out, provider.pay_to)


def refuse_post_office_box(out: SegmentWriter, address: Address) -> None:
    """005010 wants the street in 2010AA; a box is a matter for the pay-to address."""
    for position, line in enumerate((address.line1, address.line2), start=1):
        if is_post_office_box(line):
            raise out.refuse("N3", f"N30{position}", "is a post-office box, not a street")


def write_subscriber(
    out: SegmentWriter,
    subscriber: Subscriber,
    payer: Payer,
    *,
    level: int,
    parent: int,
    has_patients: bool,
    casualty_number: str,
) -> None:
    """Loops 2000B, 2010BA, 2010BB.

    `has_patients`: dependants follow in 2000C. If not, the subscriber is the patient, and then
    address, birth date and sex are required here.
    """
    out.place.loop = "2000B"
    out.seg("HL", str(level), str(parent), "22", "1" if has_patients else "0")
    refuse_wrong_medicare_reason(out, subscriber)
    if has_patients and subscriber.filing in MEDICARE:
        raise out.refuse("SBR", "SBR02", "is Medicare, where the patient is the subscriber")
    grouped = bool(subscriber.group_number)
    out.seg(
        "SBR",
        Choice(subscriber.responsibility, Responsibility),
        "" if has_patients else "18",
        Identifier(subscriber.group_number, 50, required=False),
        "" if grouped else Text(subscriber.group_name, 60, required=False, cut=True),
        Choice(subscriber.medicare_secondary, MedicareSecondary, required=False),
        "",
        "",
        "",
        Choice(subscriber.filing, ClaimFiling),
    )
    if not has_patients and subscriber.died_on:
        out.seg("PAT", "", "", "", "", "D8", Day(subscriber.died_on))

    out.place.loop = "2010BA"
    if not has_patients and isinstance(subscriber.name, OrganizationName):
        raise out.refuse("NM1", "NM102", "is an organization, which cannot be the patient")
    member = member_id(subscriber.member_id, subscriber.filing)
    out.seg("NM1", "IL", *name_elements(subscriber.name), "MI", member)
    if not has_patients:
        if subscriber.address is None:
            raise out.refuse("N3", "N301", "is required when the subscriber is the patient")
        write_address(out, subscriber.address)
        out.seg("DMG", "D8", Day(subscriber.birth_date), Choice(subscriber.sex, Sex))
        write_casualty(out, casualty_number, subscriber.phone)
    write_payer(out, payer)


def write_payer(out: SegmentWriter, payer: Payer) -> None:
    """Loop 2010BB."""
    out.place.loop = "2010BB"
    name = OrganizationName(name=payer.name)
    kind = Choice(payer.id_kind, PayerIdKind)
    out.seg("NM1", "PR", *name_elements(name), kind, Identifier(payer.id, 80, least=2))
    if payer.address:
        write_address(out, payer.address)


def write_patient(
    out: SegmentWriter, patient: Patient, *, level: int, parent: int, casualty_number: str
) -> None:
    """Loops 2000C and 2010CA."""
    out.place.loop = "2000C"
    out.seg("HL", str(level), str(parent), "23", "0")
    if patient.relationship == Relationship.SELF:
        raise out.refuse("PAT", "PAT01", "says the patient is the subscriber")
    died: tuple[Simple, ...] = ("", "", "", "D8", Day(patient.died_on)) if patient.died_on else ()
    out.seg("PAT", Choice(patient.relationship, Relationship), *died)
    out.place.loop = "2010CA"
    out.seg("NM1", "QC", *name_elements(patient.name))
    write_address(out, patient.address)
    out.seg("DMG", "D8", Day(patient.birth_date), Choice(patient.sex, Sex))
    write_casualty(out, casualty_number, patient.phone)


def write_provider(
    out: SegmentWriter, role: str, provider: Provider, *, npi_required: bool = True
) -> None:
    """NM1 of loops 2310A, B, D and 2420A."""
    if role != "82" and not isinstance(provider.name, PersonName):
        raise out.refuse("NM1", "NM102", "is an organization where only a person will do")
    npi = Npi(provider.npi, required=npi_required)
    known = npi_required or provider.npi.strip()
    out.seg("NM1", role, *name_elements(provider.name), "XX" if known else "", npi)


def write_rendering(out: SegmentWriter, provider: Provider) -> None:
    """Who furnished it: loop 2310B of a claim, 2420A of a line."""
    write_provider(out, "82", provider)
    if provider.taxonomy:
        out.seg("PRV", "PE", "PXC", taxonomy(provider.taxonomy))


def write_casualty(out: SegmentWriter, number: str, phone: str) -> None:
    """REF*Y4 and PER: the insurer's claim number for an accident, and the patient's telephone."""
    if number:
        out.seg("REF", "Y4", Identifier(number, 50))
        if phone:
            out.seg("PER", "IC", "", "TE", Phone(phone))


def member_id(number: str, filing: str) -> Identifier:
    """NM109 of a subscriber; Medicare's has a form of its own."""
    if filing in MEDICARE:
        bare = number.replace("-", "")
        return Identifier(bare, 11, pattern=MEDICARE_ID, shape="a Medicare Beneficiary Identifier")
    return Identifier(number, 80, least=2)


def refuse_wrong_medicare_reason(out: SegmentWriter, coverage: Subscriber | OtherPayer) -> None:
    """SBR05 says why Medicare pays later: required when it does, out of place otherwise."""
    later = coverage.responsibility != Responsibility.PRIMARY
    if coverage.filing in MEDICARE and later:
        if coverage.medicare_secondary is None:
            raise out.refuse("SBR", "SBR05", "is required when Medicare does not pay first")
    elif coverage.medicare_secondary is not None:
        raise out.refuse("SBR", "SBR05", "is only for Medicare that does not pay first")
