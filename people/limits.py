"""How often one address may guess before it has to wait: for pages without a log-in.

Counted in the cache, which is a table, so that it holds for all web processes together.
"""

from __future__ import annotations

from django.core.cache import cache

from people import audit


def _key(what: str, *, anywhere: bool) -> str:
    return f"guesses:{what}:{'' if anywhere else audit.from_address.get() or 'unknown'}"


def has_guessed_too_often(what: str, *, most: int, anywhere: bool = False) -> bool:
    """From this address; `anywhere`: from all addresses together."""
    return int(cache.get(_key(what, anywhere=anywhere), 0)) >= most


def note_guess(what: str, *, seconds: int, anywhere: bool = False) -> None:
    """Count one wrong guess; the count is forgotten so long after the first."""
    key = _key(what, anywhere=anywhere)
    if not cache.add(key, 1, timeout=seconds):
        try:
            cache.incr(key)
        except ValueError:  # it ran out in between
            cache.add(key, 1, timeout=seconds)
