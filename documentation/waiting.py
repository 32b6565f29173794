"""Which notes wait, for whom and since when: for a co-signature, or for a signature at all."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from documentation.models import Note
from documentation.rules.ages import AGES, Age, age_of
from people.models import Clinic, Practice, Therapist, User

COSIGN = "co-sign"


def to_cosign(user: User) -> QuerySet[Note]:
    """Signed notes of assistants and students that wait, the oldest first."""
    return (
        Note.objects.visible_to(user)
        .filter(cosign_needed=True, cosigned_at=None, signed_at__isnull=False)
        .select_related(
            "visit__patient",
            "visit__clinic",
            "visit__therapist__user",
            "visit__assistant__user",
            "visit__student__user",
        )
        .order_by("signed_at", "pk")
    )


def mine_to_cosign(user: User) -> QuerySet[Note]:
    """Those among them that this therapist answers for."""
    return to_cosign(user).filter(_answers_for(user))


def others_to_cosign(user: User) -> QuerySet[Note]:
    return to_cosign(user).exclude(_answers_for(user))


def _answers_for(user: User) -> Q:
    return Q(visit__therapist__user=user) | Q(signed_by__therapist__supervisor__user=user)


@dataclass(frozen=True)
class Place:
    """Where somebody is in the queue: what comes next, and how many wait in all."""

    left: int
    next_url: str


def place_of(note: Note, *, by: User) -> Place:
    """The note after this one among those that `by` answers for; at the end it begins anew, and
    with nothing left it leads back to the queue."""
    waiting = mine_to_cosign(by).exclude(pk=note.pk)
    later = Q(signed_at__gt=note.signed_at) | Q(signed_at=note.signed_at, pk__gt=note.pk)
    following = (waiting.filter(later).first() if note.signed_at else None) or waiting.first()
    queue = reverse("documentation:cosign")
    return Place(
        left=waiting.count(),
        next_url=queued(following) if following is not None else queue,
    )


def queued(note: Note) -> str:
    """The note's page, as one of the queue."""
    return f"{note.get_absolute_url()}?queue={COSIGN}"


# --- Not signed at all --------------------------------------------------------------------------


@dataclass(frozen=True)
class Unsigned:
    """A note without a signature, how old, and in whose hands."""

    note: Note
    writer: Therapist
    days: int
    age: Age
    is_late: bool

    @property
    def is_amended(self) -> bool:
        return self.note.version > 1


@dataclass(frozen=True)
class Hands:
    """The notes in one clinician's hands, the oldest first."""

    writer: Therapist
    notes: list[Unsigned]

    @property
    def late(self) -> int:
        return sum(each.is_late for each in self.notes)


def unsigned(
    user: User, *, clinic: Clinic | None = None, writer: Therapist | None = None
) -> QuerySet[Note]:
    """Notes of visits that took place and have no signature."""
    notes = Note.objects.visible_to(user).filter(signed_at=None)
    if clinic is not None:
        notes = notes.filter(visit__clinic=clinic)
    if writer is not None:
        notes = notes.filter(_in_hands_of(writer))
    return notes


def _in_hands_of(writer: Therapist) -> Q:
    """Those they write themselves, and those that their assistants and students write for them."""
    return Q(visit__therapist=writer) | Q(visit__assistant=writer) | Q(visit__student=writer)


def by_hands(notes: QuerySet[Note], *, today: dt.date, late_after: int) -> list[Hands]:
    """The notes by who has to write them; who has the oldest comes first."""
    rows = notes.select_related(
        "visit__patient",
        "visit__clinic",
        "visit__therapist__user",
        "visit__assistant__user",
        "visit__student__user",
    ).order_by("visit__date_of_service", "pk")
    found: dict[int, Hands] = {}
    for note in rows:
        visit = note.visit
        writer = visit.assistant or visit.student or visit.therapist
        days = (today - visit.date_of_service).days
        hands = found.setdefault(writer.pk, Hands(writer, []))
        hands.notes.append(Unsigned(note, writer, days, age_of(days), is_late=days > late_after))
    return list(found.values())


def counts(hands: list[Hands]) -> list[tuple[Age, int]]:
    """How many there are of each age, the youngest first."""
    ages = [each.age for group in hands for each in group.notes]
    return [(age, ages.count(age)) for age in AGES]


def late_count(user: User, *, writer: Therapist | None, today: dt.date) -> int:
    """How many are past the days that the practice gives."""
    last_day = today - dt.timedelta(days=late_after())
    return unsigned(user, writer=writer).filter(visit__date_of_service__lt=last_day).count()


def late_after() -> int:
    """After how many days an unsigned note is late: the practice's own rule."""
    practice = Practice.objects.first()
    return practice.sign_notes_within_days if practice is not None else 2


def today_of(user: User) -> dt.date:
    clinic = user.visible_clinics().filter(is_active=True).order_by("pk").first()
    return timezone.localdate(timezone=clinic.zone) if clinic else timezone.localdate()
