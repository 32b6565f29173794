"""How a value as people write it becomes a value that X12 can carry, or is refused.

Names and free text are brought into the basic character set: accents fall away, punctuation is
replaced. Identifiers are never altered beyond case, because the payer compares them. Every
refusal says what is wrong and never repeats the value: it may be a patient's.
"""

import re
import unicodedata
from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from billing.x12.patterns import has_form, npi_is_valid

# X12.6 basic character set: capitals, digits, space and these marks.
BASIC_MARKS = "!\"&'()*+,-./:;?="
_OUTSIDE_BASIC = re.compile(r"""[^A-Z0-9 !"&'()*+,\-./:;?=]""")
# The extended set adds these; an e-mail address cannot do without them.
_OUTSIDE_EMAIL = re.compile(r"""[^A-Z0-9!"&'()*+,\-./:;?=@_%#$]""")

LARGEST_AMOUNT = Decimal("99999999.99")  # the guide holds money to ten digits, cents included
EARLIEST_YEAR = 1800

# What NFKD leaves whole. Letters follow the plain-letter reading that US cards print.
_PLAIN = str.maketrans(
    {
        "ß": "SS", "ẞ": "SS", "Ø": "O", "ø": "o", "Æ": "AE", "æ": "ae", "Œ": "OE", "œ": "oe",
        "Ł": "L", "ł": "l", "Đ": "D", "đ": "d", "Ð": "D", "ð": "d", "Þ": "TH", "þ": "th",
        "Ħ": "H", "ħ": "h", "ı": "i", "ĸ": "k", "Ŋ": "N", "ŋ": "n", "Ŧ": "T", "ŧ": "t",
        "Ə": "E", "ə": "e", "ƒ": "f", "Ɓ": "B", "ɓ": "b", "Ɗ": "D", "ɗ": "d", "Ƙ": "K", "ƙ": "k",
        "Ɛ": "E", "ɛ": "e", "Ɔ": "O", "ɔ": "o", "Ȼ": "C", "ȼ": "c", "Ɨ": "I", "ɨ": "i",
        "‘": "'", "’": "'", "‚": "'", "‛": "'", "′": "'", "`": "'", "´": "'", "ʻ": "'",
        "ʼ": "'", "ʾ": "'", "ʿ": "'", "ʹ": "'", "ˈ": "'",
        "“": '"', "”": '"', "„": '"', "‟": '"', "″": '"',
        "«": '"', "»": '"', "‹": "'", "›": "'",
        "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "―": "-", "−": "-", "⁃": "-",
        "⁄": "/", "×": "X", "±": "+/-", "≤": " LE ", "≥": " GE ", "<": " LT ", ">": " GT ",
        "%": " PCT ", "°": " DEG ", "µ": "u", "μ": "u",
    }
)  # fmt: skip


class Refused(Exception):
    """This value may not be sent. The message holds the reason and no part of the value."""


def plain_text(text: str) -> str:
    """`text` in the basic character set, upper case, with single spaces.

    José becomes JOSE, Łukasz LUKASZ, ß SS, curly quotes straight; symbols without a plain form
    (emoji, #, @) become a space. Raises Refused for a letter or digit that has no plain form,
    because a name with a letter missing is another name.
    """
    capitals = text.upper()
    if not _OUTSIDE_BASIC.search(capitals):  # most of it is plain already
        return " ".join(capitals.split())
    # Twice, because a symbol such as ™ or a capital such as ẞ opens into more than one character.
    opened = unicodedata.normalize("NFKD", text.translate(_PLAIN)).translate(_PLAIN).upper()
    kept = []
    for character in unicodedata.normalize("NFKD", opened):
        if character.isascii():
            kept.append(" " if _OUTSIDE_BASIC.match(character) else character)
            continue
        category = unicodedata.category(character)
        if category in ("Mn", "Me", "Cf"):  # accents, enclosures, joiners and variation selectors
            continue
        if category[0] in "LMN":
            raise Refused("has a letter that has no plain Latin form; write it as on the card")
        kept.append(" ")
    return " ".join("".join(kept).split())


class Value(ABC):
    """Something a caller supplied, on its way into an element."""

    @abstractmethod
    def render(self, reserved: str) -> str:
        """The text of the element; `reserved` are the delimiters it may not hold.

        Raises Refused.
        """


def _fit(text: str, most: int, least: int) -> str:
    if len(text) > most:
        raise Refused(f"has {len(text)} characters; at most {most} fit")
    if text and len(text) < least:
        raise Refused(f"has {len(text)} characters; at least {least} are needed")
    return text


@dataclass(frozen=True, slots=True)
class Text(Value):
    """Free text, an address line, a name.

    `cut` shortens to `most` (names only: a payer that keeps 60 letters knows the first 60);
    without it too long a text is refused. An absent optional text is an empty element. An
    optional name part that holds nothing but symbols is left out; a `meant` one is refused, as a
    required one is.
    """

    value: str
    most: int
    least: int = 1
    required: bool = True
    meant: bool = True
    cut: bool = False

    def render(self, reserved: str) -> str:
        if not isinstance(self.value, str):
            raise Refused("is not text")
        text = plain_text(self.value)
        for mark in reserved:
            text = text.replace(mark, " ")
        text = " ".join(text.split())
        if not any(character.isalnum() for character in text):
            if self.required:
                raise Refused("is required and has nothing that can be sent")
            if self.meant and self.value.strip():
                raise Refused("has nothing that can be sent")
            return ""
        if self.cut:
            text = text[: self.most].rstrip()
        return _fit(text, self.most, self.least)


