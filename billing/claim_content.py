"""A claim's rows as the values the 837P is written from. The one way from rows to X12."""

from __future__ import annotations

import datetime as dt

from billing.claim_parties import (
    RESPONSIBILITY,
    Incomplete,
    address_of,
    benefits_assignment,
    medicare_secondary,
    name_of,
    needed_address,
    release_of,
    subscriber_address,
    subscriber_name,
)
from billing.earlier_payers import replay
from billing.models import Claim, ClaimLine, PayerPolicy
from billing.policies import policy_on
from billing.rules.checks_places import HOME
from billing.rules.diagnoses import claim_diagnoses
from billing.x12 import codes
from billing.x12 import types as x12
from documentation.models import Episode, Visit
from people.models import Coverage, Patient, Practice, Therapist


def content_of(claim: Claim) -> x12.Claim:
    """All the claim says, as it stands now. Raises Incomplete."""
    coverage, episode = claim.coverage, claim.visit.episode
    practice = Practice.objects.first()
    if practice is None:
        raise Incomplete("The practice's own name, NPI and address are not set up yet.")
    if coverage is None:
        raise Incomplete("No card covers the date of service.")
    if episode is None:
        raise Incomplete("The visit belongs to no case, so there is no diagnosis.")
    policy = policy_on(coverage.payer, claim.visit.date_of_service)
    others, decisions = replay(claim)
    rows = list(claim.lines.select_related("rendering__user"))
    furnished_by = _furnished_by(claim, rows)
    lines = tuple(
        x12.ServiceLine(
            code=line.code_id,
            charge=line.charge,
            units=line.units,
            pointers=tuple(line.pointers),
            date_of_service=claim.visit.date_of_service,
            control_number=line.control_number,
            modifiers=tuple(line.modifiers),
            rendering=_of_line(line, claim, furnished_by),
            adjudications=tuple(decisions.get(line.number, ())),
        )
        for line in rows
    )
    return x12.Claim(
        control_number=claim.control_number,
        billing_provider=_billing_provider(practice),
        subscriber=_subscriber(coverage, claim.patient),
        payer=x12.Payer(
            name=coverage.payer.name,
            id=coverage.payer.edi_payer_id,
            address=address_of(coverage.payer),
        ),
        total_charge=claim.total,
        frequency=codes.Frequency(claim.frequency),
        payer_claim_number=(
            claim.payer_control_number if claim.frequency != Claim.Frequency.ORIGINAL else ""
        ),
        place_of_service=claim.visit.place_of_service,
        provider_signature_on_file=True,  # no claim is drafted before the note is signed
        assignment=_assignment(policy),
        benefits_assignment=benefits_assignment(coverage),
        release=release_of(coverage),
        diagnoses=claim_diagnoses(
            [diagnosis.code for diagnosis in episode.diagnoses.order_by("position")]
        ).kept,
        lines=lines,
        patient=_dependent(coverage, claim.patient),
        accident=_accident(episode),
        property_casualty_claim_number=coverage.claim_number,
        onset_on=episode.onset_on,
        initial_treatment_on=episode.started_on,
        admitted_on=claim.admitted_on,
        last_worked_on=claim.last_worked_on,
        return_to_work_on=claim.return_to_work_on,
        attachments=tuple(
            x12.Attachment(
                report=codes.AttachmentReport(each.report),
                delivery=codes.AttachmentDelivery(each.delivery),
                control_number=each.control_number,
            )
            for each in claim.attachments.all()
        ),
        prior_authorization=claim.authorization.number if claim.authorization else "",
        medical_record_number=claim.patient.mrn,
        referring=_referring(episode),
        rendering=_rendering(furnished_by),
        service_facility=facility_of(claim.visit),
        other_payers=others,
    )


def _assignment(policy: PayerPolicy) -> codes.Assignment:
    return codes.Assignment.ASSIGNED if policy.accepts_assignment else codes.Assignment.NOT_ASSIGNED


