"""Claims wrong in what happened: the note, the minutes, the diagnoses, the days."""

from datetime import date
from decimal import Decimal

from billing.rules.facts import DiagnosisFacts, LineFacts
from billing.rules.types import Service, UnitRule
from tests.billing.rules.claims import GOOD, but, line
from tests.billing.rules.spoiled_claims import HELD, MORE_DIAGNOSES, SHOWN, TOLD

# claim, the one check that finds it, severity, where it is put right
MUTATIONS = [
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
]
