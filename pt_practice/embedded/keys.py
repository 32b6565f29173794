"""Secrets a start makes once and keeps: readable by their owner only, never on a command line."""

import os
import secrets
from pathlib import Path


def kept(var: Path, name: str) -> str:
    """The stored secret of that name; made, and on the disk, before it is first used."""
    folder = var / "secrets"
    folder.mkdir(mode=0o700, exist_ok=True)
    place = folder / name
    if place.exists():
        value = place.read_text(encoding="utf-8").strip()
        if value:
            return value
    value = secrets.token_hex(32)
    write_private(place, value)
    return value


def write_private(place: Path, text: str) -> None:
    """All of it or nothing, whenever the power goes."""
    half = place.with_name(f"{place.name}.new")
    descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(descriptor, "w", encoding="utf-8") as handle:
        handle.write(text)
        handle.flush()
        os.fsync(handle.fileno())
    half.replace(place)
