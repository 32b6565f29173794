"""A claim's rows as the values the checks look at. The one way from rows to `rules.checks`."""

from __future__ import annotations

import datetime as dt

from django.db.models import Sum

from billing.claim_content import facility_of
from billing.coding import Coded
from billing.earlier_payers import facts_of_earlier
from billing.models import Claim, ClaimLine
from billing.policies import NoPolicy, policy_facts, policy_on
from billing.rules import facts as rules
from billing.rules.types import Discipline, PolicyFacts
from billing.x12 import codes
from documentation import compliance, due, frozen, icd
from documentation.charting import missing_for_signing
from documentation.models import Episode, PlanOfCare, Visit
from people.models import Authorization, Coverage, Payer, Practice, Therapist
from people.models.practice import Address

PAYS_FOR = {
    Payer.Kind.WORKERS_COMP: Episode.Accident.WORK.value,
    Payer.Kind.AUTO: Episode.Accident.AUTO.value,
}
GONE_OR_CLOSED = [Claim.Status.VOID, Claim.Status.DENIED]


def facts_of(claim: Claim, coded: Coded, *, today: dt.date) -> rules.ClaimFacts:
    """Everything the checks ask about, as it stands now. `today` is the clinic's day."""
    visit, patient, coverage = claim.visit, claim.patient, claim.coverage
    episode, note = visit.episode, visit.note
    practice = Practice.objects.first()
    lines = tuple(claim.lines.select_related("rendering__user"))
    policy = _policy(coverage, visit.date_of_service)
    return rules.ClaimFacts(
        today=today,
        date_of_service=visit.date_of_service,
        discipline=Discipline(visit.therapist.discipline),
        place_of_service=visit.place_of_service,
        total_charge=claim.total,
        practice=rules.PracticeFacts(
            npi=practice.npi if practice else "",
            ein=practice.ein if practice else "",
            address=_address(practice),
            taxonomy=practice.taxonomy if practice else "",
            pay_to=_pay_to(practice),
        ),
        rendering=_provider(visit.therapist),
        patient=rules.PatientFacts(
            birth_date=patient.birth_date,
            sex=patient.sex,
            address=_address(patient),
            died_on=patient.deceased_on,
        ),
        note=rules.NoteFacts(
            signed=note.is_signed,
            awaits_cosignature=note.cosign_needed and note.cosigned_at is None,
            missing=() if note.is_signed else _missing(claim),
            version=note.version,
            by_student=visit.student_id is not None,
            supervised=note.student_supervised,
        ),
        codes=coded.facts,
        referring=_referring(episode),
        coverage=_coverage(coverage),
        policy=policy,
        diagnoses=_diagnoses(episode, visit.date_of_service),
        lines=tuple(
            rules.LineFacts(
                code=line.code_id,
                units=line.units,
                charge=line.charge,
                modifiers=tuple(line.modifiers),
                pointers=tuple(line.pointers),
                allowed=line.allowed,
                rendering=_provider(line.rendering) if line.rendering else None,
            )
            for line in lines
        ),
        services=coded.services,
        plans=_plans(episode),
        authorization=_authorization(claim, lines),
        accident=_accident(episode),
        onset_on=episode.onset_on if episode else None,
        started_on=episode.started_on if episode else None,
        discharged_on=episode.discharged_on if episode else None,
        admitted_on=claim.admitted_on,
        facility=_facility(visit, practice),
        assistant=_provider(visit.assistant) if visit.assistant else None,
        attachments=tuple(
            rules.AttachmentFacts(
                report=each.get_report_display(),
                on_request=each.delivery == codes.AttachmentDelivery.ON_REQUEST,
                control_number=each.control_number,
            )
            for each in claim.attachments.all()
        ),
        treatment_minutes=visit.total_treatment_minutes,
        report_days=_report_days(episode, policy, visit.date_of_service),
        frequency=claim.frequency,
        payer_claim_number=(
            claim.payer_control_number if claim.frequency != Claim.Frequency.ORIGINAL else ""
        ),
        notices=coded.notices,
        threshold=coded.year.threshold,
        accrued=coded.year.accrued,
        elsewhere=coded.elsewhere,
        edits=coded.edits,
        mue=coded.mue,
        coding=coded.findings,
        sequence=claim.sequence,
        earlier=facts_of_earlier(claim),
    )


def _provider(who: Therapist) -> rules.ProviderFacts:
    return rules.ProviderFacts(
        npi=who.npi,
        taxonomy=who.taxonomy,
        licence_expires_on=who.licence_expires_on,
        name=str(who),
    )


def _report_days(episode: Episode | None, policy: PolicyFacts | None, day: dt.date) -> int:
    """Asked only for a payer that wants the therapy certified."""
    if episode is None or policy is None or not policy.certification_required:
        return 0
    return due.treatment_days(episode.pk, through=day)


def _pay_to(practice: Practice | None) -> rules.AddressFacts | None:
    if practice is None or not practice.pay_to_line1:
        return None
    return rules.AddressFacts(
        line1=practice.pay_to_line1,
        city=practice.pay_to_city,
        state=practice.pay_to_state,
        postal_code=practice.pay_to_postal_code,
    )


