"""Make two records of one person one, show beforehand what that does, and take it back.

What may change moves to the record that is kept. What is final (signed notes and their visits,
posted money, the audit line, signed consents) stays under the other record, which lives on as
another name of the kept one: `Patient.objects.same_person` finds both.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from people import audit, merge_rows
from people.changes import fill
from people.merge_rows import Kind, Outcome
from people.models import MergeRecord, Patient, User

# What the desk chooses from either record; the MRN and the clinic stay those of the kept one.
FIELDS = tuple(
    name.name
    for name in Patient._meta.concrete_fields
    if name.editable and not name.primary_key and name.name not in {"mrn", "clinic", "folded_name"}
)


@dataclass(frozen=True)
class Group:
    """Rows of one kind, for people to read."""

    name: str
    count: int
    rows: tuple[models.Model, ...] = ()


@dataclass(frozen=True)
class Preview:
    moves: tuple[Group, ...]
    stays: tuple[Group, ...]
    conflicts: tuple[Group, ...]


class CannotMerge(Exception):
    """Both have something that cannot stand twice; or one of them is no longer there."""

    def __init__(self, told: str, conflicts: tuple[Group, ...] = ()) -> None:
        super().__init__(told)
        self.told = told
        self.conflicts = conflicts


class CannotUndo(Exception):
    """What happened since the merge contradicts it; each reason is a sentence."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__("cannot undo")
        self.reasons = reasons


def preview(*, kept: Patient, other: Patient) -> Preview:
    """What `merge` would do: it is done and rolled back, so that it cannot promise too much."""
    with transaction.atomic():
        kept, other = _locked(kept, other)
        outcomes = _move_all(kept, other)
        told = _told(outcomes)
        transaction.set_rollback(True)
    return told


@transaction.atomic
def merge(*, kept: Patient, other: Patient, take: Iterable[str], by: User) -> MergeRecord:
    """`take` names the fields whose value comes from the other record. Raises `CannotMerge`."""
    kept, other = _locked(kept, other)
    outcomes = _move_all(kept, other)
    conflicts = _told(outcomes).conflicts
    if conflicts:
        raise CannotMerge("Both records have something that cannot stand twice.", conflicts)

    before = {name: getattr(kept, name) for name in FIELDS}
    changed = fill(kept, {name: getattr(other, name) for name in take if name in FIELDS})
    if changed:
        kept.full_clean()
        kept.save(update_fields=changed)
    other.merged_into = kept
    other.save(update_fields=["merged_into"])
    record = MergeRecord.objects.create(
        kept=kept,
        other=other,
        moved=[
            {"model": outcome.kind.label, "field": outcome.kind.key, "ids": outcome.moved}
            for outcome in outcomes
            if outcome.moved
        ],
        stayed={outcome.kind.label: len(outcome.stayed) for outcome in outcomes if outcome.stayed},
        fields={
            name: [_as_text(name, before[name]), _as_text(name, getattr(kept, name))]
            for name in changed
        },
        merged_by=by,
    )
    counts = {outcome.kind.label: len(outcome.moved) for outcome in outcomes if outcome.moved}
    for patient, detail in ((kept, {"other": other.pk}), (other, {"kept": kept.pk})):
        audit.record(
            by=by, action="patient.merged", patient=patient, target=record,
            fields=changed, moved=counts, **detail,
        )  # fmt: skip
    return record


@transaction.atomic
def undo(*, record: MergeRecord, by: User) -> MergeRecord:
    """Put everything back where it was. Raises `CannotUndo`, and then nothing has changed."""
    kept, other = _lock_rows(record.kept_id, record.other_id)
    record = MergeRecord.objects.select_for_update(of=("self",)).get(pk=record.pk)
    reasons = _why_not(record, kept, other)
    if reasons:
        raise CannotUndo(reasons)

    for entry in record.moved:
        kind = merge_rows.kind_of(entry["model"], entry["field"])
        outcome = merge_rows.move(kind, entry["ids"], to=other)
        for pk in (*outcome.stayed, *outcome.refused):
            reasons.append(f"{_name(kind).capitalize()} {pk} has become final since.")
    if reasons:
        raise CannotUndo(reasons)
    for name, (was, _) in record.fields.items():
        setattr(kept, name, _field(name).to_python(was))
    if record.fields:
        kept.save(update_fields=list(record.fields))
    other.merged_into = None
    other.save(update_fields=["merged_into"])
    record.undone_at, record.undone_by = timezone.now(), by
    record.save(update_fields=["undone_at", "undone_by"])
    for patient in (kept, other):
        audit.record(by=by, action="patient.merge_undone", patient=patient, target=record)
    return record


