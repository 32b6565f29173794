"""How often one address may guess before it has to wait: for pages without a log-in.

Counted in the cache, which is a table, so that it holds for all web processes together.
"""

from __future__ import annotations

from django.core.cache import cache

from people import audit


def _key(what: str) -> str:
    return f"guesses:{what}:{audit.from_address.get() or 'unknown'}"


def has_guessed_too_often(what: str, *, most: int) -> bool:
    return int(cache.get(_key(what), 0)) >= most


def note_guess(what: str, *, seconds: int) -> None:
    """Count one wrong guess; the count is forgotten so long after the first."""
    if not cache.add(_key(what), 1, timeout=seconds):
        try:
            cache.incr(_key(what))
        except ValueError:  # it ran out in between
            cache.add(_key(what), 1, timeout=seconds)
