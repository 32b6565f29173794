"""Checks of whether the payer is bound: cover, permission, certification, time."""

import calendar
from datetime import date, timedelta

from billing.rules.facts import ClaimFacts, PlanOfCareFacts
from billing.rules.types import Finding, PolicyFacts, Severity, error, warning
from billing.rules.words import spoken
from documentation.rules import certification as rule

GUIDE = "ASC X12N 005010X222A1"


def coverage_inactive(facts: ClaimFacts) -> list[Finding]:
    card, on = facts.coverage, facts.date_of_service
    if card is None:
        message = f"No card covers {spoken(on)}. Enter the one that did, or bill the patient."
    elif on < card.starts_on:
        message = f"The card begins on {spoken(card.starts_on)}, after the visit."
    elif card.ends_on is not None and on > card.ends_on:
        message = f"The card ended on {spoken(card.ends_on)}, before the visit."
    else:
        return []
    source = f"{GUIDE}, loop 2000B"
    return error("coverage_inactive", message, source, "coverage")


def policy_missing(facts: ClaimFacts) -> list[Finding]:
    if facts.coverage is None or facts.policy is not None:
        return []
    message = (
        f"Nobody has written down how {facts.coverage.payer.name} wants to be billed on "
        f"{spoken(facts.date_of_service)}. Set up the payer's policy."
    )
    return error("policy_missing", message, "The practice's set-up", "payer.policy")


def filing_code(facts: ClaimFacts) -> list[Finding]:
    if facts.coverage is None or facts.coverage.payer.filing_code in FILING_CODES:
        return []
    message = (
        f"{facts.coverage.payer.name} has no kind of coverage that claims know: MB for Medicare "
        "Part B, CI for commercial, WC for workers' compensation."
    )
    return error("filing_code", message, f"{GUIDE}, SBR09", "payer_record")


def payer_id(facts: ClaimFacts) -> list[Finding]:
    if facts.coverage is None or len(facts.coverage.payer.payer_id.strip()) >= 2:
        return []
    message = f"{facts.coverage.payer.name} has no payer ID for the receiver to route by."
    return error("payer_id", message, f"{GUIDE}, loop 2010BB NM109", "payer_record")


def original_reference(facts: ClaimFacts) -> list[Finding]:
    if facts.frequency in ("1", "7", "8") and (
        (facts.frequency == "1") != bool(facts.payer_claim_number.strip())
    ):
        return []
    message = (
        "A corrected or voided claim names the payer's own number of the claim it is about, and "
        "only such a one does."
    )
    return error("original_reference", message, f"{GUIDE}, CLM05-3 and REF*F8", "claim")


def authorization_absent(facts: ClaimFacts) -> list[Finding]:
    if not _authorization_wanted(facts) or facts.authorization is not None:
        return []
    message = "The payer wants an authorization and none is on file for this date."
    return error("authorization_absent", message, _AUTH, "authorization")


def authorization_dates(facts: ClaimFacts) -> list[Finding]:
    held = facts.authorization
    if not _authorization_wanted(facts) or held is None:
        return []
    if held.starts_on <= facts.date_of_service <= held.ends_on:
        return []
    message = (
        f"Authorization {held.number} runs from {spoken(held.starts_on)} to "
        f"{spoken(held.ends_on)}; the visit was on {spoken(facts.date_of_service)}."
    )
    return error("authorization_dates", message, _AUTH, "authorization.ends_on")


def authorization_used_up(facts: ClaimFacts) -> list[Finding]:
    held = facts.authorization
    if not _authorization_wanted(facts) or held is None:
        return []
    counted = [line for line in facts.lines if not held.codes or line.code in held.codes]
    units = sum(line.units for line in counted)
    if held.visits_approved is not None and held.visits_used + 1 > held.visits_approved:
        what = f"all {held.visits_approved} visits are used"
    elif held.units_approved is not None and held.units_used + units > held.units_approved:
        left = max(held.units_approved - held.units_used, 0)
        what = f"{left} of {held.units_approved} units are left and the claim needs {units}"
    else:
        return []
    message = f"Authorization {held.number}: {what}. Ask the payer for more."
    return error("authorization_used_up", message, _AUTH, "authorization")


