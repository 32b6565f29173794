"""Checks of what happened: the note, the minutes, the diagnoses, the dates."""

import re
from collections import Counter

from billing.rules.allocation import fact_of
from billing.rules.diagnoses import EXTERNAL_CAUSES, MOST_DIAGNOSES, claim_diagnoses
from billing.rules.facts import ClaimFacts
from billing.rules.types import Finding, Severity, error, info, warning
from billing.rules.units import bill_units
from billing.rules.words import spoken
from documentation.rules import clocks

GUIDE = "ASC X12N 005010X222A1"
STUDENTS = "CMS Pub. 100-02, ch. 15, § 230 B"
NOTES = "CMS Pub. 100-02, ch. 15, § 220.3"
MOST_POINTERS = 4  # SV107; CMS-1500 item 24E
# A letter, a digit, a digit or letter, and up to four more (ICD-10-CM guidelines, § I.A.2).
ICD_10_CM = re.compile(r"[A-Z][0-9][0-9A-Z](\.?[0-9A-Z]{1,4})?")


def note_unsigned(facts: ClaimFacts) -> list[Finding]:
    if facts.note.signed:
        return []
    message = "The note is not signed yet. Once it is, the claim can go."
    return error("note_unsigned", message, NOTES, "note")


def cosignature_absent(facts: ClaimFacts) -> list[Finding]:
    if not facts.note.awaits_cosignature:
        return []
    message = "The note still waits for its co-signature."
    return error("cosignature_absent", message, NOTES, "note")


def note_amended(facts: ClaimFacts) -> list[Finding]:
    if facts.note.version == 1 or not facts.note.signed:
        return []
    message = (
        f"The note was amended: version {facts.note.version} holds. "
        "Look at the lines once more before you release the claim."
    )
    return [Finding("note_amended", Severity.WARNING, message, NOTES, field="note")]


def student_unsupervised(facts: ClaimFacts) -> list[Finding]:
    """A student's part is the therapist's service only under their eyes throughout."""
    if not facts.note.by_student or facts.note.supervised:
        return []
    medicare = facts.coverage is not None and facts.coverage.payer.medicare
    message = "A student treated, and no therapist attested to have supervised throughout. " + (
        "Medicare does not pay for this visit."
        if medicare
        else "Ask whether this payer covers students' visits."
    )
    severity = Severity.ERROR if medicare else Severity.WARNING
    return [Finding("student_unsupervised", severity, message, STUDENTS, field="note")]


def entry_incomplete(facts: ClaimFacts) -> list[Finding]:
    if not facts.note.missing:
        return []
    return error(
        "entry_incomplete",
        f"The 97112 entry would not stand a review; it lacks: {', '.join(facts.note.missing)}.",
        f"{NOTES}; local coverage articles on 97112",
        "note",
        "97112",
    )


def lines_absent(facts: ClaimFacts) -> list[Finding]:
    if facts.lines:
        return []
    message = "There is nothing to bill: no service of the visit earns a unit."
    return error("lines_absent", message, f"{GUIDE}, loop 2400", "visit.services")


def code_unknown(facts: ClaimFacts) -> list[Finding]:
    used = [*(line.code for line in facts.lines), *(s.code for s in facts.services)]
    unknown = [code for code in dict.fromkeys(used) if code not in facts.codes]
    if not unknown:
        return []
    return error(
        "code_unknown",
        f"{', '.join(unknown)}: no such code is set up. Set it up, or log another.",
        f"{GUIDE}, SV101",
        "visit.services",
        *unknown,
    )


def units_zero(facts: ClaimFacts) -> list[Finding]:
    codes = [line.code for line in facts.lines if line.units < 1]
    if not codes:
        return []
    message = f"{', '.join(codes)}: a line bills at least one unit. Take it off or correct it."
    return error("units_zero", message, f"{GUIDE}, SV104", "claim.lines", *codes)


def units_minutes(facts: ClaimFacts) -> list[Finding]:
    """Units the minutes do not bear out under the payer's rule; any allowed tie is right."""
    if facts.policy is None or not facts.lines or code_unknown(facts):
        return []
    result = bill_units(facts.services, facts.policy.unit_rule, facts.codes)
    billed = Counter[str]()
    for line in facts.lines:
        billed[line.code] += line.units
    timed = {c: n for c, n in billed.items() if n and fact_of(c, facts.codes).timed}
    untimed = {c: n for c, n in billed.items() if n and not fact_of(c, facts.codes).timed}
    if timed in (result.units, *result.alternatives) and untimed == result.untimed_units:
        return []
    expected = {**result.units, **result.untimed_units}
    wrong = [c for c in {**billed, **expected} if billed[c] != expected.get(c, 0)]
    return [
        Finding(
            check="units_minutes",
            severity=Severity.ERROR,
            message=(
                f"The minutes bear out {_listed(expected)}, and the claim bills "
                f"{_listed(billed)}. Correct the minutes or code the visit again."
            ),
            source=f"Unit rule of the payer: {facts.policy.unit_rule.label}",
            codes=tuple(wrong),
            field="visit.services",
            extras={"expected": expected, "billed": dict(billed)},
        )
    ]


