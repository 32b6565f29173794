"""One good claim, wrong in one way at a time; shared with whoever wants a faulty claim."""

from datetime import date
from decimal import Decimal

from billing.rules.facts import AccidentFacts, DiagnosisFacts, LineFacts
from billing.rules.same_day import Elsewhere
from billing.rules.types import Discipline, MueLimit, Service, UnitRule
from tests.billing.rules.claims import GOOD, but, first_plan, line
from tests.billing.rules.makers import at

HELD = "error"
SHOWN = "warning"


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
        but(diagnoses=GOOD.diagnoses + (DiagnosisFacts("M62.81"),) * 11),
        "diagnosis_count",
        HELD,
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
    (but(lines=line(1, pointers=(1, 2, 1, 2, 1))), "pointer_count", HELD, "claim.lines"),
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
    (but(lines=line(1, modifiers=("GP", "KX", "GA"))), "modifier_conflict", SHOWN, "claim.lines"),
    (
        but(lines=line(1, modifiers=("GP", "CQ", "KX", "95", "96"))),
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
    (but(place_of_service=""), "place_of_service", HELD, "visit.place_of_service"),
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
    (but(rendering__taxonomy=""), "rendering_taxonomy", HELD, "provider.taxonomy"),
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
    (but(coverage__subscriber__is_patient=False), "subscriber_name", HELD, "coverage.subscriber"),
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
]