def authorization_codes(facts: ClaimFacts) -> list[Finding]:
    held = facts.authorization
    if not _authorization_wanted(facts) or held is None or not held.codes:
        return []
    codes = [c for c in dict.fromkeys(line.code for line in facts.lines) if c not in held.codes]
    if not codes:
        return []
    message = f"Authorization {held.number} does not name {', '.join(codes)}."
    return error("authorization_codes", message, _AUTH, "authorization.codes", *codes)


_AUTH = f"The payer's contract; {GUIDE}, REF*G1"


def _authorization_wanted(facts: ClaimFacts) -> bool:
    return facts.policy is not None and facts.policy.authorization_required


def certification(facts: ClaimFacts) -> list[Finding]:
    """A plan certified on the date, or one whose time to be certified has not run out."""
    wanted = (
        facts.policy is not None and facts.policy.certification_required and facts.therapy_lines
    )
    if not wanted:
        return []
    on = facts.date_of_service
    current = [plan for plan in facts.plans if plan.starts_on <= on <= plan.through]
    if not current:
        earlier = [plan.through for plan in facts.plans if plan.starts_on <= on]
        what = (
            f"the last one ended on {spoken(max(earlier))}"
            if earlier
            else "none begins on or before it"
        )
        message = f"No plan of care covers {spoken(on)}: {what}. Write one and have it certified."
        return error("certification", message, rule.SOURCE, "plan_of_care")
    judged = [_judge(plan, facts.today) for plan in current]
    # One certified plan on the date is enough; else the mildest word on any of them.
    if [] in judged:
        return []
    return min(judged, key=lambda found: found[0].severity is Severity.ERROR)


def _judge(plan: PlanOfCareFacts, today: date) -> list[Finding]:
    """What the one rule of certification says of the plan: it may wait, not be overdue."""
    found = rule.certify(plan.on_file, today=today)
    if found.holds:
        return []
    message = f"Plan of care from {spoken(plan.starts_on)}. {rule.in_words(found, plan.on_file)}"
    say = error if found.state is rule.State.OVERDUE else warning
    return say("certification", message, found.source, "plan_of_care")


def filing_deadline(on: date, policy: PolicyFacts) -> date | None:
    """The last day the payer takes the claim; by the calendar where it counts in months.

    Twelve months from a 29 February end on 28 February (42 CFR 424.44).
    """
    if policy.timely_filing_months is not None:
        years, month = divmod(on.month - 1 + policy.timely_filing_months, 12)
        year = on.year + years
        return date(year, month + 1, min(on.day, calendar.monthrange(year, month + 1)[1]))
    if policy.timely_filing_days is not None:
        return on + timedelta(days=policy.timely_filing_days)
    return None


def timely_filing(facts: ClaimFacts) -> list[Finding]:
    """Past the deadline an error, in the last fifth of the time a warning."""
    deadline = filing_deadline(facts.date_of_service, facts.policy) if facts.policy else None
    if deadline is None:
        return []
    source = "42 CFR 424.44, or the payer's contract"
    elapsed = (facts.today - facts.date_of_service).days
    allowed = (deadline - facts.date_of_service).days
    if facts.today > deadline:
        message = f"The payer took this claim until {spoken(deadline)}. It will be denied as late."
        return error("timely_filing", message, source, "claim")
    if 5 * elapsed >= 4 * allowed:
        message = f"The payer takes this claim until {spoken(deadline)}: send it soon."
        return warning("timely_filing", message, source, "claim")
    return []


