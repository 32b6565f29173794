"""Find patients by whatever is at hand: a part of the name, a birth date, a telephone, the MRN."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from django.db.models import Case, F, IntegerField, Q, Value, When
from django.db.models.expressions import Combinable

from people.models.patient import FOLDED_NAME, NUMBERS, PatientQuerySet, folded

LONGEST_QUESTION = 100
LEAST_DIGITS = 4  # fewer would be found in half of all telephone numbers
WHOLE_PART = 3  # letters from which on they may stand anywhere in the name


@dataclass(frozen=True)
class Clue:
    """A word with digits in it; a patient fits whom any of its readings fits."""

    days: frozenset[dt.date] = frozenset()
    digits: str = ""
    mrn: str = ""


@dataclass(frozen=True)
class Question:
    """What was typed, taken apart: each name and each clue must fit the patient who is found."""

    names: tuple[str, ...] = ()
    clues: tuple[Clue, ...] = ()


def understand(typed: str) -> Question:
    """Take a typed question apart. Digits with blanks and brackets alone are one telephone
    number, as people write it: (503) 555-0142 is not two questions."""
    text = " ".join(typed.replace("\x00", "").split())[:LONGEST_QUESTION]
    names: list[str] = []
    clues: list[Clue] = []
    for word in [text] if re.fullmatch(r"[\d+()./\- ]+", text, re.ASCII) else text.split():
        if re.fullmatch(r"pt\d+", word, re.IGNORECASE | re.ASCII):
            clues.append(Clue(mrn=word.upper()))
        elif days := birth_dates(word):
            clues.append(Clue(days=days, digits=word if word.isdigit() else ""))
        elif not re.search(r"[^\W\d_]", word) and (digits := re.sub(r"[^0-9]", "", word)):
            clues.append(Clue(digits=digits.removeprefix("1") if len(digits) == 11 else digits))
        else:
            names += word.replace("-", " ").replace(",", " ").split()
    return Question(tuple(names), tuple(clues))


def birth_dates(word: str) -> frozenset[dt.date]:
    """The days a word may mean: 3/12/1958, 3-12-58, 1958-03-12, 03121958, 19580312."""
    year_first = re.fullmatch(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})", word, re.ASCII)
    month_first = re.fullmatch(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})", word, re.ASCII)
    readings: list[tuple[str, str, str]] = []
    if year_first:
        readings.append((year_first[1], year_first[2], year_first[3]))
    if month_first:
        month, day, year = month_first.groups()
        years = [year] if len(year) == 4 else [f"19{year}", f"20{year}"]
        readings += [(each, month, day) for each in years]
    if re.fullmatch(r"\d{8}", word, re.ASCII):
        readings += [(word[4:], word[:2], word[2:4]), (word[:4], word[4:6], word[6:])]
    return frozenset(day for reading in readings if (day := _day(*reading)) is not None)


def _day(year: str, month: str, day: str) -> dt.date | None:
    try:
        found = dt.date(int(year), int(month), int(day))
    except ValueError:
        return None
    return found if found.year >= 1890 else None


def find(patients: PatientQuerySet, typed: str) -> PatientQuerySet:
    """Those of the patients who fit what was typed, the likeliest first; none for no question."""
    question = understand(typed)
    if question == Question():
        return patients.none()
    patients = patients.alias(folded_name=FOLDED_NAME, numbers=NUMBERS)
    for name in question.names:
        # One or two letters begin a part of the name, or half the clinic would be found.
        part = name if len(name) >= WHOLE_PART else f" {name}"
        patients = patients.filter(Q(folded_name__contains=folded(Value(part))))
    for clue in question.clues:
        patients = patients.filter(_fits(clue))
    order: list[Combinable] = [
        *_likeliest_first(question.names),
        F("folded_name"),
        F("birth_date"),
        F("pk"),
    ]
    return patients.order_by(*order)


def _fits(clue: Clue) -> Q:
    fits = Q(birth_date__in=clue.days)
    if clue.mrn:
        fits |= Q(numbers__contains=clue.mrn)
    if len(clue.digits) >= LEAST_DIGITS:
        fits |= Q(numbers__contains=clue.digits)
    elif clue.digits:
        fits |= Q(mrn__endswith=clue.digits)
    return fits


def _likeliest_first(names: tuple[str, ...]) -> list[Combinable]:
    """The folded name begins with the last name, so this puts those first whose last name begins
    with one of the words."""
    begins = [When(folded_name__startswith=folded(Value(f" {n}")), then=Value(0)) for n in names]
    return [Case(*begins, default=Value(1), output_field=IntegerField())] if begins else []


def possible_duplicates(
    patients: PatientQuerySet, *, last_name: str, birth_date: dt.date
) -> PatientQuerySet:
    """Patients who may be the one being registered: born on the same day, of the same name."""
    return patients.alias(folded_last_name=folded(F("last_name"))).filter(
        birth_date=birth_date, folded_last_name=folded(Value(last_name))
    )
