"""One wrong thing at a time in a good file: what our own check says of it.

Most of these pass the independent validator too; they are why this check exists.
"""
# ruff: noqa: E501  one wrong thing to a line

import re
from pathlib import Path

import pytest

from billing.x12.check_837p import check_837p

SAMPLES = Path(__file__).parent / "samples"
PRIMARY, FAMILY, AUTO, WORK, SECONDARY, PAIR, TWO = (
    SAMPLES.joinpath(name, "expected.837").read_text()
    for name in (
        "medicare_primary",
        "commercial_family",
        "auto_accident",
        "workers_compensation",
        "medicare_secondary",
        "transaction_per_claim",
        "several_therapists",
    )
)


def recounted(text):
    """The file with the number of segments that it now has in SE01."""
    mark = text[3]
    count = len(text[text.index(f"\nST{mark}") : text.index(f"\nSE{mark}")].splitlines())
    before, _, after = text.partition(f"\nSE{mark}")
    return f"{before}\nSE{mark}{count}{after[after.index(mark) :]}"


def found(text):
    """What the check says of the file: the check and the segment of each problem."""
    return [f"{problem.check} {problem.segment}" for problem in check_837p(text.encode())]


ENVELOPE = [
    ("GE*1*412~", "GE*1*413~", ["control-number GE"]),
    ("GE*1*412~", "GE*2*412~", ["ge-count GE"]),
    ("IEA*1*000000412~", "IEA*1*000000413~", ["control-number IEA"]),
    ("IEA*1*000000412~", "IEA*0*000000412~", ["iea-count IEA"]),
    ("SE*46*0001~", "SE*45*0001~", ["se-count SE"]),
    ("SE*46*0001~", "SE*46*0002~", ["control-number SE"]),
    ("ST*837*0001", "ST*837*001", ["control-number SE", "control-number ST"]),
    ("*005010X222A1~\nBHT", "*005010X222~\nBHT", ["guide ST"]),
    ("*X*005010X222A1~\nST", "*X*005010X223A2~\nST", ["guide GS"]),
    ("GS*HC", "GS*HP", ["guide GS"]),
    ("*412*X*", "*0412*X*", ["control-number GS", "control-number GE"]),
    ("*0*T*:~", "*0*X*:~", ["isa-code ISA"]),
    ("*00501*", "*00401*", ["isa-code ISA"]),
    ("*ZZ*LARKPT01       *", "*ZZ*LARKPT01*", ["isa-width ISA"]),
    ("*ZZ*LARKPT01       *", "*ZZ*               *", ["isa-code ISA"]),
    ("*^*00501*", "*:*00501*", ["delimiters ISA"]),
    ("ISA*", "\nISA*", ["stray-bytes "]),
    ("IEA*1*000000412~\n", "IEA*1*000000412~\nthank you", ["stray-bytes "]),
    ("IEA*1*000000412~\n", "IEA*1*000000412~", ["stray-bytes "]),
    ("IEA*1*000000412~\n", "IEA*1*000000412", ["broken-off IEA"]),
    ("~\nLX*2", "~ \nLX*2", ["stray-bytes "]),
    ("~\nLX*2", "~~\nLX*2", ["stray-bytes "]),
    ("LX*2~", "lx*2~", ["stray-bytes "]),
    ("*ZZ*LARKPT01 ", "*ZZ*larkpt01 ", ["character ISA"]),
    ("GE*1*412~\n", "", ["envelope "]),
    ("IEA*1*000000412~\n", "", ["envelope "]),
    ("GE*1*412~\n", "TA1*1~\nGE*1*412~\n", ["stray-segment TA1"]),
    ("NTE*CER*PLAN", "NTE*CER*Plan", ["character NTE"]),
    ("NTE*CER*PLAN", "NTE*CER*PL^AN", ["character NTE", "character NTE"]),
    ("NTE*CER*PLAN", "NTE*CER*PL:AN", ["character NTE"]),
    ("WOJCIK*", "WOJ:CIK*", ["character NM1"]),
    ("NTE*CER*PLAN", "NTE*CER*PLÁN", ["character NTE"]),
    ("NTE*CER*PLAN", "NTE*CER* PLAN", ["blank NTE"]),
    ("LX*1~", "LX*1*~", ["empty-tail LX"]),
    ("HC:97112:GP:KX*", "HC:97112:GP:KX:*", ["empty-tail SV1", "modifier SV1"]),
]  # fmt: skip


