"""Replies as partners write them, for tests: a 999 and a 277CA over files of ours."""

from __future__ import annotations

from collections.abc import Iterable

SENT = "260303*0915"


def interchange(*segments: str, code: str, version: str, control: int = 901) -> bytes:
    """The segments (ST to SE, without their counts) in an envelope; one ST."""
    header = (
        f"ISA*00*          *00*          *ZZ*CLEARING       *ZZ*RIVERBEND      "
        f"*{SENT}*^*00501*{control:09d}*0*P*:"
    )
    body = list(segments)
    return "".join(
        f"{segment}~\n"
        for segment in (
            header,
            f"GS*{code}*CLEARING*RIVERBEND*20260303*0915*{control}*X*{version}",
            *body,
            f"SE*{len(body) + 1}*0001",
            f"GE*1*{control}",
            f"IEA*1*{control:09d}",
        )
    ).encode()


def ack_999(
    group: int | str,
    *,
    transactions: Iterable[str] = ("AK2*837*0001*005010X222A1", "IK5*A"),
    outcome: str = "A",
    codes: str = "",
    control: int = 901,
) -> bytes:
    return interchange(
        "ST*999*0001*005010X231A1",
        f"AK1*HC*{group}*005010X222A1",
        *transactions,
        f"AK9*{outcome}*1*1*{1 if outcome in 'AE' else 0}{codes}",
        code="FA",
        version="005010X231A1",
        control=control,
    )


def ta1(interchange_number: int, outcome: str, reason: str) -> bytes:
    return (
        "ISA*00*          *00*          *ZZ*CLEARING       *ZZ*RIVERBEND      "
        f"*{SENT}*^*00501*000000777*0*P*:~"
        f"TA1*{interchange_number:09d}*260303*0900*{outcome}*{reason}~"
        "IEA*0*000000777~"
    ).encode()


def claim_277(number: str, *segments: str, level: str = "PT") -> list[str]:
    """A patient's level with one claim; its name is made up by the partner."""
    return [
        f"HL*4*3*{level}",
        "NM1*QC*1*SOMEBODY*ELSE****MI*XX1",
        f"TRN*2*{number}",
        *segments,
    ]


def ca_277(
    reference: str,
    *claims: list[str],
    file_status: str = "STC*A1:19:PR*20260303*WQ*100",
    provider: Iterable[str] = (),
    control: int = 902,
) -> bytes:
    return interchange(
        "ST*277*0001*005010X214",
        "BHT*0085*08*ANSWER1*20260303*0915*TH",
        "HL*1**20*1",
        "NM1*PR*2*MEDICARE*****PI*12345",
        "TRN*1*OWN-TRACE",
        "HL*2*1*21*1",
        "NM1*41*2*RIVERBEND*****46*SUBMIT1",
        *([f"TRN*2*{reference}"] if reference else []),
        file_status,
        "QTY*90*1",
        "AMT*YU*100",
        "HL*3*2*19*1",
        "NM1*85*2*RIVERBEND*****XX*1234567893",
        *provider,
        *(segment for claim in claims for segment in claim),
        code="HN",
        version="005010X214",
        control=control,
    )
