"""How a value becomes what the form's instructions ask for: capitals, few marks, no points."""

from __future__ import annotations

import re
from decimal import Decimal

from billing.x12.types import Address, Name, OrganizationName, PersonName
from billing.x12.values import plain_text

_NOT_IN_NAMES = re.compile(r"[^A-Z0-9'&\- ]")
_NOT_IN_ADDRESSES = re.compile(r"[^A-Z0-9&/\- ]")
_NOT_IN_NUMBERS = re.compile(r"[^A-Z0-9]")


def _without(pattern: re.Pattern[str], text: str) -> str:
    return " ".join(pattern.sub(" ", plain_text(text.replace(".", "")).upper()).split())


def name_part(text: str) -> str:
    """`O'Neill-Müller Jr.` as O'NEILL-MULLER JR."""
    return _without(_NOT_IN_NAMES, text)


def address_line(text: str) -> str:
    """`123 N. Main St., #101` as 123 N MAIN ST 101."""
    return _without(_NOT_IN_ADDRESSES, text)


def number(text: str) -> str:
    """An identifier without spaces, hyphens and points."""
    return _NOT_IN_NUMBERS.sub("", text.upper())


def last_first(name: Name) -> str:
    """LAST SUFFIX, FIRST, M: items 2, 4 and 9, the only ones with commas."""
    if isinstance(name, OrganizationName):
        return name_part(name.name)
    last = f"{name_part(name.last)} {name_part(name.suffix)}".strip()
    return ", ".join(part for part in (last, name_part(name.first), _initial(name)) if part)


def first_last(name: Name) -> str:
    """FIRST M LAST SUFFIX: item 17, without commas."""
    if isinstance(name, OrganizationName):
        return name_part(name.name)
    parts = (name_part(name.first), _initial(name), name_part(name.last), name_part(name.suffix))
    return " ".join(part for part in parts if part)


def _initial(name: PersonName) -> str:
    return name_part(name.middle)[:1]


def street(address: Address) -> str:
    return address_line(f"{address.line1} {address.line2}")


def postal_code(address: Address) -> str:
    """97201 or 97201-1234; a code from elsewhere as it is."""
    digits = "".join(character for character in address.postal_code if character.isdigit())
    if address.country == "US" and len(digits) == 9:
        return f"{digits[:5]}-{digits[5:]}"
    return address_line(address.postal_code)


def city_line(address: Address) -> str:
    parts = (address_line(address.city), address_line(address.state), postal_code(address))
    return " ".join(part for part in parts if part)


def money(amount: Decimal, width: int = 8) -> str:
    """Dollars to the right, a space where the form has its line, two cents; no point."""
    dollars, cents = f"{amount:.2f}".split(".")
    return f"{dollars:>{width - 3}} {cents}"