@pytest.mark.parametrize(("good", "bad", "expected"), ENVELOPE)
def test_a_wrapping_is_found_wrong(good, bad, expected):
    assert good in PRIMARY

    assert found(PRIMARY.replace(good, bad, 1)) == expected


LEVELS = [
    ("HL*2*1*22*0", "HL*3*1*22*0", ["hl-number HL", "hl-child HL"]),
    ("HL*2*1*22*0", "HL*2*1*22*1", ["hl-child HL"]),
    ("HL*3*1*22*1", "HL*3*1*22*0", ["hl-child HL"]),
    ("HL*3*1*22*1", "HL*3*2*22*1", ["hl-child HL", "hl-parent HL"]),
    ("HL*4*3*23*0", "HL*4*2*23*0", ["hl-child HL", "hl-parent HL"]),
    ("HL*1**20*1", "HL*1*9*20*1", ["hl-parent HL"]),
]


@pytest.mark.parametrize(("good", "bad", "expected"), LEVELS)
def test_a_level_is_found_wrong(good, bad, expected):
    assert good in FAMILY

    assert found(FAMILY.replace(good, bad, 1)) == expected


PARTIES = [
    (PRIMARY, "OR*974013020", "OR*97401", ["zip N4"]),
    (PRIMARY, "OR*974020015", "OR*97402", ["zip N4"]),
    (PRIMARY, "OR*97477", "OR*9747", ["zip N4"]),
    (PRIMARY, "OR*97477", "OX*97477", ["state N4"]),
    (PRIMARY, "OR*974013020", "ON*974013020*CA", ["zip N4"]),
    (PRIMARY, "88 LARK STREET", "PO BOX 88", ["street N3"]),
    (PRIMARY, "REF*EI*931112223", "REF*EI*93-1112223", ["tax-id REF"]),
    (PRIMARY, "REF*EI*931112223", "REF*EI*93111222", ["tax-id REF"]),
    (PRIMARY, "REF*EI*", "REF*TJ*", ["tax-id REF"]),
    (PRIMARY, "XX*1300000019", "XX*1300000018", ["npi NM1"]),
    (PRIMARY, "XX*1677777025", "XX*1677777024", ["npi NM1"]),
    (PRIMARY, "XX*1555555014", "XX*155555501", ["npi NM1"]),
    (PRIMARY, "OKONKWO-REYES*ADA****XX*1555555014", "OKONKWO-REYES*ADA", ["npi NM1"]),
    (PRIMARY, "XX*1677777025", "XX", ["name NM1", "npi NM1"]),
    (PRIMARY, "BI*PXC*261QP2000X", "BI*PXC*261QP2000", ["taxonomy PRV"]),
    (PRIMARY, "PRV*PE*PXC", "PRV*BI*PXC", ["code PRV"]),
    (PRIMARY, "NM1*85*2*LARK STREET PHYSICAL THERAPY, LLC*", "NM1*85*2*LARK STREET PHYSICAL THERAPY, LLC*ADA", ["name NM1"]),
    (PRIMARY, "NM1*85*2", "NM1*85*3", ["code NM1"]),
    (PRIMARY, "WOJCIK*LUKASZ", "*LUKASZ", ["name NM1"]),
    (PRIMARY, "MI*1EG4TE5MK73", "MI*1SG4TE5MK73", ["member-id NM1"]),
    (PRIMARY, "MI*1EG4TE5MK73", "MI*123456789A", ["member-id NM1"]),
    (FAMILY, "MI*CMH00417702", "MI*C", ["member-id NM1"]),
    (PRIMARY, "*MB~", "~", ["empty-tail SBR", "filing SBR"]),
    (FAMILY, "18*GRP-55******CI", "18*GRP-55", ["filing SBR"]),
    (FAMILY, "18*GRP-55******CI", "18*GRP-55**12****CI", ["medicare SBR"]),
    (SECONDARY, "SBR*S*18**MEDICARE*12*", "SBR*S*18**MEDICARE**", ["medicare SBR"]),
    (FAMILY, "SBR*P*18*GRP-55", "SBR*P**GRP-55", ["patient SBR", "patient NM1"]),
    (FAMILY, "SBR*P**GRP-55", "SBR*P*18*GRP-55", ["patient SBR", "patient NM1"]),
    (FAMILY, "SBR*P*18*", "SBR*X*18*", ["code SBR", "other-payer CLM"]),
    (FAMILY, "PAT*19", "PAT*18", ["code PAT"]),
    (FAMILY, "DMG*D8*20140630*F", "DMG*D8*20140631*F", ["date DMG"]),
    (FAMILY, "DMG*D8*20140630*F", "DMG*D8*20140630*X", ["code DMG"]),
    (FAMILY, "PI*88201", "PI*8", ["payer-id NM1"]),
    (FAMILY, "PI*88201", "ZZ*88201", ["payer-id NM1"]),
]  # fmt: skip


