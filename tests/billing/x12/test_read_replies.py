"""What a 999, a TA1 and a 277CA say, as values, however they were wrapped on the way."""

from decimal import Decimal
from pathlib import Path

import pytest

from billing.x12.owners import Owner, owners_in
from billing.x12.read import NotX12
from billing.x12.read_277ca import ClaimAnswer, LineAnswer, Status, Statuses, Verdict
from billing.x12.read_999 import (
    ElementFault,
    GroupAnswer,
    InterchangeAnswer,
    SegmentFault,
    TransactionAnswer,
)
from billing.x12.reply import read_reply
from tests.billing.x12.answers import ack_999, ca_277, claim_277, interchange, ta1

SAMPLES = Path(__file__).parent / "samples"


def claims_in(content):
    return [
        claim
        for file in read_reply(content).claims.files
        for provider in file.providers
        for claim in provider.claims
    ]


def test_a_999_that_takes_a_file_says_so_of_its_group_and_its_transaction():
    reply = read_reply(ack_999("000000017"))

    assert reply.acknowledgment.groups == [
        GroupAnswer("17", "HC", "A", (), [TransactionAnswer("0001", "A", (), [])])
    ]
    assert (reply.kinds, reply.sender, reply.cut_off) == (["999"], "CLEARING", False)
    assert reply.acknowledgment.skipped == 0


def test_a_999_names_segment_element_component_and_claim():
    reply = read_reply(
        ack_999(
            17,
            transactions=(
                "AK2*837*0001*005010X222A1",
                "IK3*SV1*33*2400*8",
                "CTX*CLM01:PT00100001",
                "IK4*1:3*1339*I12*x",
                "IK4*4*380*1",
                "IK3*HI*25**3",
                "IK5*R*5*I5",
            ),
            outcome="R",
            codes="*5*19",
        )
    )

    (group,) = reply.acknowledgment.groups
    assert (group.outcome, group.codes) == ("R", ("5", "19"))
    assert group.transactions == [
        TransactionAnswer(
            "0001",
            "R",
            ("5", "I5"),
            [
                SegmentFault(
                    "SV1",
                    33,
                    "2400",
                    "8",
                    "PT00100001",
                    [ElementFault(1, 3, "I12"), ElementFault(4, 0, "1")],
                ),
                SegmentFault("HI", 25, "", "3"),
            ],
        )
    ]


def test_a_ta1_without_any_group_is_an_answer_to_the_interchange():
    reply = read_reply(ta1(17, "R", "025"))

    assert reply.acknowledgment.interchanges == [InterchangeAnswer("17", "R", "025")]
    assert (reply.kinds, reply.is_read) == (["TA1"], True)


def test_a_277ca_hangs_each_verdict_where_it_belongs():
    reply = read_reply(
        ca_277(
            "B000000017",
            claim_277("PT00100001", "STC*A2:20:PR*20260303*WQ*100", "REF*1K*ICN998877"),
            claim_277(
                "PT00100002",
                "STC*A7:562:85*20260303*U*50******A7:145:85*A8:496*ask us",
                "SVC*HC:97112:GP*50*****2",
                "STC*A7:476*20260303*U",
                "REF*FJ*PT00100002L1",
            ),
        )
    )

    (file,) = reply.claims.files
    assert (file.answered_by, file.reference, file.claimed) == (
        "MEDICARE",
        "B000000017",
        Decimal(100),
    )
    assert file.statuses.verdict is Verdict.ON_ITS_WAY
    assert [claim for provider in file.providers for claim in provider.claims] == [
        ClaimAnswer("PT00100001", "ICN998877", Statuses([Status("A2", "20", "PR")], ["WQ"], [])),
        ClaimAnswer(
            "PT00100002",
            "",
            Statuses(
                [Status("A7", "562", "85"), Status("A7", "145", "85"), Status("A8", "496")],
                ["U"],
                ["ask us"],
            ),
            [LineAnswer("PT00100002L1", "97112", Statuses([Status("A7", "476")], ["U"], []))],
        ),
    ]
    assert reply.claims.skipped == 0


@pytest.mark.parametrize(
    ("segments", "verdict"),
    [
        (["STC*A2:20*20260303*WQ"], Verdict.ACCEPTED),
        (["STC*A1:19*20260303*WQ"], Verdict.ON_ITS_WAY),
        (["STC*A3:21*20260303*U"], Verdict.REJECTED),
        (["STC*A6:187*20260303*U"], Verdict.REJECTED),
        (["STC*A2:20*20260303*WQ", "STC*A7:33*20260303*U"], Verdict.REJECTED),
        (["STC**20260303*U"], Verdict.REJECTED),
        (["STC**20260303*WQ"], Verdict.UNKNOWN),
        ([], Verdict.UNKNOWN),
        (["STC*A2:20*20260303*WQ", "SVC*HC:97112", "STC*A7:476*20260303*U"], Verdict.REJECTED),
    ],
)
def test_one_refusal_outweighs_everything_and_silence_is_no_verdict(segments, verdict):
    (claim,) = claims_in(ca_277("B1", claim_277("PT1", *segments)))

    assert claim.verdict is verdict


