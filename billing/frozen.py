"""Turn the dataclasses a claim is written from into JSON and back, losing nothing.

A released claim keeps this JSON and its SHA-256; every file and form is written from it, never
from rows that may have changed since.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import enum
import hashlib
import json
import types
import typing
from decimal import Decimal
from functools import lru_cache
from typing import Any

from billing.x12 import types as x12


def to_json(value: Any) -> Any:
    """Plain JSON: money as strings, days as ISO, a dataclass as an object that names its type."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {
            field.name: to_json(getattr(value, field.name)) for field in dataclasses.fields(value)
        }
        return {"is": type(value).__name__, **fields}
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, tuple | list):
        return [to_json(item) for item in value]
    return value


def sha256_of(content: Any) -> str:
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def claim_from_json(content: dict[str, Any]) -> x12.Claim:
    """The claim that `to_json` was given."""
    claim = _read(x12.Claim, content)
    assert isinstance(claim, x12.Claim)
    return claim


@lru_cache
def _hints(kind: type) -> dict[str, Any]:
    return typing.get_type_hints(kind)


def _read(hint: Any, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(value, dict):
        kind = getattr(x12, value["is"])
        hints = _hints(kind)
        return kind(
            **{name: _read(hints[name], item) for name, item in value.items() if name != "is"}
        )
    origin = typing.get_origin(hint)
    if origin in (typing.Union, types.UnionType):
        options = [option for option in typing.get_args(hint) if option is not types.NoneType]
        return _read(options[0], value)
    if origin is tuple:
        return tuple(_read(typing.get_args(hint)[0], item) for item in value)
    if hint is Decimal:
        return Decimal(value)
    if hint is dt.date:
        return dt.date.fromisoformat(value)
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return hint(value)
    return value