def _billing_provider(practice: Practice) -> x12.BillingProvider:
    pay_to = None
    if practice.pay_to_line1:
        pay_to = x12.Address(
            line1=practice.pay_to_line1,
            city=practice.pay_to_city,
            state=practice.pay_to_state,
            postal_code=practice.pay_to_postal_code,
        )
    return x12.BillingProvider(
        name=x12.OrganizationName(name=practice.legal_name),
        npi=practice.npi,
        address=needed_address(practice, "The practice's"),
        tax_id=practice.ein,
        taxonomy=practice.taxonomy,
        pay_to=pay_to,
    )


def _subscriber(coverage: Coverage, patient: Patient) -> x12.Subscriber:
    address = subscriber_address(coverage, patient)  # on paper; the file has it of patients alone
    birth_date: dt.date | None = None
    sex: codes.Sex | None = None
    if coverage.relation == Coverage.Relation.SELF:
        address = needed_address(patient, "The patient's")
        birth_date, sex = patient.birth_date, codes.Sex(patient.sex)
    return x12.Subscriber(
        name=subscriber_name(coverage, patient),
        member_id=coverage.member_id,
        responsibility=RESPONSIBILITY[Coverage.Priority(coverage.priority)],
        medicare_secondary=medicare_secondary(coverage),
        filing=codes.ClaimFiling(coverage.payer.claim_filing_code),
        address=address,
        birth_date=birth_date,
        sex=sex,
        group_number=coverage.group_number,
        group_name=coverage.group_name,
        died_on=patient.deceased_on if coverage.relation == Coverage.Relation.SELF else None,
    )


def _dependent(coverage: Coverage, patient: Patient) -> x12.Patient | None:
    if coverage.relation == Coverage.Relation.SELF:
        return None
    return x12.Patient(
        relationship=codes.Relationship(coverage.relation),
        name=name_of(patient),
        address=needed_address(patient, "The patient's"),
        birth_date=patient.birth_date,
        sex=codes.Sex(patient.sex),
        died_on=patient.deceased_on,
    )


def _accident(episode: Episode) -> x12.Accident | None:
    if not episode.accident:
        return None
    return x12.Accident(
        causes=(codes.AccidentCause(episode.accident),),
        occurred_on=episode.accident_on,
        state=episode.accident_state,
    )


def _referring(episode: Episode) -> x12.Provider | None:
    referrer = episode.referring_provider
    if referrer is None:
        return None
    name = x12.PersonName(
        last=referrer.last_name,
        first=referrer.first_name,
        middle=referrer.middle_name,
        suffix=referrer.suffix,
    )
    return x12.Provider(name=name, npi=referrer.npi)


def _rendering(therapist: Therapist) -> x12.Provider:
    name = x12.PersonName(last=therapist.user.last_name, first=therapist.user.first_name)
    return x12.Provider(name=name, npi=therapist.npi, taxonomy=therapist.taxonomy)


def _furnished_by(claim: Claim, lines: list[ClaimLine]) -> Therapist:
    """Who furnished the claim as a whole (2310B): the visit's therapist, unless one other did all
    of it."""
    others = {line.rendering for line in lines}
    only = next(iter(others)) if len(others) == 1 else None
    return only or claim.visit.therapist


def _of_line(line: ClaimLine, claim: Claim, furnished_by: Therapist) -> x12.Provider | None:
    """Who furnished one line (2420A), where that was not who furnished the claim."""
    who = line.rendering or claim.visit.therapist
    return _rendering(who) if who != furnished_by else None


def facility_of(visit: Visit) -> x12.ServiceFacility | None:
    """Where it took place; the patient's home is in the claim already."""
    address = address_of(visit.clinic)
    if address is None or visit.place_of_service == HOME:
        return None
    return x12.ServiceFacility(name=visit.clinic.name, address=address, npi=visit.clinic.npi)
