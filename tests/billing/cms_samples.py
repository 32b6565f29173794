"""Small files in the shapes CMS gives its tables out in; the numbers are made for the tests."""

import io

from openpyxl import Workbook

PAIRS_HEADER = (
    "CPT codes are copyright American Medical Association.\r\n"
    "NCCI Practitioner PTP Edits\r\n"
    "Column 1/Column 2 Edits\t\t\t\t\t\t\r\n"
    "\t\t*=in existence\t\t\tModifier\t\r\n"
    "Column 1\tColumn 2\tprior to 1996\tEffective Date\tDeletion Date\t0=not allowed\tRationale\r\n"
)
RATIONALE = "Misuse of column two code with column one code"


def pairs(*rows: tuple[str, str, str, str, str], end: str = "\r\n") -> bytes:
    """The practitioner file's text: code, code, effective, deletion, indicator."""
    lines = [
        f"{one}\t{two}\t\t{start}\t{until}\t{indicator}\t{RATIONALE}"
        for one, two, start, until, indicator in rows
    ]
    return (PAIRS_HEADER + "\r\n".join(lines) + end).encode("latin-1")


def pairs_workbook(*rows: tuple[str, str, str, str, str]) -> bytes:
    book = Workbook()
    sheet = book.active
    for line in PAIRS_HEADER.splitlines():
        sheet.append(line.split("\t"))
    for one, two, start, until, indicator in rows:
        deleted = until if until == "*" else int(until)
        # Excel keeps what looks like a number as one.
        one, two = (int(code) if code.isdecimal() else code for code in (one, two))
        sheet.append([one, two, None, int(start), deleted, int(indicator), RATIONALE])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def limits(*rows: tuple[str, str, str]) -> bytes:
    lines = [f'{code},{units},"{judged}",Clinical: Data' for code, units, judged in rows]
    return (
        '"CPT codes are copyright American Medical Association.\nAll rights reserved."\r\n'
        '"HCPCS/\nCPT Code",Practitioner Services MUE Values,MUE Adjudication Indicator,'
        "MUE Rationale\r\n" + "\r\n".join(lines) + "\r\n"
    ).encode("latin-1")


VALUES_CAPTIONS = """2026 Physician Fee Schedule Relative Value File,,,,,,,,,,,,,,,,,,,,,,,,,
CPT codes are copyright American Medical Association.,,,,,,,,,,,,,,,,,,,,,,,,,
,,,,NOT USED,,NON-FAC,NON-FAC,FACILITY,FACILITY,,NON-,,,,,,,MULT,,,,,,CONV,
,,,STATUS,FOR MEDICARE,WORK,PE,NA,PE,NA,MP,FACILITY,FACILITY,PCTC,GLOB,PRE,INTRA,POST,,,,,,ENDO,,
HCPCS,MOD,DESCRIPTION,CODE,PAYMENT,RVU,RVU,INDICATOR,RVU,INDICATOR,RVU,TOTAL,TOTAL,IND,DAYS,OP,OP,OP,PROC,SURG,SURG,SURG,SURG,BASE,FACTOR,X
""".replace("\n", "\r\n")


def value(
    code: str,
    work: str,
    pe: str,
    mp: str,
    total: str,
    *,
    mult: str = "5",
    mod: str = "",
    status: str = "A",
    factor: str = "33.4009",
) -> str:
    return (
        f"{code},{mod},own words,{status},,{work},{pe},,{pe},,{mp},{total},{total},7,XXX,0,0,0,"
        f"{mult},0,0,0,0,,{factor},9"
    )


def values(*rows: str) -> bytes:
    return (VALUES_CAPTIONS + "\r\n".join(rows) + "\r\n").encode("latin-1")


def indices(*rows: str, notes: str = "") -> bytes:
    head = (
        "ADDENDUM E. 2026 GEOGRAPHIC PRACTICE COST INDICES (GPCIs),,,,,,,\r\n,,,,,,,\r\n"
        "Medicare Administrative Contractor (MAC),State,Locality Number,Locality Name,"
        "2026 PW GPCI (without 1.0 Floor),2026 PW GPCI (with 1.0 Floor),2026 PE GPCI,2026 MP GPCI"
        "\r\n"
    )
    return (head + "\r\n".join(rows) + "\r\n" + notes).encode("latin-1")