def _listed(units: dict[str, int]) -> str:
    return ", ".join(f"{code} ×{count}" for code, count in units.items()) or "nothing"


def diagnosis_absent(facts: ClaimFacts) -> list[Finding]:
    if facts.diagnoses:
        return []
    message = "The case has no diagnosis. Add the one that is treated."
    return error("diagnosis_absent", message, f"{GUIDE}, HI", "visit.diagnoses")


def diagnosis_primary(facts: ClaimFacts) -> list[Finding]:
    if not facts.diagnoses or sum(diagnosis.primary for diagnosis in facts.diagnoses) == 1:
        return []
    message = "One diagnosis comes first: say which is the primary one."
    return error("diagnosis_primary", message, f"{GUIDE}, HI01 (ABK)", "visit.diagnoses")


def diagnosis_count(facts: ClaimFacts) -> list[Finding]:
    """More than a claim holds: `rules.diagnoses` keeps twelve, and this says which it left out."""
    dropped = claim_diagnoses([d.code for d in facts.diagnoses]).dropped
    if not dropped:
        return []
    message = (
        f"The case has {len(facts.diagnoses)} diagnoses and a claim holds {MOST_DIAGNOSES}: "
        f"{', '.join(dropped)} stay off this claim. Put them higher in the case to change that."
    )
    return info("diagnosis_count", message, f"{GUIDE}, HI", "visit.diagnoses", *dropped[:50])


def diagnosis_repeated(facts: ClaimFacts) -> list[Finding]:
    times = Counter(diagnosis.code.replace(".", "") for diagnosis in facts.diagnoses)
    codes = [code for code, count in times.items() if count > 1]
    if not codes:
        return []
    message = f"{', '.join(codes)}: a claim names a diagnosis once. Take the second one out."
    return error("diagnosis_repeated", message, f"{GUIDE}, HI", "visit.diagnoses", *codes)


def diagnosis_external_first(facts: ClaimFacts) -> list[Finding]:
    codes = [d.code for d in facts.diagnoses if d.primary and d.code[:1] in EXTERNAL_CAUSES]
    if not codes:
        return []
    message = (
        f"{codes[0]} says what caused the injury, not what it is: it never comes first. Put the "
        "condition that is treated before it."
    )
    return error(
        "diagnosis_external_first",
        message,
        "ICD-10-CM guidelines, § I.C.20.a.6",
        "visit.diagnoses",
        *codes,
    )


def diagnosis_format(facts: ClaimFacts) -> list[Finding]:
    """With or without its dot: the file is written without."""
    codes = [d.code for d in facts.diagnoses if not ICD_10_CM.fullmatch(d.code)]
    if not codes:
        return []
    message = f"{', '.join(codes)}: an ICD-10-CM code reads like I69.354."
    return error(
        "diagnosis_format", message, "ICD-10-CM guidelines, § I.A.2", "visit.diagnoses", *codes
    )


def diagnosis_not_billable(facts: ClaimFacts) -> list[Finding]:
    codes = [d.code for d in facts.diagnoses if not d.billable]
    if not codes:
        return []
    message = (
        f"{', '.join(codes)}: not valid for billing on the date of service. Choose the more "
        "specific code of that year."
    )
    return error(
        "diagnosis_not_billable",
        message,
        "ICD-10-CM tabular list of the date of service",
        "visit.diagnoses",
        *codes,
    )


def pointer_count(facts: ClaimFacts) -> list[Finding]:
    if not facts.diagnoses:
        return []  # nothing to point to is one fault, and `diagnosis_absent` names it
    codes = [line.code for line in facts.lines if not 1 <= len(line.pointers) <= MOST_POINTERS]
    if not codes:
        return []
    message = f"{', '.join(codes)}: a line points to one diagnosis at least, to four at most."
    return error("pointer_count", message, f"{GUIDE}, SV107", "claim.lines", *codes)


