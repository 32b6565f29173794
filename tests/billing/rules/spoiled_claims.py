"""Claims that are made to be wrong: the good one with other services, lines or amounts."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from billing.rules.facts import DiagnosisFacts, LineFacts, ProviderFacts
from billing.rules.same_day import Elsewhere
from billing.rules.types import CodeFacts, Discipline, Service
from tests.billing.rules.claims import but
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
