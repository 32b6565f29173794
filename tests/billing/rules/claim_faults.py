"""One good claim, wrong in one way at a time; shared with whoever wants a faulty claim."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from billing.rules.facts import (
    AccidentFacts,
    AddressFacts,
    AttachmentFacts,
    DiagnosisFacts,
    FacilityFacts,
    LineFacts,
    ProviderFacts,
    SubscriberFacts,
)
from billing.rules.same_day import Elsewhere
from billing.rules.types import CodeFacts, Discipline, MueLimit, Notice, Service, UnitRule
from tests.billing.rules.claims import GOOD, but, first_plan, line
from tests.billing.rules.makers import at
from tests.billing.rules.tables import THRESHOLDS

HELD = "error"
SHOWN = "warning"
TOLD = "info"

COLLEAGUE = ProviderFacts("1356362586", "225100000X", date(2027, 3, 31), "Kim Roe, PT")
MORE_DIAGNOSES = tuple(
    DiagnosisFacts(f"M25.5{number}") for number in "11 12 21 22 31 32 41 42 51 52 61".split()
)


def one_service(code: str, units: int, minutes: int, *modifiers: str):
    """The good claim for one code only."""
    return but(
        services=(Service(code, minutes),),
        lines=(LineFacts(code, units, Decimal("270.00"), modifiers or ("GP",), (1,)),),
        authorization__codes=frozenset(),
    )


def pair(*services: Service, modifiers: dict[str, tuple[str, ...]] | None = None):
    """The good claim for these services, one unit each."""
    carried = {service.code: ("GP",) for service in services} | (modifiers or {})
    return but(
        services=services,
        lines=tuple(
            LineFacts(s.code, 1, Decimal("100.00"), carried[s.code], (1,)) for s in services
        ),
        total_charge=Decimal("100.00") * len(services),
        authorization__codes=frozenset(),
    )


def elsewhere(code: str, units: int, *services: Service, **more) -> Elsewhere:
    """A line of an occupational therapist's claim of the same day."""
    return Elsewhere(
        **{
            "claim": "PT00000001",
            "code": code,
            "units": units,
            "discipline": Discipline.OT,
            "modifiers": ("GO",),
            "services": services,
        }
        | more
    )


def group_elsewhere(service: Service):
    """These 24 minutes alone, and a group of half an hour from nine on another claim."""
    return but(
        one_service(service.code, 2, 24),
        services=(service,),
        elsewhere=(elsewhere("97150", 1, at("97150", 0, 30)),),
    )


def fifty_one_lines():
    """A visit of fifty-one different services, each on a line."""
    codes = [f"9{n:04d}" for n in range(51)]
    return but(
        codes={code: CodeFacts(code, timed=False) for code in codes},
        services=tuple(Service(code) for code in codes),
        lines=tuple(LineFacts(code, 1, Decimal("1.00"), (), (1,)) for code in codes),
        total_charge=Decimal("51.00"),
        policy__authorization_required=False,
    )


def over_the_threshold(*modifiers: str):
    """97112 alone, with the year's amount used up."""
    facts = one_service("97112", 2, 24, *modifiers)
    return but(
        facts,
        lines=(replace(facts.lines[0], allowed=Decimal("60.00")),),
        threshold=THRESHOLDS[2026],
        accrued={Discipline.PT: Decimal("2480.00")},
    )