def _facility(visit: Visit, practice: Practice | None) -> rules.FacilityFacts | None:
    """The clinic, where the claim names it: not at the patient's home, nor at the practice's own
    address."""
    if facility_of(visit) is None:
        return None
    here = _address(visit.clinic)
    if _compared(here) == _compared(_address(practice)):
        return None
    return rules.FacilityFacts(address=here, npi=visit.clinic.npi)


def _compared(address: rules.AddressFacts) -> tuple[str, ...]:
    lines = (address.line1, address.line2, address.city, address.state)
    digits = "".join(filter(str.isdigit, address.postal_code))
    return (*(" ".join(line.casefold().split()) for line in lines), digits)


def _missing(claim: Claim) -> tuple[str, ...]:
    return tuple(
        finding.message for finding in missing_for_signing(claim.visit) if finding.is_required
    )


def _address(place: Address | None) -> rules.AddressFacts:
    if place is None:
        return rules.AddressFacts("", "", "", "")
    return rules.AddressFacts(
        line1=place.line1,
        line2=place.line2,
        city=place.city,
        state=place.state,
        postal_code=place.postal_code,
    )


def _referring(episode: Episode | None) -> rules.ReferringFacts | None:
    if episode is None or episode.referring_provider is None:
        return None
    return rules.ReferringFacts(npi=episode.referring_provider.npi)


def _coverage(coverage: Coverage | None) -> rules.CoverageFacts | None:
    if coverage is None:
        return None
    return rules.CoverageFacts(
        member_id=coverage.member_id,
        starts_on=coverage.starts_on,
        ends_on=coverage.ends_on,
        medicare_secondary=coverage.medicare_secondary,
        payer=rules.PayerFacts(
            name=coverage.payer.name,
            medicare=coverage.payer.kind == Payer.Kind.MEDICARE,
            payer_id=coverage.payer.edi_payer_id,
            filing_code=coverage.payer.claim_filing_code,
            pays_for=PAYS_FOR.get(Payer.Kind(coverage.payer.kind), ""),
        ),
        claim_number=coverage.claim_number,
        subscriber=rules.SubscriberFacts(
            is_patient=coverage.relation == Coverage.Relation.SELF,
            last_name=coverage.subscriber_last_name,
            first_name=coverage.subscriber_first_name,
            employer=(
                coverage.subscriber_employer
                if coverage.relation == Coverage.Relation.EMPLOYEE
                else ""
            ),
        ),
    )


def _policy(coverage: Coverage | None, day: dt.date) -> PolicyFacts | None:
    if coverage is None:
        return None
    try:
        return policy_facts(policy_on(coverage.payer, day))
    except NoPolicy:
        return None


def _diagnoses(episode: Episode | None, day: dt.date) -> tuple[rules.DiagnosisFacts, ...]:
    if episode is None:
        return ()
    return tuple(
        rules.DiagnosisFacts(
            code=diagnosis.code,
            primary=diagnosis.position == 1,
            billable=day < icd.HOLDS_FROM or icd.is_billable(diagnosis.code),
        )
        for diagnosis in episode.diagnoses.order_by("position")
    )


def _plans(episode: Episode | None) -> tuple[rules.PlanOfCareFacts, ...]:
    if episode is None:
        return ()
    plans = list(episode.plans.order_by("starts_on", "pk"))
    return tuple(_plan(plan, episode, is_first=plan is plans[0]) for plan in plans)


def _plan(plan: PlanOfCare, episode: Episode, *, is_first: bool) -> rules.PlanOfCareFacts:
    return rules.PlanOfCareFacts(
        starts_on=plan.starts_on,
        through=frozen.validity_of(plan, episode=episode, is_first=is_first).through,
        on_file=compliance.facts_of(plan, episode=episode, is_first=is_first),
    )


def _authorization(claim: Claim, lines: tuple[ClaimLine, ...]) -> rules.AuthorizationFacts | None:
    authorization = claim.authorization
    if authorization is None:
        authorization = _nearest(claim)
    if authorization is None:
        return None
    others = (
        Claim.objects.filter(authorization=authorization)
        .exclude(pk=claim.pk)
        .exclude(status__in=GONE_OR_CLOSED)
    )
    of_codes = ClaimLine.objects.filter(claim__in=others)
    if authorization.codes:
        of_codes = of_codes.filter(code__in=authorization.codes)
    return rules.AuthorizationFacts(
        number=authorization.number,
        starts_on=authorization.starts_on,
        ends_on=authorization.ends_on,
        codes=frozenset(authorization.codes),
        visits_approved=authorization.visits_approved,
        visits_used=others.count(),
        units_approved=authorization.units_approved,
        units_used=of_codes.aggregate(total=Sum("units"))["total"] or 0,
    )


def _nearest(claim: Claim) -> Authorization | None:
    """The card's latest authorisation, though the day lies outside it: to say so kindly."""
    if claim.coverage is None:
        return None
    return claim.coverage.authorizations.order_by("-ends_on").first()


def _accident(episode: Episode | None) -> rules.AccidentFacts | None:
    if episode is None or not episode.accident:
        return None
    return rules.AccidentFacts(
        cause=episode.accident, on=episode.accident_on, state=episode.accident_state
    )
