"""Does a claim of a payer that takes paper fit the form's boxes? Said while it can be mended.

What is too long is cut where it is printed. A number, a code or an amount that is cut is another
one, and holds the claim; of a name or an address the form shows the beginning, and that is said.
"""

from __future__ import annotations

from billing.claim_content import Incomplete, content_of
from billing.models import Claim
from billing.paper.cms1500 import Problem, cannot_be_printed, fill
from billing.policies import NoPolicy, policy_on
from billing.rules.types import Finding, error, warning
from billing.x12.values import Refused

SOURCE = "NUCC, 1500 Claim Form Reference Instruction Manual (02/12)"
# Where what an item holds is put right.
FIELDS = {
    "carrier": "payer_record.address",
    "1": "coverage",
    "1a": "coverage.member_id",
    "2": "patient",
    "3": "patient",
    "4": "coverage",
    "5": "patient",
    "6": "coverage",
    "7": "coverage",
    "9": "coverage",
    "9a": "coverage",
    "9d": "coverage",
    "11": "coverage.group_number",
    "11b": "coverage.claim_number",
    "11c": "coverage.group_name",
    "17": "referring_provider",
    "17b": "referring_provider",
    "21": "episode.diagnoses",
    "22": "claim",
    "23": "authorization",
    "25": "practice",
    "29": "claim.earlier",
    "32": "clinic",
    "32a": "clinic",
    "33": "practice",
    "33a": "practice",
}
ONLY_SHOWN = ("name", "street", "city", "address", "attention", "information")


def takes_paper_only(claim: Claim) -> bool:
    """Whether the claim's payer takes no file, by its policy on the day of the visit."""
    if claim.payer is None:
        return False
    try:
        return policy_on(claim.payer, claim.visit.date_of_service).paper_only
    except NoPolicy:
        return False


def what_does_not_fit(claim: Claim) -> list[Finding]:
    """What the form has no room for; nothing where the claim goes out in a file."""
    if not takes_paper_only(claim) or claim.payer is None:
        return []
    found = []
    if not (claim.payer.line1 and claim.payer.city):
        message = f"{claim.payer} takes claims on paper, and its address is not known."
        found += error("payer_address", message, SOURCE, "payer_record.address")
    try:
        form = fill(content_of(claim))
    except Refused as refusal:
        return found + error("no_room_on_form", cannot_be_printed(refusal), SOURCE, "patient")
    except Incomplete:
        return found  # another check names it
    for problem in form.problems:
        say = warning if _is_only_shown(problem) else error
        message = f"CMS-1500 item {problem.box}: {problem.message}"
        found += say("no_room_on_form", message, SOURCE, FIELDS.get(problem.box, "claim.lines"))
    return found


def _is_only_shown(problem: Problem) -> bool:
    said = problem.message.casefold()
    return any(word in said for word in ONLY_SHOWN)
