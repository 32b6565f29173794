"""A plain ground for the form: own lines and own short labels, so that any paper will do.

The red form's picture and its printed words are copyrighted; nothing of them is used here. A cell
is one box: the row of its first text, its first and last column, how many rows it is high.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cell:
    label: str
    row: int  # where the box's first line of text stands; its label is in the row above
    first: int
    last: int
    rows: int = 1
    label_right: bool = False  # no row above: the label stands at the right, in the row itself


# What an X or a diagnosis stands for: the word one character after the place.
MARKS = (
    ("Medicare", 8, 1), ("Medicaid", 8, 8), ("TRICARE", 8, 15), ("CHAMPVA", 8, 24),
    ("Group", 8, 31), ("FECA", 8, 39), ("Other", 8, 45),
    ("M", 10, 42), ("F", 10, 47),
    ("Self", 12, 33), ("Sp", 12, 38), ("Child", 12, 42), ("Oth", 12, 47),
    ("Yes", 20, 35), ("No", 20, 41), ("M", 20, 68), ("F", 20, 75),
    ("Yes", 22, 35), ("No", 22, 41), ("Yes", 24, 35), ("No", 24, 41),
    ("Yes", 26, 52), ("No", 26, 57), ("Yes", 36, 52), ("No", 36, 57),
    ("SSN", 56, 14), ("EIN", 56, 19), ("Yes", 56, 38), ("No", 56, 43),
    *((letter, 38 + at // 4, 1 + 13 * (at % 4)) for at, letter in enumerate("ABCDEFGHIJKL")),
)  # fmt: skip

CELLS = (
    Cell("1 Kind of coverage", 8, 1, 49), Cell("1a Insured's ID", 8, 50, 79),
    Cell("2 Patient's name", 10, 1, 30), Cell("3 Birth date and sex", 10, 31, 49),
    Cell("4 Insured's name", 10, 50, 79),
    Cell("5 Patient's street", 12, 1, 30), Cell("6 Patient is the insured's", 12, 31, 49),
    Cell("7 Insured's street", 12, 50, 79),
    Cell("City", 14, 1, 25), Cell("State", 14, 26, 30), Cell("8", 14, 31, 49, 3),
    Cell("City", 14, 50, 73), Cell("State", 14, 74, 79),
    Cell("ZIP", 16, 1, 14), Cell("Phone", 16, 15, 30),
    Cell("ZIP", 16, 50, 64), Cell("Phone", 16, 65, 79),
    Cell("9 Other insured's name", 18, 1, 30), Cell("10 Condition comes from", 18, 31, 49),
    Cell("11 Insured's group", 18, 50, 79),
    Cell("9a Other policy or group", 20, 1, 30), Cell("10a Work", 20, 31, 49),
    Cell("11a Insured's birth date and sex", 20, 50, 79),
    Cell("9b", 22, 1, 30), Cell("10b Auto accident, state", 22, 31, 49),
    Cell("11b Other claim number", 22, 50, 79),
    Cell("9c", 24, 1, 30), Cell("10c Other accident", 24, 31, 49),
    Cell("11c Plan's name", 24, 50, 79),
    Cell("9d Other plan's name", 26, 1, 30), Cell("10d Claim codes", 26, 31, 49),
    Cell("11d Is there another plan?", 26, 50, 79),
    Cell("12 Patient's signature: release of records", 29, 1, 49, 2),
    Cell("13 Insured's signature: pay the provider", 29, 50, 79, 2),
    Cell("14 Illness or injury began", 32, 1, 30), Cell("15 Other date", 32, 31, 49),
    Cell("16 Unable to work, from and to", 32, 50, 79),
    Cell("17 Referring provider", 34, 1, 29), Cell("17b NPI (17a above)", 34, 30, 49),
    Cell("18 In hospital, from and to", 34, 50, 79),
    Cell("19 More about the claim", 36, 1, 49), Cell("20 Outside lab, charges", 36, 50, 79),
    Cell("21 Diagnoses A to L, ICD indicator", 38, 1, 49, 3),
    Cell("22 Resubmission code", 38, 50, 61), Cell("Payer's claim number", 38, 62, 79),
    Cell("23 Authorization", 40, 50, 79),
    Cell("25 Tax number", 56, 1, 22), Cell("26 Account", 56, 23, 37),
    Cell("27 Assignment", 56, 38, 49), Cell("28 Total", 56, 50, 61),
    Cell("29 Paid", 56, 62, 71), Cell("30", 56, 72, 79),
    Cell("31 Provider's signature and date", 58, 1, 22, 4),
    Cell("32 Where the service was given", 58, 23, 49, 3),
    Cell("33 Billing provider", 58, 50, 79, 3),
    Cell("32a", 61, 23, 35, label_right=True), Cell("32b", 61, 36, 49, label_right=True),
    Cell("33a", 61, 50, 62, label_right=True), Cell("33b", 61, 63, 79, label_right=True),
)  # fmt: skip

# The service lines: label, first and last column. Six pairs of rows begin at row 43.
LINES = (
    ("24A From, to", 1, 18), ("B Place", 19, 21), ("C", 22, 24),
    ("D Code", 25, 32), ("Modifiers", 33, 44), ("E Dx", 45, 49), ("F Charge", 50, 58),
    ("G Units", 59, 62), ("H", 63, 64), ("I", 65, 67), ("J Rendering NPI", 68, 79),
)  # fmt: skip
FIRST_LINE, LAST_LINE = 43, 54