@dataclass(frozen=True, slots=True)
class Identifier(Value):
    """A number or code that somebody compares: upper case, otherwise exactly as given.

    `own` are ours and come back in the answer, so even their case must be right already.
    `pattern` is the form it must have; `shape` says that form in words.
    """

    value: str
    most: int
    least: int = 1
    required: bool = True
    own: bool = False
    pattern: str = ""
    shape: str = ""

    def render(self, reserved: str) -> str:
        if not isinstance(self.value, str):
            raise Refused("is not text")
        text = self.value if self.own else self.value.strip().upper()
        if not text:
            if self.required:
                raise Refused("is required and empty")
            return ""
        if _OUTSIDE_BASIC.search(text) or text != text.strip():
            raise Refused("has a character that X12 does not carry")
        if any(mark in text for mark in reserved):
            raise Refused("has one of the file's delimiters in it")
        if self.pattern and not has_form(self.pattern, text):
            raise Refused(f"is not {self.shape}")
        return _fit(text, self.most, self.least)


@dataclass(frozen=True, slots=True)
class Digits(Value):
    """A number known by its digits: tax number, telephone, ZIP. Spaces and hyphens fall away."""

    value: str
    lengths: tuple[int, ...]
    shape: str
    required: bool = True

    def render(self, reserved: str) -> str:
        text = re.sub(r"[\s().\-]", "", self.value)
        if not text and not self.required:
            return ""
        if not has_form("[0-9]+", text) or len(text) not in self.lengths:
            raise Refused(f"is not {self.shape}")
        return text


@dataclass(frozen=True, slots=True)
class Phone(Value):
    """A ten-digit North American number; a leading 1 falls away."""

    value: str

    def render(self, reserved: str) -> str:
        text = re.sub(r"[\s().\-/]", "", self.value)
        text = re.sub(r"^\+?1(?=[0-9]{10}$)", "", text)
        if not has_form("[2-9][0-9]{9}", text):
            raise Refused("is not a ten-digit telephone number")
        return text


@dataclass(frozen=True, slots=True)
class Email(Value):
    """An e-mail address. The one element that needs the extended set, for the sign @."""

    value: str

    def render(self, reserved: str) -> str:
        text = self.value.strip().upper()
        if text.count("@") != 1 or _OUTSIDE_EMAIL.search(text):
            raise Refused("is not an e-mail address that X12 can carry")
        if any(mark in text for mark in reserved):
            raise Refused("has one of the file's delimiters in it")
        return _fit(text, 256, 6)


@dataclass(frozen=True, slots=True)
class Npi(Value):
    """A National Provider Identifier."""

    value: str
    required: bool = True

    def render(self, reserved: str) -> str:
        text = self.value.strip()
        if not text and not self.required:
            return ""
        if not npi_is_valid(text):
            raise Refused("is not a National Provider Identifier: ten digits with a check digit")
        return text


@dataclass(frozen=True, slots=True)
class Money(Value):
    """Dollars. Written as X12.6 type R: no trailing zeros, no zero before the point (240.5, .5)."""

    value: Decimal | None
    required: bool = True
    signed: bool = False

    def render(self, reserved: str) -> str:
        amount = self.value
        if amount is None:
            if self.required:
                raise Refused("is required and absent")
            return ""
        if not isinstance(amount, Decimal):
            raise Refused("is not a Decimal")
        if not amount.is_finite() or abs(amount) > LARGEST_AMOUNT:
            raise Refused("is larger than 99,999,999.99")
        if amount != amount.quantize(Decimal("0.01")):
            raise Refused("has a part smaller than a cent")
        if amount < 0 and not self.signed:
            raise Refused("is negative")
        whole, _, cents = f"{abs(amount):.2f}".partition(".")
        cents = cents.rstrip("0")
        text = f"{whole.lstrip('0')}.{cents}" if cents else whole
        return f"-{text}" if amount < 0 else text


@dataclass(frozen=True, slots=True)
class Count(Value):
    """A whole number between `least` and `most`, written with at least `width` digits."""

    value: int | None
    most: int
    least: int = 1
    width: int = 1
    required: bool = True

    def render(self, reserved: str) -> str:
        if self.value is None and not self.required:
            return ""
        if not isinstance(self.value, int) or isinstance(self.value, bool):
            raise Refused("is not a whole number")
        if not self.least <= self.value <= self.most:
            raise Refused(f"is not between {self.least} and {self.most}")
        return f"{self.value:0{self.width}d}"


@dataclass(frozen=True, slots=True)
class Day(Value):
    """A calendar day, written CCYYMMDD. An instant is refused: its day depends on the place."""

    value: date | None

    def render(self, reserved: str) -> str:
        if not isinstance(self.value, date) or isinstance(self.value, datetime):
            raise Refused("is required and is not a date")
        if self.value.year < EARLIEST_YEAR:
            raise Refused(f"lies before {EARLIEST_YEAR}")
        return f"{self.value:%Y%m%d}"


@dataclass(frozen=True, slots=True)
class Choice(Value):
    """One of a code list."""

    value: str | None
    codes: type[StrEnum]
    required: bool = True

    def render(self, reserved: str) -> str:
        if not self.value and not self.required:
            return ""
        if self.value not in list(self.codes):
            raise Refused(f"is not one of {', '.join(self.codes)}")
        return str(self.value)


@dataclass(frozen=True, slots=True)
class Flag(Value):
    """Y or N."""

    value: bool

    def render(self, reserved: str) -> str:
        if not isinstance(self.value, bool):
            raise Refused("is neither yes nor no")
        return "Y" if self.value else "N"
