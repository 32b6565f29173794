"""Which records may be of one person, and which the desk has told apart."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from django.db import connection, transaction

from people import audit
from people.likeness import Known, Likeness, compare
from people.models import NotSamePerson, Patient, User

MOST_PAIRS = 2_000  # that are weighed; the likeliest of them are shown
# Pairs that share a birth date, a telephone or a name; each by an index or a hash of it, so that
# 200,000 patients are not compared with each other. What is weighed then is weighed in Python.
PAIRS = """
    WITH here AS (
        SELECT id, birth_date, folded_name, last_name, first_name, mobile_phone,
            left(folded_name, 3) AS begins
        FROM people_patient
        WHERE removed_at IS NULL AND merged_into_id IS NULL AND clinic_id = ANY(%(clinics)s)
    ), pairs AS (
        SELECT one.id AS first, other.id AS second
        FROM here AS one JOIN here AS other
            ON one.birth_date = other.birth_date AND one.id < other.id
        WHERE (one.begins = other.begins OR one.first_name = other.first_name
                OR one.first_name = other.last_name)
            AND similarity(one.folded_name, other.folded_name) > 0.3
        UNION
        SELECT least(one.id, other.id), greatest(one.id, other.id)
        FROM here AS one JOIN here AS other
            ON one.folded_name = other.folded_name AND one.id < other.id
        WHERE one.birth_date <> other.birth_date
        UNION
        SELECT least(one.id, other.id), greatest(one.id, other.id)
        FROM here AS one JOIN here AS other
            ON one.mobile_phone = other.mobile_phone AND one.id < other.id
        WHERE one.mobile_phone <> '' AND similarity(one.folded_name, other.folded_name) > 0.3
    )
    SELECT first, second FROM pairs
    WHERE NOT EXISTS (
        SELECT FROM people_notsameperson AS told
        WHERE told.first_id = pairs.first AND told.second_id = pairs.second
    )
    ORDER BY second DESC, first DESC
    LIMIT %(most)s
"""


@dataclass(frozen=True)
class Pair:
    """Two records that may be of one person; the older one comes first."""

    first: Patient
    second: Patient
    likeness: Likeness


def pairs(*, by: User, most: int = 100) -> list[Pair]:
    """The likeliest pairs among the patients this person may see, the likeliest first."""
    clinics = list(by.visible_clinics().values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(PAIRS, {"clinics": clinics, "most": MOST_PAIRS})
        keys: list[tuple[int, int]] = cursor.fetchall()
    rows = (
        Patient.objects.visible_to(by)
        .select_related("clinic")
        .in_bulk({key for pair in keys for key in pair})
    )
    found = [
        Pair(rows[first], rows[second], compare(known(rows[first]), known(rows[second])))
        for first, second in keys
        if first in rows and second in rows
    ]
    likely = [pair for pair in found if pair.likeness.is_enough]
    likely.sort(key=lambda pair: (-pair.likeness.points, pair.first.folded_name, pair.first.pk))
    return likely[:most]


def known(patient: Patient) -> Known:
    """The record as `likeness` compares it."""
    return Known(
        last_name=_fold(patient.last_name),
        first_name=_fold(patient.first_name),
        preferred_name=_fold(patient.preferred_name),
        birth_date=patient.birth_date,
        phones=frozenset({patient.mobile_phone, patient.home_phone} - {""}),
        email=patient.email,
        sex=patient.sex,
    )


def _fold(text: str) -> str:
    """Near enough to the database's own folding for a comparison of two short words."""
    bare = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in bare if letter.isalnum())


@transaction.atomic
def tell_apart(one: Patient, other: Patient, *, by: User) -> NotSamePerson:
    """These two are two people: they are not offered again. Twice is the same as once."""
    first, second = sorted((one, other), key=lambda patient: patient.pk)
    told, is_new = NotSamePerson.objects.get_or_create(
        first=first, second=second, defaults={"said_by": by}
    )
    if is_new:
        audit.record(
            by=by, action="patient.told_apart", patient=first, target=told, other=second.pk
        )
    return told
