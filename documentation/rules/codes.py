"""What is the short code of a signed document, and which hash does a typed code begin?

The code is the first 100 bits of the content's SHA-256 in 20 letters that are hard to mistake for
each other (Crockford's base 32): whoever holds the paper has it, nobody guesses it.
"""

from __future__ import annotations

import re

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # no I, L, O, U
LETTERS = 20
HEX_DIGITS = 25  # 100 bits
GROUP = 4
MISREAD = str.maketrans("OIL", "011")


def code_of(sha256: str) -> str:
    """As it is printed: "0A1B-…", five groups of four."""
    bits = int(sha256[:HEX_DIGITS], 16)
    letters = "".join(ALPHABET[(bits >> (5 * place)) & 31] for place in reversed(range(LETTERS)))
    return "-".join(letters[at : at + GROUP] for at in range(0, LETTERS, GROUP))


def begins(code: str) -> str | None:
    """The hex digits with which the hash of a code begins; None for what is no code. Blanks,
    hyphens and capitals do not matter, and O is read as 0, I and L as 1."""
    letters = re.sub(r"[\s-]", "", code).upper().translate(MISREAD)
    if len(letters) != LETTERS or any(letter not in ALPHABET for letter in letters):
        return None
    bits = 0
    for letter in letters:
        bits = bits << 5 | ALPHABET.index(letter)
    return f"{bits:0{HEX_DIGITS}x}"
