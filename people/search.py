"""Find patients by whatever is at hand: a part of the name, a birth date, a telephone, the MRN."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import (
    Case,
    F,
    FloatField,
    Func,
    IntegerField,
    Lookup,
    Q,
    TextField,
    Value,
    When,
)

from people import slips
from people.models.patient import NUMBERS, Patient, PatientQuerySet, folded

LONGEST_QUESTION = 100
FEW = 8  # as many as the palette and the booking panel show
BY_NAME = ("folded_name", "birth_date", "pk")
LEAST_DIGITS = 4  # fewer would be found in half of all telephone numbers
WHOLE_PART = 3  # letters from which on they may stand anywhere in the name

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = f"(?:{'|'.join(MONTHS)})[a-z]*\\.?"
# Mar 12, 1958 and 12 March 1958
IN_LETTERS = re.compile(
    rf"\b(?P<month>{_MONTH}) (?P<day>\d{{1,2}}),? (?P<year>\d{{4}})\b"
    rf"|\b(?P<earlier_day>\d{{1,2}}) (?P<later_month>{_MONTH}),? (?P<same_year>\d{{4}})\b",
    re.IGNORECASE | re.ASCII,
)


@TextField.register_lookup
class Like(Lookup):
    """A pattern of SQL's LIKE as it stands; Django's own lookups make every % a plain letter."""

    lookup_name = "like"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        left, left_params = self.process_lhs(compiler, connection)
        right, right_params = self.process_rhs(compiler, connection)
        return f"{left} LIKE {right}", (*left_params, *right_params)


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
    text = IN_LETTERS.sub(_in_digits, text)
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


def _in_digits(written: re.Match[str]) -> str:
    """Mar 12, 1958 as 3/12/1958, for the rest to read."""
    month = MONTHS.index((written["month"] or written["later_month"])[:3].lower()) + 1
    day, year = written["day"] or written["earlier_day"], written["year"] or written["same_year"]
    return f"{month}/{day}/{year}"


def _day(year: str, month: str, day: str) -> dt.date | None:
    try:
        found = dt.date(int(year), int(month), int(day))
    except ValueError:
        return None
    return found if found.year >= 1890 else None


def find(patients: PatientQuerySet, typed: str) -> PatientQuerySet:
    """Those of the patients who fit what was typed, the likeliest first; none for no question.

    Whoever the words fit as they stand comes first. Where these are few, patients follow whose
    name is one slip away: a letter wrong, missing, doubled or swapped, or a blank left out.
    """
    question = understand(typed)
    if question == Question():
        return patients.none()
    patients = _fitting(patients, question.clues)
    if not question.names:
        return patients.order_by(*BY_NAME)
    as_typed = _as_typed(question.names)
    begins = _begins(question.names)
    # Slips are looked for only when they would be seen: those who fit alone fill no list.
    if patients.filter(as_typed).order_by()[FEW - 1 : FEW].exists():
        return patients.filter(as_typed).order_by(_first(begins), *BY_NAME)
    return patients.filter(as_typed | _one_slip_away(question.names)).order_by(
        _first(as_typed & begins, as_typed), _nearness(question.names).desc(), *BY_NAME
    )


def find_as_typed(patients: PatientQuerySet, typed: str) -> PatientQuerySet:
    """Those whom the words fit as they stand: one alone may be taken without asking."""
    question = understand(typed)
    if question == Question():
        return patients.none()
    return _fitting(patients, question.clues).filter(_as_typed(question.names))


def _fitting(patients: PatientQuerySet, clues: tuple[Clue, ...]) -> PatientQuerySet:
    patients = patients.alias(numbers=NUMBERS)
    for clue in clues:
        patients = patients.filter(_fits(clue))
    return patients


def _as_typed(names: tuple[str, ...]) -> Q:
    fits = Q()
    for name in names:
        # One or two letters begin a part of the name, or half the clinic would be found.
        part = name if len(name) >= WHOLE_PART else f" {name}"
        fits &= Q(folded_name__contains=folded(Value(part)))
    return fits


def _one_slip_away(names: tuple[str, ...]) -> Q:
    """Each name as it stands, or with one slip."""
    fits = Q()
    for name in _folded_words(names):
        part = name if len(name) >= WHOLE_PART else f" {name}"
        near = Q(folded_name__contains=part)
        for pattern in slips.one_slip_away(name):
            near |= Q(folded_name__like=f"% {pattern}%")
        if len(name) >= slips.LEAST_LETTERS:
            for first, second in slips.two_in_one(name):
                near |= Q(folded_name__contains=f" {first}") & Q(folded_name__contains=f" {second}")
        fits &= near
    return fits


def _folded_words(names: tuple[str, ...]) -> list[str]:
    """The words as the database folds them, which alone knows how."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT people_fold(%s)", [" ".join(names)])
        return str(cursor.fetchone()[0]).split()


def _fits(clue: Clue) -> Q:
    fits = Q(birth_date__in=clue.days)
    if clue.mrn:
        # The number of a record that was merged into another finds the one that was kept.
        fits |= Q(numbers__contains=clue.mrn) | Q(
            pk__in=Patient.objects.filter(mrn=clue.mrn).values("merged_into")
        )
    if len(clue.digits) >= LEAST_DIGITS:
        fits |= Q(numbers__contains=clue.digits)
    elif clue.digits:
        fits |= Q(mrn__endswith=clue.digits)
    return fits


def _begins(names: tuple[str, ...]) -> Q:
    """The last name begins with one of the words: the folded name begins with it."""
    begins = Q()
    for name in names:
        begins |= Q(folded_name__startswith=folded(Value(f" {name}")))
    return begins


def _first(*those: Q) -> Case:
    """Puts first whom the first condition fits, then the second, then the others."""
    places = [When(fits, then=Value(place)) for place, fits in enumerate(those)]
    return Case(*places, default=Value(len(those)), output_field=IntegerField())


def _nearness(names: tuple[str, ...]) -> Func:
    return Func(
        folded(Value(" ".join(names))),
        F("folded_name"),
        function="similarity",
        output_field=FloatField(),
    )


def possible_duplicates(
    patients: PatientQuerySet, *, last_name: str, birth_date: dt.date
) -> PatientQuerySet:
    """Patients who may be the one being registered: born on the same day, of the same name."""
    return patients.alias(folded_last_name=folded(F("last_name"))).filter(
        birth_date=birth_date, folded_last_name=folded(Value(last_name))
    )
