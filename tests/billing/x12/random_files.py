"""Random claim files that are right: any mix of people, payers, lines, accidents and delimiters."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import cycle, islice

from hypothesis import strategies as st

from billing.x12 import codes
from billing.x12.patterns import npi_is_valid
from billing.x12.segments import Delimiters
from billing.x12.types import (
    Accident,
    Address,
    Adjustment,
    Attachment,
    BillingProvider,
    Claim,
    Contact,
    Envelope,
    LineAdjudication,
    Note,
    OrganizationName,
    OtherPayer,
    Patient,
    Payer,
    PersonName,
    ProfessionalFile,
    Provider,
    Receiver,
    ServiceFacility,
    ServiceLine,
    Submitter,
    Subscriber,
)

FILED_AT = datetime(2026, 3, 4, 18, 5, tzinfo=UTC)
LETTERS = "ABCdefgXYZéñöçŁłØøßæœđþÅčğışİ"
SYMBOLS = " '’-–.,*:^~|>#@&/\"🎈👩🏽\u200d\t"
STATES = ["OR", "WA", "CA", "NY", "TX", "PR", "DC", "AE"]
PLACES = ["02", "10", "11", "12", "22", "31", "32", "99"]
TAXONOMIES = ["225100000X", "261QP2000X", "225X00000X", "235Z00000X", "1223G0001X"]
CODES = ["97112", "97110", "97140", "97530", "G0283", "97161", "0101T", "20560"]
MODIFIERS = ["GP", "GO", "KX", "59", "CQ", "XS", "GA", "95"]
DIAGNOSES = (
    "M54.50 G20.A1 R26.2 M62.81 I69.351 S83.511A C4A Z96.651 U09.9 M25.561 G35.D R29.6 H81.10"
).split()
# Marks that no identifier of these files holds.
MARKS = "*:^~|>!<{}[]`_\\%=;'"


def words(most, least=1):
    """Text with one plain letter in it, so that something is left to send."""
    return st.builds(
        lambda head, tail: (head + tail)[:most],
        st.text("ABCLMNORST", min_size=least, max_size=least),
        st.text(LETTERS + SYMBOLS, max_size=(most - least) // 4),  # some letters become four
    )


def ids(most, least=2):
    return st.text("ABCXYZ0123456789", min_size=least, max_size=most)


def with_check_digit(nine):
    return next(nine + digit for digit in "0123456789" if npi_is_valid(nine + digit))


npis = st.integers(10**8, 3 * 10**8 - 1).map(lambda n: with_check_digit(str(n)))
cents = st.integers(0, 99999).map(lambda n: Decimal(n) / 100)
days = st.dates(date(2025, 9, 1), FILED_AT.date())
births = st.dates(date(1910, 1, 1), date(2025, 8, 31))
persons = st.builds(
    PersonName,
    last=words(40),
    first=st.just("") | words(30),
    middle=st.just("") | st.text(LETTERS + SYMBOLS, max_size=6),
    suffix=st.sampled_from(["", "Jr.", "III", "🎈"]),
)
organizations = st.builds(OrganizationName, name=words(70))
phones = st.integers(2_000_000_000, 9_999_999_999).map(str)
contacts = st.builds(
    Contact, name=words(50), phone=phones, extension=st.sampled_from(["", "1", "2210"])
)
nine_digits = st.integers(10**8, 10**9 - 1).map(str)
addresses = st.builds(
    Address,
    line1=words(50).map(lambda text: f"12 {text}"),
    line2=st.just("") | words(40),
    city=words(28, least=2),
    state=st.sampled_from(STATES),
    postal_code=nine_digits | st.integers(10**4, 10**5 - 1).map(str),
)
clinics = st.builds(
    Address,
    line1=words(50).map(lambda text: f"3 {text}"),
    city=words(28, least=2),
    state=st.sampled_from(STATES),
    postal_code=nine_digits.map(lambda zip9: f"{zip9[:5]}-{zip9[5:]}"),
)
billing_providers = st.builds(
    BillingProvider,
    name=persons | organizations,
    npi=npis,
    address=clinics,
    tax_id=nine_digits,
    tax_id_kind=st.sampled_from(codes.TaxIdKind),
    taxonomy=st.sampled_from(["", *TAXONOMIES]),
    contact=st.none() | contacts,
    pay_to=st.none() | addresses,
)
payers = st.builds(
    Payer,
    name=words(70),
    id=ids(20),
    id_kind=st.sampled_from(codes.PayerIdKind),
    address=st.none() | addresses,
)
providers = st.builds(Provider, name=persons, npi=npis, taxonomy=st.sampled_from(["", *TAXONOMIES]))
patients = st.builds(
    Patient,
    relationship=st.sampled_from([r for r in codes.Relationship if r != codes.Relationship.SELF]),
    name=persons,
    address=addresses,
    birth_date=births,
    sex=st.sampled_from(codes.Sex),
    died_on=st.none() | days,
    phone=st.just("") | phones,
)
other_filings = st.sampled_from([f for f in codes.ClaimFiling if f not in codes.MEDICARE])


@st.composite
def subscribers(draw, *, responsibility, dependants):
    medicare = not dependants and draw(st.booleans())
    primary = responsibility == codes.Responsibility.PRIMARY
    return Subscriber(
        name=draw(organizations) if dependants and draw(st.booleans()) else draw(persons),
        member_id="1EG4-TE5-MK73" if medicare else draw(ids(30)),
        responsibility=responsibility,
        filing=codes.ClaimFiling.MEDICARE_PART_B if medicare else draw(other_filings),
        address=draw(addresses),
        birth_date=draw(births),
        sex=draw(st.sampled_from(codes.Sex)),
        group_number=draw(st.just("") | ids(50)),
        group_name=draw(st.just("") | words(70)),
        medicare_secondary=(
            draw(st.sampled_from(codes.MedicareSecondary)) if medicare and not primary else None
        ),
        died_on=draw(st.none() | days),
        phone=draw(st.just("") | phones),
    )


@st.composite
def accidents(draw):
    return Accident(
        causes=tuple(
            draw(
                st.lists(st.sampled_from(codes.AccidentCause), min_size=1, max_size=2, unique=True)
            )
        ),
        occurred_on=date(2025, 8, 30),
        state=draw(st.sampled_from(STATES)),
    )


@st.composite
def decisions(draw, charge, code, payer_id):
    """What an earlier payer did with a line: rows that add up to its charge."""
    adjustments = draw(
        st.lists(
            st.builds(
                Adjustment,
                group=st.sampled_from(
                    [codes.AdjustmentGroup.CONTRACT, codes.AdjustmentGroup.PATIENT]
                ),
                reason=ids(5, least=1),
                amount=cents,
                quantity=st.none() | st.integers(1, 9),
            ),
            max_size=9,
        )
    )
    paid = draw(cents)
    rest = charge - paid - sum(row.amount for row in adjustments)
    adjustments.append(Adjustment(group=codes.AdjustmentGroup.OTHER, reason="23", amount=rest))
    return LineAdjudication(
        payer_id=payer_id,
        paid=paid,
        code=code,
        units=draw(st.integers(0, 4)),
        adjudicated_on=draw(days),
        adjustments=tuple(adjustments),
    )


@st.composite
def lines(draw, number, *, count, diagnoses, earlier):
    code = draw(st.sampled_from(CODES))
    charge = draw(cents)
    return ServiceLine(
        code=code,
        charge=charge,
        units=draw(st.integers(1, 8)),
        pointers=tuple(
            draw(st.lists(st.integers(1, diagnoses), min_size=1, max_size=4, unique=True))
        ),
        date_of_service=draw(days),
        control_number=f"{number}L{count}",
        modifiers=tuple(draw(st.lists(st.sampled_from(MODIFIERS), max_size=4, unique=True))),
        place_of_service=draw(st.sampled_from(["", *PLACES])),
        adjudications=(draw(decisions(charge, code, earlier.id)),) if earlier else (),
    )


@st.composite
def claims(draw, number, billing_provider, payer):
    earlier = draw(st.none() | payers)
    dependants = draw(st.booleans())
    later = codes.Responsibility.SECONDARY if earlier else codes.Responsibility.PRIMARY
    diagnoses = draw(st.lists(st.sampled_from(DIAGNOSES), min_size=1, max_size=12, unique=True))
    drawn = [
        draw(lines(number, count=count, diagnoses=len(diagnoses), earlier=earlier))
        for count in range(1, draw(st.integers(1, 4)) + 1)
    ]
    # A long claim repeats its first lines: fifty drawn ones would cost ten times as long.
    length = draw(st.sampled_from([len(drawn)] * 9 + [50]))
    rows = tuple(
        replace(row, control_number=f"{number}L{count}")
        for count, row in enumerate(islice(cycle(drawn), length), start=1)
    )
    first_day = min(row.date_of_service for row in rows)
    before = st.none() | st.dates(first_day - timedelta(days=90), first_day)
    frequency = draw(st.sampled_from(codes.Frequency))
    return Claim(
        control_number=number,
        billing_provider=billing_provider,
        subscriber=draw(subscribers(responsibility=later, dependants=dependants)),
        patient=draw(patients) if dependants else None,
        payer=payer,
        total_charge=sum((row.charge for row in rows), Decimal(0)),
        place_of_service=draw(st.sampled_from(PLACES)),
        provider_signature_on_file=draw(st.booleans()),
        assignment=draw(st.sampled_from(codes.Assignment)),
        benefits_assignment=draw(st.sampled_from(codes.BenefitsAssignment)),
        release=draw(st.sampled_from(codes.Release)),
        diagnoses=tuple(diagnoses),
        lines=rows,
        frequency=frequency,
        payer_claim_number="" if frequency == codes.Frequency.ORIGINAL else draw(ids(50)),
        patient_signature_by_provider=draw(st.booleans()),
        accident=draw(st.none() | accidents()),
        property_casualty_claim_number=draw(st.just("") | ids(50)),
        onset_on=draw(before),
        initial_treatment_on=draw(before),
        last_seen_on=draw(before),
        last_worked_on=draw(before),
        return_to_work_on=draw(before),
        admitted_on=draw(before),
        attachments=tuple(
            draw(
                st.lists(
                    st.builds(
                        Attachment,
                        report=st.sampled_from(codes.AttachmentReport),
                        delivery=st.sampled_from(codes.AttachmentDelivery),
                        control_number=ids(50),
                    ),
                    max_size=2,
                )
            )
        ),
        patient_paid=draw(st.none() | cents),
        referral_number=draw(st.just("") | ids(50)),
        prior_authorization=draw(st.just("") | ids(50)),
        medical_record_number=draw(st.just("") | ids(50)),
        note=draw(
            st.none() | st.builds(Note, kind=st.sampled_from(codes.NoteKind), text=words(80))
        ),
        referring=draw(st.none() | providers),
        rendering=draw(st.none() | providers | st.just(Provider(
            name=billing_provider.name, npi=billing_provider.npi
        ))),
        service_facility=draw(
            st.none()
            | st.builds(ServiceFacility, name=words(70), address=clinics, npi=st.just("") | npis)
            | st.just(ServiceFacility(name="Same", address=billing_provider.address))
        ),
        supervising=draw(st.none() | providers),
        other_payers=(draw(other_payers(earlier, rows)),) if earlier else (),
    )  # fmt: skip


@st.composite
def other_payers(draw, payer, rows):
    decided = [row.adjudications[0] for row in rows]
    patient_share = sum(
        (
            adjustment.amount
            for decision in decided
            for adjustment in decision.adjustments
            if adjustment.group == codes.AdjustmentGroup.PATIENT
        ),
        Decimal(0),
    )
    return OtherPayer(
        payer=payer,
        subscriber=draw(persons | organizations),
        member_id=draw(ids(30)),
        responsibility=codes.Responsibility.PRIMARY,
        relationship=draw(st.sampled_from(codes.Relationship)),
        filing=draw(other_filings),
        benefits_assignment=draw(st.sampled_from(codes.BenefitsAssignment)),
        release=draw(st.sampled_from(codes.Release)),
        subscriber_address=draw(st.none() | addresses),
        signature_by_provider=draw(st.booleans()),
        group_number=draw(st.just("") | ids(50)),
        group_name=draw(st.just("") | words(70)),
        paid=sum((decision.paid for decision in decided), Decimal(0)),
        remaining_liability=draw(st.sampled_from([None, patient_share])),
        claim_number=draw(st.just("") | ids(50)),
        remark_codes=draw(st.sampled_from([(), ("MA01",), ("N130", "M15")])),
    )


@st.composite
def delimiters(draw):
    marks = draw(
        st.just(["*", ":", "^", "~"])
        | st.lists(st.sampled_from(MARKS), min_size=4, max_size=4, unique=True)
    )
    element, component, repetition, segment = marks
    return Delimiters(
        element=element,
        component=component,
        repetition=repetition,
        segment=segment,
        line_breaks=draw(st.booleans()),
    )


@st.composite
def professional_files(draw):
    """A file that nothing is wrong with."""
    clinics_billing = draw(st.lists(billing_providers, min_size=1, max_size=2))
    payers_billed = draw(st.lists(payers, min_size=1, max_size=2))
    some = [
        draw(
            claims(
                f"C{number}",
                draw(st.sampled_from(clinics_billing)),
                draw(st.sampled_from(payers_billed)),
            )
        )
        for number in range(1, draw(st.integers(2, 4)) + 1)
    ]
    if draw(st.booleans()):  # a second claim of the first patient
        again = some[0]
        rows = tuple(replace(row, control_number=f"AGAIN{n}") for n, row in enumerate(again.lines))
        some.append(replace(again, control_number="AGAIN", lines=rows))
    numbers = st.integers(1, 999_999_999)
    return ProfessionalFile(
        envelope=Envelope(
            sender_id=draw(ids(15)),
            receiver_id=draw(ids(15)),
            interchange_control_number=draw(numbers),
            group_control_number=draw(numbers),
            batch_reference=draw(ids(20)),
            created_at=FILED_AT,
            usage=draw(st.sampled_from(codes.Usage)),
        ),
        submitter=Submitter(
            name=draw(persons | organizations), id=draw(ids(30)), contact=draw(contacts)
        ),
        receiver=Receiver(name=draw(words(70)), id=draw(ids(30))),
        claims=tuple(some),
        delimiters=draw(delimiters()),
        claims_per_transaction=draw(st.sampled_from([1, 2, 5000])),
    )
