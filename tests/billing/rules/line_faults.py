"""Claims wrong in their lines, alone or together with another claim of the day."""

from decimal import Decimal

from billing.rules.facts import LineFacts
from billing.rules.types import Discipline, MueLimit, Notice, Service
from tests.billing.rules.claims import GOOD, but, line
from tests.billing.rules.makers import at
from tests.billing.rules.spoiled_claims import (
    HELD,
    SHOWN,
    elsewhere,
    fifty_one_lines,
    group_elsewhere,
    one_service,
    over_the_threshold,
    pair,
)

# claim, the one check that finds it, severity, where it is put right
MUTATIONS = [
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
]
