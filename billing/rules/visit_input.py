"""A visit as somebody writes it down for What-if, read strictly: a sentence per wrong field."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

from billing.rules.types import CodeFacts, Discipline, Service, UnitRule

MINUTES_OF_A_DAY = 24 * 60
MOST_SERVICES = 100

DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
CLOCK = re.compile(r"[0-9]{2}:[0-9]{2}")
INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}\S*")
AMOUNT = re.compile(r"(?=\.?[0-9])[0-9]{0,9}(\.[0-9]{1,6})?")
CODE = re.compile(r"[0-9A-Z][0-9]{3}[0-9A-Z]")
MODIFIER = re.compile(r"[0-9A-Z]{2}")

SWITCHES = ("discipline_modifier", "ncci", "mue", "assistant_modifier", "mppr", "kx")
PARTS = ("work", "pe", "mp")

Choice = TypeVar("Choice", bound=StrEnum)


@dataclass(frozen=True)
class FieldError:
    """`field` is the path to what is wrong, such as `services[1].minutes`."""

    field: str
    message: str

    def __str__(self) -> str:
        return f"{self.field}: {self.message}" if self.field else self.message


class BadInput(ValueError):
    """What was written down cannot be read; nothing was decided from it."""

    def __init__(self, errors: list[FieldError]) -> None:
        super().__init__("\n".join(map(str, errors)))
        self.errors = tuple(errors)


@dataclass(frozen=True)
class RatesInput:
    """What the writer knows of the rates; stored ones fill the gaps."""

    conversion_factor: Decimal | None
    gpci: Mapping[str, Decimal]
    rvu: Mapping[str, Mapping[str, Decimal]]
    pe_reduction: Decimal | None


@dataclass(frozen=True)
class VisitInput:
    """One visit to explain. `payer` holds the policy's fields that were given."""

    date_of_service: date
    discipline: Discipline
    unit_rule: UnitRule
    services: tuple[Service, ...]
    payer: Mapping[str, bool | str]
    year_to_date: Mapping[Discipline, Decimal] | None
    rates: RatesInput | None
    deductible_remaining: Decimal = Decimal(0)


def parse_visit(data: object, codes: Mapping[str, CodeFacts]) -> VisitInput | list[FieldError]:
    """The visit, or everything that is wrong with it. `codes` are those the practice knows."""
    reader = _Reader(codes)
    visit = reader.visit(data)
    return reader.errors if reader.errors or visit is None else visit


def parse_visits(
    data: list[object], codes: Mapping[str, CodeFacts]
) -> list[VisitInput] | list[FieldError]:
    """A list of visits, or what is wrong with any of them, each field under its `[number]`."""
    visits: list[VisitInput] = []
    errors: list[FieldError] = []
    for number, each in enumerate(data):
        parsed = parse_visit(each, codes)
        if isinstance(parsed, VisitInput):
            visits.append(parsed)
        else:
            errors += [FieldError(f"[{number}].{e.field}".rstrip("."), e.message) for e in parsed]
    return errors or visits


