"""What points to a patient, whatever app it belongs to, and how it is moved to another record.

The list is read from the models, so an app above need not be named here. A row that may never
change refuses by its own trigger and stays where it is; a row that stands in the way of one the
other patient has (an overlapping card or appointment) is a conflict, which the desk resolves.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db import DatabaseError, models, transaction

from people.models import Patient

STAYS = "STAYS_WHEN_PATIENTS_MERGE"  # a model that tells of patients says so and is left alone


@dataclass(frozen=True)
class Kind:
    """A model's key that names a patient."""

    model: type[models.Model]
    key: str

    @property
    def label(self) -> str:
        return self.model._meta.label_lower

    def rows_of(self, patient: Patient) -> models.QuerySet[Any]:
        return self.model._base_manager.filter(**{self.key: patient.pk}).order_by("pk")


@dataclass
class Outcome:
    """What became of the rows of one kind."""

    kind: Kind
    moved: list[Any] = field(default_factory=list)
    stayed: list[Any] = field(default_factory=list)
    refused: list[Any] = field(default_factory=list)


def kinds() -> list[Kind]:
    """Every key to a patient, in one order for everybody, so that two merges do not deadlock."""
    found = [
        Kind(model, key.name)
        for model in apps.get_models(include_auto_created=True)
        for key in model._meta.concrete_fields
        if key.related_model is Patient and not getattr(model, STAYS, False)
    ]
    return sorted(found, key=lambda kind: (kind.label, kind.key))


def kind_of(label: str, key: str) -> Kind:
    return Kind(apps.get_model(label), key)


def move(kind: Kind, ids: list[Any], *, to: Patient) -> Outcome:
    """All rows at once where they let themselves be moved, else one by one."""
    rows = kind.model._base_manager.filter(pk__in=ids)
    try:
        with transaction.atomic():
            rows.update(**{kind.key: to.pk})
    except DatabaseError:
        return _one_by_one(kind, ids, to=to)
    return Outcome(kind, moved=ids)


def _one_by_one(kind: Kind, ids: list[Any], *, to: Patient) -> Outcome:
    outcome = Outcome(kind)
    for pk in ids:
        try:
            with transaction.atomic():
                kind.model._base_manager.filter(pk=pk).update(**{kind.key: to.pk})
        except DatabaseError as error:
            (outcome.refused if _constraint_of(error) else outcome.stayed).append(pk)
        else:
            outcome.moved.append(pk)
    return outcome


def _constraint_of(error: DatabaseError) -> str:
    """The constraint that refused; '' when a trigger did, which guards what is final."""
    diagnosis = getattr(error.__cause__, "diag", None)
    return getattr(diagnosis, "constraint_name", None) or ""


def links_between(moved: dict[Kind, set[Any]], *, kept: Patient) -> Iterator[models.Model]:
    """Rows that came to lie across two records since they were merged: of the kept patient by
    their own key, and hanging on a row that came from the other one, or the other way round."""
    ways = _ways_to_a_patient()
    for kind in kinds():
        came = moved.get(kind, set())
        for key in kind.model._meta.concrete_fields:
            for path, owner in ways.get(key.related_model, []):
                at = f"{key.name}{path}"
                on_moved = models.Q(**{f"{at}__in": moved.get(owner, set())})
                on_kept = models.Q(**{f"{at}__{owner.key}": kept.pk}) & ~on_moved
                rows = kind.rows_of(kept)
                yield from rows.filter(on_moved).exclude(pk__in=came)
                yield from rows.filter(on_kept, pk__in=came)


def _ways_to_a_patient() -> dict[Any, list[tuple[str, Kind]]]:
    """How a row leads to whose it is: by its own key, or by one step as an authorization's card."""
    ways: dict[Any, list[tuple[str, Kind]]] = {}
    owners = {kind.model: kind for kind in kinds() if kind.model is not Patient}
    for owner in owners.values():
        ways.setdefault(owner.model, []).append(("", owner))
    for model in apps.get_models():
        for key in model._meta.concrete_fields:
            if key.related_model in owners and model not in owners and model is not Patient:
                owner = owners[key.related_model]
                ways.setdefault(model, []).append((f"__{key.name}", owner))
    return ways
