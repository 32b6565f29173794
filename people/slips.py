"""Which words a word may have been meant for: one letter wrong, missing, doubled or swapped.

Trigrams alone do not tell: of a five-letter word with two letters swapped a third of them is left,
and at that bound a twentieth of a large practice is "similar". So the slips are written out as
patterns of SQL's LIKE, which the trigram index answers one by one.
"""

from __future__ import annotations

LEAST_LETTERS = 4  # a shorter word has too many neighbors
LEAST_TO_DROP = 5  # below, a word with a letter taken out begins too many names
LEAST_PART = 2  # letters of a name, when two are written as one word


def one_slip_away(word: str) -> tuple[str, ...]:
    """LIKE patterns of how a part of a name may begin that was typed as `word` by one slip."""
    length = len(word)
    if length < LEAST_LETTERS:
        return ()
    letters = [_literal(letter) for letter in word]
    patterns: list[str] = []
    for place in range(length):
        before, after = letters[:place], letters[place + 1 :]
        patterns.append("".join([*before, "_", *after]))  # a wrong letter
        patterns.append("".join([*before, "_", *letters[place:]]))  # one left out, or a blank
        if length >= LEAST_TO_DROP:
            patterns.append("".join([*before, *after]))  # one too many
        if after and after[0] != letters[place]:
            patterns.append("".join([*before, after[0], letters[place], *after[1:]]))  # swapped
    return tuple(dict.fromkeys(patterns))


def two_in_one(word: str) -> tuple[tuple[str, str], ...]:
    """The pairs of words that may have been written without the blank between them."""
    places = range(LEAST_PART, len(word) - LEAST_PART + 1)
    return tuple((word[:place], word[place:]) for place in places)


def _literal(letter: str) -> str:
    return f"\\{letter}" if letter in "\\%_" else letter
