"""What stands in one cell of a patients' file, as our rows keep it.

Each reader takes the cell's text and returns the value, or raises `Wrong` with the sentence that
stands beside the cell. Plain Python: it decides from the text (and today's date) alone.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata

import phonenumbers

FIRST_BIRTH_DATE = dt.date(1890, 1, 1)
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
SEXES = {
    "f": "F", "female": "F", "w": "F", "woman": "F",
    "m": "M", "male": "M", "man": "M",
    "u": "U", "unknown": "U", "other": "U", "o": "U", "x": "U", "unspecified": "U",
    "nonbinary": "U", "non-binary": "U",
}  # fmt: skip
CONTACT = {
    "sms": "sms", "text": "sms", "text message": "sms", "cell": "sms", "mobile": "sms",
    "email": "email", "e-mail": "email",
    "phone": "phone", "telephone": "phone", "call": "phone", "voice": "phone",
    "none": "none", "no": "none", "no reminders": "none", "do not contact": "none",
}  # fmt: skip
_STATES = (
    "Alabama AL, Alaska AK, Arizona AZ, Arkansas AR, California CA, Colorado CO, Connecticut CT, "
    "Delaware DE, District of Columbia DC, Florida FL, Georgia GA, Hawaii HI, Idaho ID, "
    "Illinois IL, Indiana IN, Iowa IA, Kansas KS, Kentucky KY, Louisiana LA, Maine ME, "
    "Maryland MD, Massachusetts MA, Michigan MI, Minnesota MN, Mississippi MS, Missouri MO, "
    "Montana MT, Nebraska NE, Nevada NV, New Hampshire NH, New Jersey NJ, New Mexico NM, "
    "New York NY, North Carolina NC, North Dakota ND, Ohio OH, Oklahoma OK, Oregon OR, "
    "Pennsylvania PA, Rhode Island RI, South Carolina SC, South Dakota SD, Tennessee TN, "
    "Texas TX, Utah UT, Vermont VT, Virginia VA, Washington WA, West Virginia WV, Wisconsin WI, "
    "Wyoming WY, American Samoa AS, Guam GU, Northern Mariana Islands MP, Puerto Rico PR, "
    "Virgin Islands VI"
)
STATES = {entry[:-3].lower(): entry[-2:] for entry in _STATES.split(", ")}
CODES = frozenset(STATES.values())

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
EMAIL = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+[A-Za-z]{{2,63}}", re.ASCII)
MIDNIGHT = re.compile(r"[ T]0?0:00(:00(\.0+)?)?( AM)?$|[ ]12:00(:00)? AM$", re.ASCII)
YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})", re.ASCII)
MONTH_FIRST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{2}|\d{4})", re.ASCII)
WORDED = re.compile(
    r"(?P<month>[A-Za-z]{3,9})\.? (?P<day>\d{1,2}),? (?P<year>\d{4})"
    r"|(?P<first_day>\d{1,2})[- ](?P<second_month>[A-Za-z]{3,9})\.?,?[- ](?P<last_year>\d{4})",
    re.ASCII,
)


class Wrong(Exception):
    """The cell cannot be used as it stands; `told` says why, for the desk."""

    def __init__(self, told: str) -> None:
        super().__init__("wrong cell")  # the cell's text is a patient's: not in an exception
        self.told = told


def tidy(cell: str) -> str:
    """Blanks and line ends made one blank, letters in one form, a spreadsheet's guard taken off."""
    if len(cell) > 1 and cell[0] == "'" and cell[1] in "=+-@\t\r\n":
        cell = cell[1:]
    text = " ".join(unicodedata.normalize("NFC", cell).replace("\ufeff", "").split())
    if any(unicodedata.category(letter) in {"Cc", "Cs"} for letter in text):
        raise Wrong("A control character stands here, which no keyboard writes: type it anew.")
    return text


def text(cell: str, longest: int) -> str:
    if len(cell) > longest:
        raise Wrong(f"Too long: {longest} characters fit, and this has {len(cell)}.")
    return cell


def birth_date(cell: str, *, today: dt.date) -> str:
    """3/12/1958, 1958-03-12, Mar 12, 1958 and 12-Mar-1958 as 1958-03-12."""
    day = _day(MIDNIGHT.sub("", cell))
    if day > today:
        raise Wrong("This birth date lies in the future.")
    if day < FIRST_BIRTH_DATE:
        raise Wrong("This birth date is before 1890: check the year.")
    return day.isoformat()


def _day(written: str) -> dt.date:
    if found := YEAR_FIRST.fullmatch(written):
        year, month, day = (int(part) for part in found.groups())
    elif found := MONTH_FIRST.fullmatch(written):
        month, day, year = (int(part) for part in found.groups())
        if len(found[3]) == 2:
            raise Wrong("Write the year with four digits: 58 may be 1958 or 2058.")
        if month > 12 >= day:
            raise Wrong("The month comes first, as in 3/12/1958.")
    elif (found := WORDED.fullmatch(written)) and (
        name := (found["month"] or found["second_month"])[:3].lower()
    ) in MONTHS:
        month = MONTHS.index(name) + 1
        day = int(found["day"] or found["first_day"])
        year = int(found["year"] or found["last_year"])
    else:
        raise Wrong("This is no date: write 3/12/1958 or 1958-03-12.")
    try:
        return dt.date(year, month, day)
    except ValueError:
        raise Wrong("There is no such day in the calendar.") from None


def sex(cell: str) -> str:
    found = SEXES.get(cell.lower())
    if found is None:
        raise Wrong("Write F, M or U (unknown or other), as on claims.")
    return found


def phone(cell: str) -> str:
    """A telephone number as +15035550142; a number a spreadsheet made 5035550142.0 too."""
    if len(cell) > 40:
        raise Wrong("Write a telephone number such as 503 555 0142.")
    try:
        number = phonenumbers.parse(re.sub(r"^(\d{10,11})\.0$", r"\1", cell), "US")
    except phonenumbers.NumberParseException:
        raise Wrong("Write a telephone number such as 503 555 0142.") from None
    if not phonenumbers.is_possible_number(number):
        raise Wrong("Write a telephone number such as 503 555 0142.")
    if number.extension:
        raise Wrong("Write the number without its extension.")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def email(cell: str) -> str:
    if len(cell) > 254 or not EMAIL.fullmatch(cell):
        raise Wrong("This is no e-mail address: write one such as ada@mail.example.")
    return cell


def contact_by(cell: str) -> str:
    found = CONTACT.get(cell.lower())
    if found is None:
        raise Wrong("Write text, e-mail, phone or none.")
    return found


def state(cell: str) -> str:
    """OR, or. and Oregon as OR."""
    bare = cell.rstrip(".")
    code = STATES.get(bare.lower(), bare.upper())
    if code not in CODES:
        raise Wrong("Write the state's two letters, such as OR.")
    return code


def postal_code(cell: str) -> str:
    """97201, 972010001 and 97201 0001."""
    if re.fullmatch(r"\d{5}", cell, re.ASCII):
        return cell
    if plus_four := re.fullmatch(r"(\d{5})[ -]?(\d{4})", cell, re.ASCII):
        return f"{plus_four[1]}-{plus_four[2]}"
    if re.fullmatch(r"\d{3,4}", cell, re.ASCII):
        raise Wrong("A ZIP code has 5 digits: a spreadsheet may have dropped the 0 in front.")
    raise Wrong("A ZIP code has 5 digits, or 9 (97201-0001).")
