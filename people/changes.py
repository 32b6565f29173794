"""Write a new row or a row's changes, and say which fields changed: what the audit line needs."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, models, transaction


def _as_stored(value: Any) -> Any:
    """Text in one Unicode form, or search would not find an é that was typed as e and accent."""
    return unicodedata.normalize("NFC", value) if isinstance(value, str) else value


def fill(row: models.Model, values: Mapping[str, Any]) -> list[str]:
    """Put the values into the row and name those that differed."""
    tidy = {name: _as_stored(value) for name, value in values.items()}
    # A new row has no clinic (or payer …) yet: asking for it would raise.
    changed = [name for name, value in tidy.items() if getattr(row, name, None) != value]
    for name in changed:
        setattr(row, name, tidy[name])
    return sorted(changed)


def write_new(row: models.Model) -> None:
    """Insert a row that holds to every rule of its model, else raise `ValidationError`."""
    row.full_clean()
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        # Somebody took the name in between: the second look finds it and says so kindly.
        row.full_clean()
        raise


def write_changes(row: models.Model, values: Mapping[str, Any]) -> list[str]:
    """Save what differs, all of the row's rules checked; the names of the changed fields."""
    changed = fill(row, values)
    if changed:
        row.full_clean()
        row.save(update_fields=changed)
    return changed
