"""Which record fills the number in an address, for the walk over every route.

The word before the number says what it is: /visits/<pk>/ wants a visit; an argument with a name
of its own (`patient_id`, `payer_pk`) says it itself.
"""

from __future__ import annotations

import re
from typing import Any

from tests.access_records import MAKERS, Nowhere, World
from tests.access_routes import Route

# What a path calls a thing, where that is not its own name with an s.
CALLED = {
    "cases": "episode",
    "series": "series",
    "keys": "passkey",
    "referrers": "referrer",
    "staff": "account",
    "types": "appointment_type",
    "wait-list": "wait_entry",
    "authorization-budgets": "authorization",
    "fees": "fee_schedule",
    "form-printers": "form_printer",
    "payer-policies": "policy",
    "trading-partners": "partner",
    "import-rows": "import_row",
    "batches": "batch",
    "paper-claims": "paper_batch",
    "replies": "reply",
    "rule-loads": "rule_load",
    "medicare-amounts": "medicare_amounts",
    "notices": "notice",
    "year-uses": "year_use",
    "estimate-rules": "estimate_rule",
    "message-templates": "message_template",
    "time-requests": "time_request",
    "consent-forms": "consent_form",
    "intakes": "questionnaire",
    "card-photos": "card_photo",
    "diagnoses": "diagnosis",
}

# The kinds that belong to one clinic: another clinic's people must not find them.
OF_A_CLINIC = {
    "card_photo",
    "questionnaire",
    "appointment",
    "attachment",
    "authorization",
    "claim",
    "claim-version",
    "consent",
    "coverage",
    "entry",
    "episode",
    "estimate",
    "form_printer",
    "goal",
    "group",
    "home-answer",
    "home-program",
    "home-program-item",
    "kiosk",
    "letter",
    "measure-request",
    "measure-result",
    "merge",
    "message",
    "note",
    "notice",
    "note-version",
    "other_patient",
    "packet",
    "patient",
    "payment",
    "plan",
    "plan-pdf",
    "plan-sending",
    "series",
    "superbill",
    "time_request",
    "visit",
    "wait_entry",
    "year_use",
}


def _id_of(record: Any) -> Any:
    return record if isinstance(record, int | str) else record.pk


def is_of_a_clinic(route: Route) -> bool:
    """Whether the address names a record of one clinic; what is unknown counts as one."""
    try:
        return not OF_A_CLINIC.isdisjoint(kinds_in(route).values())
    except AssertionError:
        return True


def kinds_in(route: Route) -> dict[str, str]:
    """What each argument of the route's address is; fails by the route's name when unknown."""
    kinds = {}
    for argument in route.arguments:
        before = re.search(rf"([a-z-]+)/(?:<\w+:|<|\(\?P<){argument}>", route.path)
        word = before[1] if before else ""
        own_name = re.sub(r"_?(id|pk)$", "", argument)
        kind = own_name or CALLED.get(word, word.removesuffix("s"))
        if kind not in MAKERS:
            raise AssertionError(
                f"{route.name} ({route.path}): nothing is known to fill {argument!r}; "
                "add its kind to MAKERS in tests/access_records.py"
            )
        kinds[argument] = kind
    return kinds


def path_of(route: Route, world: World | Nowhere) -> str:
    """The route's address with the ids of the world's records."""
    path = route.path
    for argument, kind in kinds_in(route).items():
        value = str(_id_of(world.get(kind)))
        path = re.sub(rf"<(?:\w+:)?{argument}>|\(\?P<{argument}>[^)]*\)", value, path)
    return path
