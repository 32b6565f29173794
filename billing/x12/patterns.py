"""What the codes and identifiers of a claim look like, as far as their form alone tells.

Whether a code exists is a matter of tables; these say only that it could.
"""

import re

# USPS Publication 28, appendix B: states, territories, freely associated states, military.
STATE = (
    "A[AEKLPRSZ]|C[AOT]|D[CE]|F[LM]|G[AU]|HI|I[ADLN]|K[SY]|LA|M[ADEHINOPST]|N[CDEHJMVY]|O[HKR]|"
    "P[ARW]|RI|S[CD]|T[NX]|UT|V[AIT]|W[AIVY]"
)
TAXONOMY = "[0-9]{3}[0-9A-Z]{6}X"  # NUCC provider taxonomy
PROCEDURE = "[0-9A-Z][0-9]{3}[0-9A-Z]"  # CPT and HCPCS level II
MODIFIER = "[0-9A-Z]{2}"
# ICD-10-CM without its dot: 3 to 7 characters, a letter and a digit first.
DIAGNOSIS = "[A-Z][0-9][0-9A-Z]{1,5}"
PLACE_OF_SERVICE = "[0-9]{2}"
ADJUSTMENT_REASON = "[0-9A-Z]{1,5}"
# CMS, Medicare Beneficiary Identifier format: S, L, O, I, B and Z are never used.
_LETTER = "[AC-HJKMNP-RT-Y]"
_EITHER = "[0-9AC-HJKMNP-RT-Y]"
MEDICARE_ID = f"[1-9]{_LETTER}{_EITHER}[0-9]{_LETTER}{_EITHER}[0-9]{_LETTER}{{2}}[0-9]{{2}}"
ID_QUALIFIER = "01|14|20|27|28|29|30|33|ZZ"  # ISA05, ISA07

_POST_OFFICE_BOX = re.compile(
    r"(?:.*\b)?P\s*\.?\s*O\s*\.?\s*BOX\b.*|(?:.*\b)?POST OFFICE BOX\b.*|BOX [0-9].*"
)
_NPI = re.compile(r"[12][0-9]{9}", re.ASCII)


def has_form(pattern: str, text: str) -> bool:
    """Does the whole of `text` have this form?"""
    return bool(re.fullmatch(pattern, text, re.ASCII))


def is_post_office_box(line: str) -> bool:
    """Is this address line a box and not a street?"""
    return bool(_POST_OFFICE_BOX.fullmatch(line.strip().upper()))


def npi_is_valid(npi: str) -> bool:
    """Ten digits, the first 1 or 2, with the check digit of 45 CFR 162.406 (Luhn after 80840)."""
    if not _NPI.fullmatch(npi):
        return False
    total = 24  # the Luhn sum of the prefix 80840
    for place, digit in enumerate(reversed(npi)):
        doubled = int(digit) * (1 + place % 2)
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0