def pointer_absent_diagnosis(facts: ClaimFacts) -> list[Finding]:
    if not facts.diagnoses:
        return []
    there = range(1, min(len(facts.diagnoses), MOST_DIAGNOSES) + 1)
    codes = [line.code for line in facts.lines if any(p not in there for p in line.pointers)]
    if not codes:
        return []
    message = f"{', '.join(codes)}: the line points to a diagnosis that the claim does not have."
    return error("pointer_absent_diagnosis", message, f"{GUIDE}, SV107", "claim.lines", *codes)


def pointer_repeated(facts: ClaimFacts) -> list[Finding]:
    codes = [line.code for line in facts.lines if len(set(line.pointers)) < len(line.pointers)]
    if not codes:
        return []
    message = f"{', '.join(codes)}: the line points to the same diagnosis twice."
    return error("pointer_repeated", message, f"{GUIDE}, SV107", "claim.lines", *codes)


def treatment_minutes(facts: ClaimFacts) -> list[Finding]:
    logged = sum(service.minutes for service in facts.services)
    if facts.treatment_minutes is None or facts.treatment_minutes >= logged:
        return []
    message = (
        f"The services come to {logged} minutes and the note says {facts.treatment_minutes} of "
        "treatment in all: correct one of them."
    )
    return error("treatment_minutes", message, f"{NOTES} E", "visit.services")


def progress_report(facts: ClaimFacts) -> list[Finding]:
    """It cannot be made good once the day is over, so it is said and does not hold the claim."""
    wanted = facts.policy is not None and facts.policy.certification_required
    if not wanted or facts.report_days <= clocks.REPORT_EVERY:
        return []
    message = (
        f"{facts.report_days} treatment days by then without a progress report; one is due every "
        f"{clocks.REPORT_EVERY}. Have it written: a reviewer asks for it first."
    )
    return warning("progress_report", message, clocks.REPORT_SOURCE, "episode.progress_report")


def date_in_future(facts: ClaimFacts) -> list[Finding]:
    if facts.date_of_service <= facts.today:
        return []
    message = f"The date of service, {spoken(facts.date_of_service)}, has not come yet."
    return error("date_in_future", message, f"{GUIDE}, DTP*472", "visit.date_of_service")


def date_before_birth(facts: ClaimFacts) -> list[Finding]:
    born = facts.patient.birth_date
    if born is None or facts.date_of_service >= born:
        return []
    message = (
        f"The date of service, {spoken(facts.date_of_service)}, is before the patient was born."
    )
    return error("date_before_birth", message, f"{GUIDE}, DMG02", "patient.birth_date")


def date_before_onset(facts: ClaimFacts) -> list[Finding]:
    if facts.onset_on is None or facts.date_of_service >= facts.onset_on:
        return []
    message = (
        f"The onset, {spoken(facts.onset_on)}, is after the date of service: correct one of them."
    )
    return error("date_before_onset", message, f"{GUIDE}, DTP*431", "episode.onset_on")


def date_before_first_treatment(facts: ClaimFacts) -> list[Finding]:
    if facts.started_on is None or facts.date_of_service >= facts.started_on:
        return []
    message = (
        f"The case says its first treatment was on {spoken(facts.started_on)}, after this visit: "
        "correct it."
    )
    source = f"{GUIDE}, DTP*454"
    return error("date_before_first_treatment", message, source, "episode.started_on")


def date_after_discharge(facts: ClaimFacts) -> list[Finding]:
    if facts.discharged_on is None or facts.date_of_service <= facts.discharged_on:
        return []
    message = f"The case was closed on {spoken(facts.discharged_on)}, before this visit."
    return warning("date_after_discharge", message, NOTES, "episode.discharged_on")


def date_after_death(facts: ClaimFacts) -> list[Finding]:
    died = facts.patient.died_on
    if died is None or facts.date_of_service <= died:
        return []
    message = (
        f"The visit, {spoken(facts.date_of_service)}, is after the day the patient died, "
        f"{spoken(died)}: correct one of them."
    )
    return error("date_after_death", message, f"{GUIDE}, PAT06", "patient.deceased_on")


CHECKS = (
    note_unsigned,
    cosignature_absent,
    note_amended,
    student_unsupervised,
    entry_incomplete,
    lines_absent,
    code_unknown,
    units_zero,
    units_minutes,
    diagnosis_absent,
    diagnosis_primary,
    diagnosis_count,
    diagnosis_repeated,
    diagnosis_external_first,
    diagnosis_format,
    diagnosis_not_billable,
    pointer_count,
    pointer_absent_diagnosis,
    pointer_repeated,
    treatment_minutes,
    progress_report,
    date_in_future,
    date_before_birth,
    date_before_onset,
    date_before_first_treatment,
    date_after_discharge,
    date_after_death,
)