@pytest.mark.parametrize(("file", "good", "bad", "expected"), PARTIES)
def test_a_party_is_found_wrong(file, good, bad, expected):
    assert good in file

    assert found(recounted(file.replace(good, bad, 1))) == expected


CLAIMS = [
    (PRIMARY, "*239.55*", "*239.56*", ["claim-total CLM"]),
    (PRIMARY, "*70.5*", "*70.51*", ["claim-total CLM"]),
    (PRIMARY, "*239.55*", "*$239.55*", ["character CLM", "amount CLM"]),
    (PRIMARY, "*239.55*", "*-239.55*", ["amount CLM"]),
    (PRIMARY, "*70.5*", "*-70.5*", ["claim-total CLM", "amount SV1"]),
    (PRIMARY, "*70.5*", "*70.500*", ["claim-total CLM", "amount SV1"]),
    (PRIMARY, "11:B:1", "11:A:1", ["code CLM"]),
    (PRIMARY, "11:B:1", "1:B:1", ["code CLM"]),
    (PRIMARY, "11:B:1", "11:B:9", ["frequency CLM"]),
    (PRIMARY, "11:B:1", "11:B:7", ["frequency CLM"]),
    (WORK, "REF|F8|SAF99812^\n", "", ["frequency CLM"]),
    (WORK, "11>B>7", "11>B>1", ["frequency CLM"]),
    (PRIMARY, "*Y*A*Y*Y", "**A*Y*Y", ["code CLM"]),
    (PRIMARY, "*Y*A*Y*Y", "*Y**Y*Y", ["code CLM"]),
    (PRIMARY, "*Y*A*Y*Y", "*Y*A**Y", ["code CLM"]),
    (PRIMARY, "*Y*A*Y*Y", "*Y*A*Y*N", ["code CLM"]),
    (PRIMARY, "11:B:1", "21:B:1", ["admission CLM"]),
    (AUTO, "AA:OA::WA", "AA:OA", ["accident CLM"]),
    (AUTO, "AA:OA::WA", "AA:XX::WA", ["accident CLM"]),
    (AUTO, "DTP*439*D8*20260214~\n", "", ["accident CLM"]),
    (PRIMARY, "ABK:G20A1", "ABF:G20A1", ["diagnosis HI"]),
    (PRIMARY, "ABF:R262", "BF:R262", ["diagnosis HI"]),
    (PRIMARY, "ABF:R262", "ABF:R26.2", ["diagnosis HI"]),
    (PRIMARY, "ABF:R262", "ABF:G20A1", ["diagnosis HI"]),
    (PRIMARY, "*ABF:M6281", "*ABF:M6281" + "".join(f"*ABF:M541{n}" for n in range(10)), ["diagnosis HI"]),
    (PRIMARY, "***1:2:3", "***1:2:4", ["pointer SV1"]),
    (PRIMARY, "***1:2:3", "***1:2:2", ["pointer SV1"]),
    (PRIMARY, "***1:2:3", "***0", ["pointer SV1"]),
    (PRIMARY, "***1:2:3", "", ["pointer SV1"]),
    (PRIMARY, "HC:97112:GP:KX", "HC:97112:GP:KX:59:CQ:XS", ["modifier SV1"]),
    (PRIMARY, "HC:97112:GP:KX", "HC:97112:GP:GP", ["modifier SV1"]),
    (PRIMARY, "HC:97112:GP:KX", "HC:97112:GP:K", ["modifier SV1"]),
    (PRIMARY, "HC:97112:GP:KX", "HC:9711:GP:KX", ["procedure SV1"]),
    (PRIMARY, "HC:97112:GP:KX", "ER:97112:GP:KX", ["procedure SV1"]),
    (PRIMARY, "*UN*2*", "*MJ*2*", ["units SV1"]),
    (PRIMARY, "*UN*2*", "*UN*0*", ["units SV1"]),
    (PRIMARY, "*UN*2*", "*UN*1.5*", ["units SV1"]),
    (PRIMARY, "*UN*1*12**1", "*UN*1*HOME**1", ["code SV1"]),
    (PRIMARY, "LX*2~", "LX*4~", ["line-number LX"]),
    (PRIMARY, "REF*6R*PT000412L2~\n", "", ["missing LX", "line-control LX"]),
    (PRIMARY, "REF*6R*PT000412L2~\n", "REF*6R*PT000412L2~\nREF*6R*PT000412L9~\n", ["line-control LX"]),
    (PRIMARY, "REF*6R*PT000412L2", "REF*6R*PT000412L1", ["line-control REF"]),
    (PRIMARY, "REF*6R*PT000412L2", "REF*6R*" + "L" * 31, ["line-control REF"]),
    (PRIMARY, "DTP*454*D8*20260105", "DTP*454*D8*20260232", ["date DTP"]),
    (PRIMARY, "DTP*454*D8*20260105", "DTP*454*RD8*20260105-20260106", ["date DTP"]),
    (PRIMARY, "DTP*472*D8*20260302~\nREF*6R*PT000412L2", "REF*6R*PT000412L2", ["missing LX", "date LX"]),
    (PRIMARY, "DTP*431*D8*20251218", "DTP*431*D8*20260303", ["date-order DTP"]),
    (PRIMARY, "DTP*454*D8*20260105", "DTP*454*D8*20260303", ["date-order DTP"]),
    (AUTO, "DTP*439*D8*20260214", "DTP*439*D8*20260303", ["date-order DTP"]),
    (PRIMARY, "DTP*472*D8*20260302~\nREF*6R*PT000412L2", "DTP*472*D8*20260305~\nREF*6R*PT000412L2", ["date-order DTP"]),
    (PRIMARY, "DMG*D8*19480312", "DMG*D8*20260303", ["date-order DTP"] * 3),
    (PRIMARY, "NM1*82*1*OKONKWO-REYES*ADA****XX*1555555014", "NM1*82*1*OKONKWO-REYES*ADA****XX*1300000019", ["repeated NM1"]),
    (PRIMARY, "N3*4 MILL RACE ROAD~\nN4*EUGENE*OR*974020015", "N3*88 LARK STREET*SUITE 210~\nN4*EUGENE*OR*974013020", ["repeated NM1"]),
    (FAMILY, "SBR*P*18", "SBR*S*18", ["other-payer CLM"]),
    (TWO, "NM1*82*1*ROE*KIM****XX*1356362586", "NM1*82*1*ROE*KIM****XX*1555555014", ["repeated NM1"]),
    (TWO, "NM1*82*1*ROE*KIM****XX*1356362586", "NM1*82*1*ROE*KIM****XX*1356362580", ["npi NM1"]),
    (TWO, "NM1*82*1*ROE*KIM****XX*1356362586", "NM1*82*1*ROE*KIM", ["npi NM1"]),
]  # fmt: skip


@pytest.mark.parametrize(("file", "good", "bad", "expected"), CLAIMS)
def test_a_claim_is_found_wrong(file, good, bad, expected):
    assert good in file

    problems = check_837p(recounted(file.replace(good, bad, 1)).encode())

    assert [f"{problem.check} {problem.segment}" for problem in problems] == expected
    assert {problem.claim for problem in problems} == {re.search(r"CLM.(\w+)", file)[1]}