def duplicate_claim(facts: ClaimFacts) -> list[Finding]:
    """The same code by the same discipline; another discipline's service is another service."""
    billed = {line.code for line in facts.lines}
    again = [
        other
        for other in facts.elsewhere
        if other.code in billed and other.discipline is facts.discipline
    ]
    if not again:
        return []
    claims = ", ".join(dict.fromkeys(other.claim for other in again))
    codes = dict.fromkeys(other.code for other in again)
    message = (
        f"Claim {claims} already bills {', '.join(codes)} for this patient and date. Void one of "
        "the two."
    )
    return error("duplicate_claim", message, "CARC 18, exact duplicate", "claim", *codes)


def accident_incomplete(facts: ClaimFacts) -> list[Finding]:
    accident = facts.accident
    if accident is None:
        return []
    missing = [] if accident.on is not None else ["its date"]
    if accident.cause == "AA" and not accident.state:
        missing.append("the state it happened in")
    if not missing:
        return []
    message = f"The visit follows an accident: enter {' and '.join(missing)}."
    return error(
        "accident_incomplete",
        message,
        f"{GUIDE}, CLM11 and DTP*439",
        "episode.accident",
    )


def accident_of_payer(facts: ClaimFacts) -> list[Finding]:
    """Workers' compensation pays for what happened at work, automobile insurance for a car's."""
    if facts.coverage is None or not facts.coverage.payer.pays_for:
        return []
    wanted = facts.coverage.payer.pays_for
    if facts.accident is not None and facts.accident.cause == wanted:
        return []
    what = "employment" if wanted == "EM" else "an automobile accident"
    message = f"{facts.coverage.payer.name} pays for {what}, and the case does not say it was one."
    return error("accident_of_payer", message, f"{GUIDE}, CLM11", "episode.accident")


def casualty_number(facts: ClaimFacts) -> list[Finding]:
    card = facts.coverage
    if card is None or not card.payer.pays_for or card.claim_number.strip():
        return []
    message = f"{card.payer.name} gave the accident a claim number: enter it with the card."
    return error("casualty_number", message, f"{GUIDE}, REF*Y4", "coverage.claim_number")


def employer_absent(facts: ClaimFacts) -> list[Finding]:
    """The policy of workers' compensation is the employer's: the guide lets 2010BA name it, and
    insurers find the policy by it."""
    card = facts.coverage
    if card is None or card.payer.pays_for != "EM" or card.subscriber.employer:
        return []
    message = (
        f"{card.payer.name} insures the employer, and the card names none: choose Employee as the "
        "relation and enter the employer."
    )
    return warning("employer_absent", message, f"{GUIDE}, loop 2010BA NM102", "coverage.relation")


def date_before_accident(facts: ClaimFacts) -> list[Finding]:
    accident = facts.accident
    if accident is None or accident.on is None or accident.on <= facts.date_of_service:
        return []
    message = f"The accident, {spoken(accident.on)}, is after the visit: correct one of them."
    return error("date_before_accident", message, f"{GUIDE}, DTP*439", "episode.accident")


def attachment_number(facts: ClaimFacts) -> list[Finding]:
    """What is sent apart from the claim is found again by its number."""
    reports = [
        each.report
        for each in facts.attachments
        if not each.on_request and len(each.control_number.strip()) < 2
    ]
    if not reports:
        return []
    message = f"{' and '.join(reports)}: give the attachment a number, and write it on the papers."
    return error("attachment_number", message, f"{GUIDE}, PWK06", "claim.details")


FILING_CODES = frozenset(
    "11 12 13 14 15 16 17 AM BL CH CI DS FI HM LM MA MB MC OF TV VA WC ZZ".split()
)

CHECKS = (
    coverage_inactive,
    policy_missing,
    filing_code,
    payer_id,
    original_reference,
    authorization_absent,
    authorization_dates,
    authorization_used_up,
    authorization_codes,
    certification,
    timely_filing,
    duplicate_claim,
    accident_incomplete,
    accident_of_payer,
    casualty_number,
    employer_absent,
    date_before_accident,
    attachment_number,
)