class _Reader:
    """Reads one visit and gathers what is wrong on the way; None stands for what was not read."""

    def __init__(self, codes: Mapping[str, CodeFacts]) -> None:
        self.codes = codes
        self.errors: list[FieldError] = []

    def wrong(self, field: str, message: str) -> None:
        self.errors.append(FieldError(field, message))

    def mapping(
        self, field: str, value: object, known: tuple[str, ...] | None = None
    ) -> dict[str, object]:
        """An object with none but the known names; empty when it is not one."""
        if not isinstance(value, dict):
            self.wrong(field, f"Write an object in braces, not {_shown(value)}.")
            return {}
        for name in value:
            if known is not None and name not in known:
                self.wrong(
                    f"{field}.{_cut(str(name))}".lstrip("."),
                    f"There is no such field; the fields are {', '.join(known)}.",
                )
        return value

    def visit(self, data: object) -> VisitInput | None:
        known = ("date_of_service", "discipline", "unit_rule", "payer", "services")
        given = self.mapping("", data, (*known, "year_to_date", "rates", "deductible_remaining"))
        if self.errors and not given:
            return None
        on = self.day("date_of_service", given.get("date_of_service"))
        discipline = self.choice("discipline", given.get("discipline"), Discipline)
        rule = self.choice("unit_rule", given.get("unit_rule"), UnitRule)
        services = self.services(given.get("services"), discipline, on)
        payer = self.payer(given.get("payer"))
        used = self.year_to_date(given.get("year_to_date"))
        rates = self.rates(given.get("rates"))
        deductible = self.amount(
            "deductible_remaining", given.get("deductible_remaining"), places=2
        )
        if on is None or discipline is None or rule is None:
            return None
        left = deductible or Decimal(0)
        return VisitInput(on, discipline, rule, services, payer, used, rates, left)

    def day(self, field: str, value: object) -> date | None:
        if isinstance(value, str) and DAY.fullmatch(value):
            try:
                return date.fromisoformat(value)
            except ValueError:
                self.wrong(field, f"{value} is not in the calendar.")
                return None
        self.wrong(field, f"Write the day as 2026-03-02, not {_shown(value)}.")
        return None

    def choice(self, field: str, value: object, among: type[Choice]) -> Choice | None:
        if isinstance(value, str) and value in set(among):
            return among(value)
        names = " or ".join(among)
        self.wrong(field, f"Write {names}, not {_shown(value)}.")
        return None

    # Services

    def services(
        self, value: object, discipline: Discipline | None, on: date | None
    ) -> tuple[Service, ...]:
        if not isinstance(value, list) or not value:
            self.wrong("services", "List at least one service.")
            return ()
        if len(value) > MOST_SERVICES:
            self.wrong("services", f"A visit has at most {MOST_SERVICES} services.")
            return ()
        services = [
            self.service(f"services[{n}]", each, discipline or Discipline.PT, on or date.min)
            for n, each in enumerate(value)
        ]
        read = tuple(service for service in services if service is not None)
        total = sum(service.minutes for service in read)
        if total > MINUTES_OF_A_DAY:
            self.wrong(
                "services", f"The minutes come to {total}; a day has {MINUTES_OF_A_DAY} of them."
            )
        aware = {s.starts_at.tzinfo is not None for s in read if s.starts_at is not None}
        if len(aware) > 1:
            self.wrong("services", "Give every time with its offset from UTC, or none.")
        return read

    def service(
        self, field: str, value: object, discipline: Discipline, on: date
    ) -> Service | None:
        known = ("code", "minutes", "assistant_minutes", "regions", "modifiers", "starts_at")
        before = len(self.errors)
        given = self.mapping(field, value, (*known, "ends_at"))
        if not given and len(self.errors) > before:
            return None
        fact = self.code(f"{field}.code", given.get("code"))
        minutes = self.minutes(
            f"{field}.minutes",
            given.get("minutes"),
            needed=fact is not None and fact.timed,
        )
        assistant = self.minutes(f"{field}.assistant_minutes", given.get("assistant_minutes"))
        if assistant > minutes and len(self.errors) == before:
            self.wrong(
                f"{field}.assistant_minutes",
                f"The assistant's {assistant} minutes are more than the service's {minutes}.",
            )
        regions = self.texts(f"{field}.regions", given.get("regions"))
        modifiers = self.modifiers(f"{field}.modifiers", given.get("modifiers"))
        starts_at = self.instant(f"{field}.starts_at", given.get("starts_at"), on)
        ends_at = self.instant(f"{field}.ends_at", given.get("ends_at"), on)
        if len(self.errors) == before:
            self.interval(field, minutes, starts_at, ends_at)
        if fact is None or len(self.errors) > before:
            return None
        return Service(
            code=fact.code,
            minutes=minutes,
            assistant_minutes=assistant,
            regions=regions,
            modifiers=modifiers,
            starts_at=starts_at,
            ends_at=ends_at,
            # An evaluation is its own discipline's, whoever shares the visit.
            discipline=fact.evaluation or discipline,
        )

    def code(self, field: str, value: object) -> CodeFacts | None:
        if isinstance(value, str) and value.upper() in self.codes:
            return self.codes[value.upper()]
        if isinstance(value, str) and value:
            self.wrong(field, f"{_shown(value)} is not a code this practice knows.")
        else:
            self.wrong(field, f"Write a code such as 97112, not {_shown(value)}.")
        return None

    def minutes(self, field: str, value: object, *, needed: bool = False) -> int:
        if value is None and not needed:
            return 0
        if isinstance(value, int) and not isinstance(value, bool):
            if 0 <= value <= MINUTES_OF_A_DAY:
                return value
            what = "cannot be negative" if value < 0 else f"are at most {MINUTES_OF_A_DAY} a day"
            self.wrong(field, f"Minutes {what}; this is {_shown(value)}.")
        else:
            self.wrong(field, f"Minutes are a whole number, not {_shown(value)}.")
        return 0

    def texts(self, field: str, value: object) -> tuple[str, ...]:
        if value is None:
            return ()
        if (
            isinstance(value, list)
            and len(value) <= 20
            and all(isinstance(each, str) and 0 < len(each.strip()) <= 80 for each in value)
        ):
            return tuple(each.strip() for each in value)
        self.wrong(field, "List up to 20 short texts, such as left lower extremity.")
        return ()

    def modifiers(self, field: str, value: object) -> tuple[str, ...]:
        if value is None:
            return ()
        if isinstance(value, list) and len(value) <= 10:
            codes = [each.upper() if isinstance(each, str) else "" for each in value]
            if all(MODIFIER.fullmatch(code) for code in codes):
                return tuple(codes)
        self.wrong(field, "List up to ten modifiers of two characters, such as GP or 59.")
        return ()

    def instant(self, field: str, value: object, on: date) -> datetime | None:
        if value is None:
            return None
        if isinstance(value, str):
            try:
                if CLOCK.fullmatch(value):
                    return datetime.combine(on, time.fromisoformat(value))
                if INSTANT.fullmatch(value):
                    return datetime.fromisoformat(value)
            except ValueError:
                pass
        self.wrong(field, f"Write a time as 09:00 or 2026-03-02T09:00, not {_shown(value)}.")
        return None

    def interval(
        self, field: str, minutes: int, starts_at: datetime | None, ends_at: datetime | None
    ) -> None:
        if starts_at is None and ends_at is None:
            return
        if starts_at is None or ends_at is None:
            self.wrong(field, "Give both starts_at and ends_at, or neither.")
        elif (starts_at.tzinfo is None) != (ends_at.tzinfo is None):
            self.wrong(f"{field}.ends_at", "Give both times with their offset from UTC, or none.")
        elif ends_at <= starts_at:
            self.wrong(f"{field}.ends_at", "The service ends before it starts.")
        elif minutes * 60 > (ends_at - starts_at).total_seconds():
            self.wrong(
                f"{field}.minutes", f"{minutes} minutes do not fit between starts_at and ends_at."
            )

    # Payer, year, rates

    def payer(self, value: object) -> dict[str, bool | str]:
        read: dict[str, bool | str] = {}
        if value is None:
            return read
        for name, each in self.mapping("payer", value, (*SWITCHES, "distinct_modifier")).items():
            if name == "distinct_modifier":
                if each in ("59", "X") and isinstance(each, str):
                    read[name] = each
                else:
                    self.wrong("payer.distinct_modifier", f"Write 59 or X, not {_shown(each)}.")
            elif name in SWITCHES:
                if isinstance(each, bool):
                    read[name] = each
                else:
                    self.wrong(f"payer.{name}", f"Write true or false, not {_shown(each)}.")
        return read

    def year_to_date(self, value: object) -> dict[Discipline, Decimal] | None:
        if value is None:
            return None
        given = self.mapping("year_to_date", value, tuple(Discipline))
        used: dict[Discipline, Decimal] = {}
        for each in Discipline:
            if given.get(each) is not None:
                amount = self.amount(f"year_to_date.{each}", given[each], places=2)
                used[each] = amount or Decimal(0)
        return used

    def rates(self, value: object) -> RatesInput | None:
        if value is None:
            return None
        known = ("conversion_factor", "gpci", "rvu", "pe_reduction")
        given = self.mapping("rates", value, known)
        rvu: dict[str, Mapping[str, Decimal]] = {}
        if given.get("rvu") is not None:
            for code, parts in self.mapping("rates.rvu", given["rvu"]).items():
                if CODE.fullmatch(code):
                    rvu[code] = self.parts(f"rates.rvu.{code}", parts)
                else:
                    self.wrong(
                        f"rates.rvu.{_cut(code)}", "A code has five characters, such as 97112."
                    )
        return RatesInput(
            conversion_factor=self.amount(
                "rates.conversion_factor", given.get("conversion_factor")
            ),
            gpci=self.parts("rates.gpci", given.get("gpci")),
            rvu=rvu,
            pe_reduction=self.amount(
                "rates.pe_reduction", given.get("pe_reduction"), most=Decimal(1)
            ),
        )

    def parts(self, field: str, value: object) -> dict[str, Decimal]:
        if value is None:
            return {}
        given = self.mapping(field, value, PARTS)
        read = {part: self.amount(f"{field}.{part}", given.get(part)) for part in PARTS}
        return {part: amount for part, amount in read.items() if amount is not None}

    def amount(
        self, field: str, value: object, *, places: int = 6, most: Decimal | None = None
    ) -> Decimal | None:
        if value is None:
            return None
        exact = isinstance(value, str | int | Decimal) and not isinstance(value, bool)
        text = str(value) if exact else ""
        if exact and text.startswith("-"):
            self.wrong(field, f"The amount cannot be negative; this is {_shown(value)}.")
        elif not AMOUNT.fullmatch(text):
            self.wrong(field, f'Write the amount as text, such as "33.40", not {_shown(value)}.')
        elif len(text.partition(".")[2]) > places:
            self.wrong(field, f"The amount has at most {places} decimals; this is {_shown(value)}.")
        elif most is not None and Decimal(text) > most:
            self.wrong(field, f"The amount is at most {most}; this is {_shown(value)}.")
        else:
            return Decimal(text)
        return None


def _shown(value: object) -> str:
    """A value short enough to stand in a sentence."""
    if value is None:
        return "nothing"
    return _cut(repr(value) if isinstance(value, str) else str(value))


def _cut(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:37]}..."
