"""Claims by which the payer is not bound: card, policy, authorization, certification, accident."""

from datetime import date

from billing.rules.facts import AccidentFacts, AttachmentFacts, SubscriberFacts
from billing.rules.same_day import Elsewhere
from tests.billing.rules.claims import but, first_plan
from tests.billing.rules.spoiled_claims import HELD, SHOWN

# claim, the one check that finds it, severity, where it is put right
MUTATIONS = [
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