def _locked(kept: Patient, other: Patient) -> tuple[Patient, Patient]:
    if kept.pk == other.pk:
        raise CannotMerge("Choose two records.")
    kept, other = _lock_rows(kept.pk, other.pk)
    if kept.merged_into_id or other.merged_into_id:
        raise CannotMerge("One of the two has been merged into another record in the meantime.")
    if kept.removed_at or other.removed_at:
        raise CannotMerge("One of the two has been removed in the meantime.")
    return kept, other


def _lock_rows(kept_id: int, other_id: int) -> tuple[Patient, Patient]:
    # In the order of their keys, or two merges of the same two would wait for each other forever.
    rows = Patient.objects.select_for_update(of=("self",)).order_by("pk")
    found = {row.pk: row for row in rows.filter(pk__in=[kept_id, other_id])}
    return found[kept_id], found[other_id]


def _move_all(kept: Patient, other: Patient) -> list[Outcome]:
    outcomes = []
    for kind in merge_rows.kinds():
        ids = list(kind.rows_of(other).values_list("pk", flat=True))
        if ids:
            outcomes.append(merge_rows.move(kind, ids, to=kept))
    return outcomes


def _told(outcomes: list[Outcome]) -> Preview:
    def groups(which: str) -> tuple[Group, ...]:
        named = []
        for outcome in outcomes:
            ids = getattr(outcome, which)
            if ids:
                rows = outcome.kind.model._base_manager.filter(pk__in=ids).order_by("pk")
                shown = tuple(rows) if which == "refused" else ()
                named.append(Group(_name(outcome.kind, len(ids)), len(ids), shown))
        return tuple(named)

    return Preview(groups("moved"), groups("stayed"), groups("refused"))


def _field(name: str) -> models.Field[Any, Any]:
    return next(field for field in Patient._meta.concrete_fields if field.name == name)


def _name(kind: Kind, count: int = 1) -> str:
    meta = kind.model._meta
    return str(meta.verbose_name if count == 1 else meta.verbose_name_plural)


def _why_not(record: MergeRecord, kept: Patient, other: Patient) -> list[str]:
    if record.undone_at is not None:
        return ["It has been taken back already."]
    if kept.merged_into_id is not None:
        return ["The record that was kept has itself been merged since: take that back first."]
    reasons: list[str] = []
    moved: dict[Kind, set[Any]] = {}
    for entry in record.moved:
        kind = merge_rows.kind_of(entry["model"], entry["field"])
        moved[kind] = set(entry["ids"])
        there = set(kind.rows_of(kept).filter(pk__in=entry["ids"]).values_list("pk", flat=True))
        reasons += [
            f"{_name(kind)} {pk} has been removed or moved since."
            for pk in sorted(moved[kind] - there)
        ]
    for name, (_, became) in record.fields.items():
        if _as_text(name, getattr(kept, name)) != became:
            reasons.append(f"The field “{_field(name).verbose_name}” has been changed since.")
    reasons += [
        f"{row._meta.verbose_name} {row.pk} has come since, and belongs to both records."
        for row in merge_rows.links_between(moved, kept=kept)
    ]
    return [reason[:1].upper() + reason[1:] for reason in reasons]


def _as_text(name: str, value: Any) -> str | None:
    """A field's value as JSON keeps it and `to_python` reads it."""
    if value is None:
        return None
    shell = Patient()
    setattr(shell, name, value)
    return str(_field(name).value_to_string(shell))