# claim, the one check that finds it, severity, where it is put right
MUTATIONS = [
    # What happened
    (but(note__signed=False), "note_unsigned", HELD, "note"),
    (but(note__awaits_cosignature=True), "cosignature_absent", HELD, "note"),
    (but(note__version=2), "note_amended", SHOWN, "note"),
    (but(note__by_student=True), "student_unsupervised", HELD, "note"),
    (
        but(note__by_student=True, coverage__payer__medicare=False),
        "student_unsupervised",
        SHOWN,
        "note",
    ),
    (but(note__missing=("why skill was needed",)), "entry_incomplete", HELD, "note"),
    (but(lines=(), total_charge=Decimal(0)), "lines_absent", HELD, "visit.services"),
    (but(services=(*GOOD.services, Service("99999", 1))), "code_unknown", HELD, "visit.services"),
    (
        but(
            lines=(
                *line(1, charge=Decimal("199.00")),
                LineFacts("97110", 0, Decimal("1.00"), ("GP", "95"), (1,)),
            )
        ),
        "units_zero",
        HELD,
        "claim.lines",
    ),
    (but(lines=line(2, units=2)), "units_minutes", HELD, "visit.services"),
    (but(services=GOOD.services[:1]), "units_minutes", HELD, "visit.services"),
    (but(policy__unit_rule=UnitRule.AMA), "units_minutes", HELD, "visit.services"),
    (but(diagnoses=()), "diagnosis_absent", HELD, "visit.diagnoses"),
    (but(diagnoses=GOOD.diagnoses[:1]), "pointer_absent_diagnosis", HELD, "claim.lines"),
    (
        but(diagnoses=(DiagnosisFacts("R26.81"), DiagnosisFacts("R27.0"))),
        "diagnosis_primary",
        HELD,
        "visit.diagnoses",
    ),
    (
        but(diagnoses=(GOOD.diagnoses[0], DiagnosisFacts("R27.0", primary=True))),
        "diagnosis_primary",
        HELD,
        "visit.diagnoses",
    ),
    (
        but(diagnoses=GOOD.diagnoses + MORE_DIAGNOSES),
        "diagnosis_count",
        TOLD,
        "visit.diagnoses",
    ),
    *(
        (
            but(diagnoses=(DiagnosisFacts(code, primary=True), GOOD.diagnoses[1])),
            "diagnosis_format",
            HELD,
            "visit.diagnoses",
        )
        for code in ("169.354", "I6", "i69.354", "I69.35456", "I69354.", "I6.9354", "I69,354", "")
    ),
    (
        but(diagnoses=(DiagnosisFacts("G35", primary=True, billable=False), GOOD.diagnoses[1])),
        "diagnosis_not_billable",
        HELD,
        "visit.diagnoses",
    ),
    (but(lines=line(1, pointers=())), "pointer_count", HELD, "claim.lines"),
    (
        but(diagnoses=GOOD.diagnoses + MORE_DIAGNOSES[:3], lines=line(1, pointers=(1, 2, 3, 4, 5))),
        "pointer_count",
        HELD,
        "claim.lines",
    ),
    (but(lines=line(1, pointers=(1, 1))), "pointer_repeated", HELD, "claim.lines"),
    (
        but(diagnoses=(GOOD.diagnoses[0], DiagnosisFacts("I69354"))),
        "diagnosis_repeated",
        HELD,
        "visit.diagnoses",
    ),
    (
        but(diagnoses=(DiagnosisFacts("W01.0XXA", primary=True), GOOD.diagnoses[1])),
        "diagnosis_external_first",
        HELD,
        "visit.diagnoses",
    ),
    (but(treatment_minutes=46), "treatment_minutes", HELD, "visit.services"),
    (but(report_days=11), "progress_report", SHOWN, "episode.progress_report"),
    (but(lines=line(1, pointers=(1, 3))), "pointer_absent_diagnosis", HELD, "claim.lines"),
    (but(lines=line(1, pointers=(0,))), "pointer_absent_diagnosis", HELD, "claim.lines"),
    (but(today=date(2026, 3, 1)), "date_in_future", HELD, "visit.date_of_service"),
    (
        but(patient__birth_date=date(2026, 3, 3)),
        "date_before_birth",
        HELD,
        "patient.birth_date",
    ),
    (but(onset_on=date(2026, 3, 3)), "date_before_onset", HELD, "episode.onset_on"),
    (
        but(started_on=date(2026, 3, 3)),
        "date_before_first_treatment",
        HELD,
        "episode.started_on",
    ),
    (but(discharged_on=date(2026, 3, 1)), "date_after_discharge", SHOWN, "episode.discharged_on"),
    (but(patient__died_on=date(2026, 3, 1)), "date_after_death", HELD, "patient.deceased_on"),
    # The lines
    (but(lines=line(1, modifiers=())), "discipline_modifier", HELD, "claim.lines"),
    (but(lines=line(1, modifiers=("GO",))), "discipline_modifier", HELD, "claim.lines"),
    (but(lines=line(1, modifiers=("GP", "GO"))), "discipline_modifier", HELD, "claim.lines"),
    (one_service("97165", 1, 45), "evaluation_discipline", HELD, "claim.lines"),
    (but(lines=line(1, modifiers=("GP", "CO"))), "assistant_pairing", HELD, "claim.lines"),
    (
        pair(
            at("97150", 0, 30),
            at("97112", 30, 45),
            modifiers={"97112": ("59", "XU", "GP")},
        ),
        "modifier_conflict",
        HELD,
        "claim.lines",
    ),
    (
        but(lines=line(1, modifiers=("GP", "KX", "GA")), notices=(Notice("GA", Discipline.PT),)),
        "modifier_conflict",
        SHOWN,
        "claim.lines",
    ),
    (
        but(lines=line(1, modifiers=("GP", "KX", "95", "96", "22"))),
        "modifier_count",
        HELD,
        "claim.lines",
    ),
    (
        but(
            lines=(
                LineFacts("97112", 1, Decimal("100.00"), ("GP",), (1,)),
                LineFacts("97112", 1, Decimal("100.00"), ("GP",), (1,)),
                GOOD.lines[1],
            )
        ),
        "duplicate_line",
        HELD,
        "claim.lines",
    ),
    (one_service("97598", 1, 0), "addon_without_base", HELD, "visit.services"),
    (
        but(lines=line(1, charge=Decimal("0.00")), total_charge=Decimal("70.00")),
        "charge_not_positive",
        HELD,
        "payer.fees",
    ),
    (
        but(lines=line(1, charge=Decimal("-1.00")), total_charge=Decimal("69.00")),
        "charge_not_positive",
        HELD,
        "payer.fees",
    ),
    (but(total_charge=Decimal("270.01")), "charge_total", HELD, "claim.lines"),
    (pair(Service("97150", 30), Service("97112", 15)), "ncci", HELD, "visit.services"),
    (
        pair(at("97140", 0, 15), at("97124", 15, 30), modifiers={"97124": ("GP", "59")}),
        "ncci",
        HELD,
        "visit.services",
    ),
    (
        pair(Service("97150", 30), Service("97112", 15), modifiers={"97112": ("59", "GP")}),
        "distinct_modifier",
        SHOWN,
        "visit.services",
    ),
    (one_service("97112", 5, 75), "mue", SHOWN, "visit.services"),
    (pair(at("97112", 0, 15), at("97110", 5, 20)), "same_minutes", HELD, "visit.services"),
    # … and together with another claim of the same patient and day
    (group_elsewhere(Service("97112", 24)), "ncci", HELD, "visit.services"),
    (group_elsewhere(at("97112", 30, 54)), "ncci", HELD, "visit.services"),
    (
        but(
            one_service("97140", 1, 15),
            elsewhere=(elsewhere("97124", 1, Service("97124", 15), modifiers=("59",)),),
        ),
        "ncci",
        HELD,
        "visit.services",
    ),
    (
        but(
            group_elsewhere(Service("97112", 24)),
            lines=(LineFacts("97112", 2, Decimal("270.00"), ("59", "GP"), (1,)),),
        ),
        "distinct_modifier",
        SHOWN,
        "visit.services",
    ),
    (but(elsewhere=(elsewhere("97112", 3),)), "mue", SHOWN, "visit.services"),
    (
        but(elsewhere=(elsewhere("97112", 3),), mue={"97112": MueLimit("97112", 4, 2)}),
        "mue",
        HELD,
        "visit.services",
    ),
    (
        but(
            one_service("97112", 1, 15),
            services=(at("97112", 0, 15),),
            elsewhere=(elsewhere("97530", 1, at("97530", 10, 25)),),
        ),
        "same_minutes",
        HELD,
        "visit.services",
    ),
    (
        but(
            one_service("97162", 1, 30),
            elsewhere=(elsewhere("97164", 1, Service("97164", 20), discipline=Discipline.PT),),
        ),
        "evaluation_per_day",
        HELD,
        "visit.services",
    ),
    (
        pair(Service("97162", 30), Service("97163", 30)),
        "evaluation_per_day",
        HELD,
        "visit.services",
    ),
    (fifty_one_lines(), "line_count", HELD, "visit.services"),
    *(
        (but(lines=line(1, modifiers=("GP", wrong))), "modifier_unknown", HELD, "visit.services")
        for wrong in ("G", "34", "kx", "KX1")
    ),
    (
        but(lines=line(1, charge=Decimal("200.005")), total_charge=Decimal("270.005")),
        "charge_cents",
        HELD,
        "payer.fees",
    ),
    (
        but(lines=line(1, allowed=Decimal("200.01"))),
        "charge_below_allowed",
        SHOWN,
        "payer.fees",
    ),
    (
        but(services=(Service("97112", 24, 24), Service("97110", 23))),
        "assistant_modifier",
        HELD,
        "visit.services",
    ),
    (but(lines=line(1, modifiers=("GP", "CQ"))), "assistant_modifier", HELD, "visit.services"),
    (
        but(one_service("97161", 1, 30, "GP", "CQ"), services=(Service("97161", 30, 30),)),
        "assistant_evaluation",
        HELD,
        "visit.services",
    ),
    (over_the_threshold("GP"), "kx", HELD, "patient.notices"),
    (
        but(over_the_threshold("GP", "GA"), notices=(Notice("GA", Discipline.PT),)),
        "kx",
        SHOWN,
        "patient.notices",
    ),
    (but(over_the_threshold("GP", "KX"), accrued={}), "kx", SHOWN, "patient.notices"),
    (but(lines=line(1, modifiers=("GP", "GA"))), "notice_absent", HELD, "patient.notices"),
    (
        but(
            lines=line(1, modifiers=("GP", "GX", "GY")),
            notices=(Notice("GX", Discipline.PT, frozenset({"97110"})),),
        ),
        "notice_absent",
        HELD,
        "patient.notices",
    ),
    # Where it took place
    *(
        (but(place_of_service=place), "place_of_service", HELD, "clinic.place_of_service")
        for place in ("", "1", "48", "AB")
    ),
    (
        but(place_of_service="21", coverage__payer__medicare=False),
        "admission_date",
        HELD,
        "claim.details",
    ),
    (but(place_of_service="31"), "place_not_covered", SHOWN, "clinic.place_of_service"),
    (
        but(practice__pay_to=AddressFacts("PO Box 12", "", "OR", "97201-0001")),
        "pay_to_address",
        HELD,
        "practice.pay_to",
    ),
    (
        but(facility=FacilityFacts(AddressFacts("9 Low Street", "Portland", "OR", "97214"))),
        "facility_zip",
        HELD,
        "clinic.postal_code",
    ),
    (
        but(practice__address__postal_code="98101-0001"),
        "zip_state",
        SHOWN,
        "practice.postal_code",
    ),
    (but(patient__address__postal_code="10001"), "zip_state", SHOWN, "patient.address"),
    (
        but(facility=FacilityFacts(AddressFacts("9 Low Street", "Portland", "OR", "00199-0001"))),
        "zip_state",
        SHOWN,
        "clinic.postal_code",
    ),
    # Who is who
    (but(practice__npi="1234567890"), "billing_npi", HELD, "practice.npi"),
    (but(practice__npi=""), "billing_npi", HELD, "practice.npi"),
    (but(practice__address__postal_code="97201"), "billing_zip", HELD, "practice.postal_code"),
    *(
        (but(practice__address__line1=street), "billing_po_box", HELD, "practice.line1")
        for street in (
            "PO Box 12",
            "P.O. BOX 12",
            "p o box 12",
            "POB 12",
            "Post Office Box 12",
            "Box 12",
        )
    ),
    (but(practice__address__line2="P.O. Box 9"), "billing_po_box", HELD, "practice.line1"),
    (but(practice__ein="12-3456789"), "billing_ein", HELD, "practice.ein"),
    (but(practice__ein="12345678"), "billing_ein", HELD, "practice.ein"),
    (but(rendering__npi="1245319590"), "rendering_npi", HELD, "provider.npi"),
    (but(practice__taxonomy="261QP2000"), "billing_taxonomy", HELD, "practice.taxonomy"),
    (but(rendering__taxonomy=""), "rendering_taxonomy", HELD, "provider.taxonomy"),
    (but(rendering__taxonomy="225X00000X"), "taxonomy_discipline", SHOWN, "provider.taxonomy"),
    (
        but(lines=line(2, rendering=replace(COLLEAGUE, npi="1245319590"))),
        "rendering_npi",
        HELD,
        "provider.npi",
    ),
    (
        but(lines=line(2, rendering=replace(COLLEAGUE, taxonomy="225100000"))),
        "rendering_taxonomy",
        HELD,
        "provider.taxonomy",
    ),
    (
        but(lines=line(2, rendering=replace(COLLEAGUE, licence_expires_on=date(2026, 3, 1)))),
        "licence_expired",
        HELD,
        "provider.licence_expires_on",
    ),
    (
        but(assistant=ProviderFacts("", "225200000X", date(2026, 3, 1))),
        "assistant_licence",
        HELD,
        "provider.licence_expires_on",
    ),
    (
        but(rendering__licence_expires_on=date(2026, 3, 1)),
        "licence_expired",
        HELD,
        "provider.licence_expires_on",
    ),
    (but(referring=None), "referring_absent", HELD, "episode.referring_provider"),
    (but(referring__npi="1356362580"), "referring_npi", HELD, "referring_provider.npi"),
    (but(patient__birth_date=None), "patient_birth_date", HELD, "patient.birth_date"),
    (but(patient__sex=""), "patient_sex", HELD, "patient.sex"),
    (but(patient__address__line1=""), "patient_address", HELD, "patient.address"),
    (but(patient__address__postal_code="9720"), "patient_address", HELD, "patient.address"),
    (
        but(coverage__payer__medicare=False, coverage__subscriber=SubscriberFacts(False, "Ruiz")),
        "subscriber_name",
        HELD,
        "coverage.subscriber",
    ),
    (
        but(coverage__subscriber=SubscriberFacts(False, "Ruiz", "Ana")),
        "medicare_subscriber",
        HELD,
        "coverage.relation",
    ),
    (but(coverage__member_id=" "), "member_id", HELD, "coverage.member_id"),
    *(
        (but(coverage__member_id=number), "mbi_format", HELD, "coverage.member_id")
        for number in ("123456789A", "1EG4TE5MK7", "0EG4TE5MK73", "1SG4TE5MK73", "1EG4TE5MKA3")
    ),
    # Whether the payer is bound
    (but(coverage=None), "coverage_inactive", HELD, "coverage"),
    (but(coverage__starts_on=date(2026, 3, 3)), "coverage_inactive", HELD, "coverage"),
    (but(coverage__ends_on=date(2026, 3, 1)), "coverage_inactive", HELD, "coverage"),
    (but(policy=None), "policy_missing", HELD, "payer.policy"),
    (but(coverage__payer__filing_code=""), "filing_code", HELD, "payer_record"),
    (but(coverage__payer__filing_code="XX"), "filing_code", HELD, "payer_record"),
    (but(coverage__payer__payer_id="1"), "payer_id", HELD, "payer_record"),
    (but(frequency="7"), "original_reference", HELD, "claim"),
    (but(frequency="8"), "original_reference", HELD, "claim"),
    (but(frequency="9", payer_claim_number="77"), "original_reference", HELD, "claim"),
    (but(payer_claim_number="77"), "original_reference", HELD, "claim"),
    (but(authorization=None), "authorization_absent", HELD, "authorization"),
    (
        but(authorization__ends_on=date(2026, 3, 1)),
        "authorization_dates",
        HELD,
        "authorization.ends_on",
    ),
    (
        but(authorization__starts_on=date(2026, 3, 3)),
        "authorization_dates",
        HELD,
        "authorization.ends_on",
    ),
    (but(authorization__visits_used=12), "authorization_used_up", HELD, "authorization"),
    (but(authorization__units_used=38), "authorization_used_up", HELD, "authorization"),
    (
        but(authorization__codes=frozenset({"97112"})),
        "authorization_codes",
        HELD,
        "authorization.codes",
    ),
    (but(plans=()), "certification", HELD, "plan_of_care"),
    (but(plans=first_plan(starts_on=date(2026, 3, 3))), "certification", HELD, "plan_of_care"),
    (but(plans=first_plan(through=date(2026, 3, 1))), "certification", HELD, "plan_of_care"),
    (but(plans=first_plan(signed_on=None)), "certification", HELD, "plan_of_care"),
    (but(today=date(2026, 12, 19)), "timely_filing", SHOWN, "claim"),
    (but(today=date(2027, 3, 3)), "timely_filing", HELD, "claim"),
    (but(elsewhere=(Elsewhere("PT00000001", "97112", 1),)), "duplicate_claim", HELD, "claim"),
    (
        but(accident=AccidentFacts("AA", date(2026, 1, 15), "")),
        "accident_incomplete",
        HELD,
        "episode.accident",
    ),
    (
        but(accident=AccidentFacts("EM", None, "OR")),
        "accident_incomplete",
        HELD,
        "episode.accident",
    ),
    (
        but(accident=AccidentFacts("OA", date(2026, 3, 3), "")),
        "date_before_accident",
        HELD,
        "episode.accident",
    ),
    (
        but(
            coverage__payer__pays_for="EM",
            coverage__claim_number="W-1",
            coverage__subscriber=SubscriberFacts(is_patient=False, employer="Millwork"),
            coverage__payer__medicare=False,
        ),
        "accident_of_payer",
        HELD,
        "episode.accident",
    ),
    (
        but(
            coverage__payer__pays_for="AA",
            coverage__claim_number="W-1",
            accident=AccidentFacts("EM", date(2026, 1, 15), ""),
        ),
        "accident_of_payer",
        HELD,
        "episode.accident",
    ),
    (
        but(coverage__payer__pays_for="AA", accident=AccidentFacts("AA", date(2026, 1, 15), "OR")),
        "casualty_number",
        HELD,
        "coverage.claim_number",
    ),
    (
        but(
            coverage__payer__pays_for="EM",
            coverage__claim_number="W-1",
            accident=AccidentFacts("EM", date(2026, 1, 15), ""),
        ),
        "employer_absent",
        SHOWN,
        "coverage.relation",
    ),
    (
        but(attachments=(AttachmentFacts("Progress report", on_request=False),)),
        "attachment_number",
        HELD,
        "claim.details",
    ),
]