@pytest.mark.parametrize("level", ["PT", "22", "23"])
def test_the_patient_level_is_known_by_each_of_its_names(level):
    content = ca_277("B1", claim_277("PT1", "STC*A2:20*20260303*WQ", level=level))

    assert [claim.control_number for claim in claims_in(content)] == ["PT1"]


def test_two_claims_of_one_patient_are_two():
    content = ca_277(
        "B1",
        [*claim_277("PT1", "STC*A2:20*20260303*WQ"), "TRN*2*PT2", "STC*A7:33*20260303*U"],
    )

    assert [(claim.control_number, claim.verdict) for claim in claims_in(content)] == [
        ("PT1", Verdict.ACCEPTED),
        ("PT2", Verdict.REJECTED),
    ]


def test_a_claim_whose_levels_above_are_missing_is_read_all_the_same():
    content = interchange(
        "ST*277*0001*005010X214",
        *claim_277("PT1", "STC*A2:20*20260303*WQ"),
        code="HN",
        version="005010X214",
    )

    assert [claim.control_number for claim in claims_in(content)] == ["PT1"]


def test_strange_segments_are_counted_and_lose_nothing():
    strange = "ZZZ*what*is*this"
    content = ca_277("B1", [strange, *claim_277("PT1", "STC*A2:20*20260303*WQ", strange)])

    reply = read_reply(content)

    assert reply.claims.skipped == 2
    assert [claim.verdict for claim in claims_in(content)] == [Verdict.ACCEPTED]


PLAIN = ca_277("B000000017", claim_277("PT1", "STC*A7:562:85*20260303*U*50"))


@pytest.mark.parametrize(
    "content",
    [
        PLAIN.replace(b"\n", b""),
        PLAIN.replace(b"\n", b"\r\n"),
        b"\xef\xbb\xbf" + PLAIN,
        b"\n\n covering words \n" + PLAIN + b"\n-- end of message --",
        PLAIN.replace(b"\n", b"").translate(bytes.maketrans(b"*:~", b"|>'")),
        b"\n".join(
            PLAIN.replace(b"\n", b"")[start : start + 80]
            for start in range(0, len(PLAIN.replace(b"\n", b"")), 80)
        ),
        PLAIN.replace(b"~\n", b"\n"),
    ],
    ids=["one line", "CRLF", "BOM", "junk around", "other marks", "80 columns", "line feeds"],
)
def test_however_it_was_wrapped_it_says_the_same(content):
    assert read_reply(content).claims == read_reply(PLAIN).claims
    assert claims_in(content)[0].statuses.codes == [Status("A7", "562", "85")]


@pytest.mark.parametrize("length", range(110, len(PLAIN), 37))
def test_a_reply_that_breaks_off_is_known_for_it_and_never_raises(length):
    # Its last segment is whole only at the very end; a cut within trailing blanks is no cut.
    assert read_reply(PLAIN[:length]).cut_off is (length < len(PLAIN.rstrip()) - 1)


def test_two_interchanges_in_one_file_are_both_read():
    reply = read_reply(ack_999(17) + ca_277("B000000017", claim_277("PT1")))

    assert reply.kinds == ["999", "277"]
    assert [group.control_number for group in reply.acknowledgment.groups] == ["17"]
    assert [file.reference for file in reply.claims.files] == ["B000000017"]


def test_what_is_no_x12_is_refused():
    with pytest.raises(NotX12):
        read_reply(b"Dear biller, your claims are fine.")


# --- Whose segment it is --------------------------------------------------------------------------


def test_each_segment_of_a_file_of_ours_is_found_by_its_place():
    content = (SAMPLES / "medicare_primary" / "expected.837").read_bytes()
    own = owners_in(content)["1"]
    ids = [line.split("*")[0] for line in content.decode().replace("\n", "").split("~")][2:-3]
    (claim,) = own.claims

    def whose(segment_id, nth=0):
        places = [place for place, name in enumerate(ids, start=1) if name == segment_id]
        return own.at(places[nth])

    assert len(own.owners) == len(ids)
    assert whose("ST") == whose("BHT") == whose("PRV") == Owner()
    assert whose("SBR") == whose("CLM") == whose("HI") == Owner(claim)
    lines = {whose("SV1", n).line for n in range(ids.count("SV1"))}
    assert len(lines) == ids.count("SV1")
    assert whose("LX") == whose("SV1") == Owner(claim, whose("SV1").line)
    assert whose("SE") == own.at(0) == own.at(len(ids) + 1) == Owner()


def test_in_a_family_file_the_child_segments_belong_to_the_childs_claim():
    own = owners_in((SAMPLES / "commercial_family" / "expected.837").read_bytes())["1"]

    seen = list(dict.fromkeys(owner.claim for owner in own.owners if owner.claim))

    assert seen == own.claims
    assert len(own.claims) > 1


def test_a_transaction_for_each_claim_has_one_claim_in_each():
    found = owners_in((SAMPLES / "transaction_per_claim" / "expected.837").read_bytes())

    assert [len(own.claims) for own in found.values()] == [1] * len(found)
    assert len(found) > 1
