"""How segments are joined, trimmed and counted, and which delimiters a file may use."""

import pickle
from decimal import Decimal

import pytest

from billing.x12.segments import Delimiters, SegmentWriter, X12ValueError
from billing.x12.values import Identifier, Money, Text


def test_empty_elements_and_components_at_the_end_are_dropped_and_those_between_are_kept():
    out = SegmentWriter(Delimiters())

    out.seg("SV1", ("HC", "97112", "", "KX", ""), "", Money(Decimal(7)), "", ("", ""), "")

    assert out.content() == b"SV1*HC:97112::KX**7~"


def test_segments_are_counted_and_broken_into_lines_when_asked():
    out = SegmentWriter(Delimiters(element="|", component=">", segment="!", line_breaks=True))

    out.seg("LX", "1")
    out.seg("REF", "6R", ("A", "B"))

    assert (out.count, out.content()) == (2, b"LX|1!\nREF|6R|A>B!\n")


def test_a_refusal_names_loop_segment_element_component_and_claim_but_not_the_value():
    out = SegmentWriter(Delimiters())
    out.place.loop, out.place.claim = "2400", "C1"

    with pytest.raises(X12ValueError) as refusal:
        out.seg("SV1", ("HC", Identifier("SECRET VALUE", 5)))

    error = refusal.value
    assert (error.loop, error.segment, error.element, error.message, error.claim) == (
        "2400",
        "SV1",
        "SV101-2",
        "has 12 characters; at most 5 fit",
        "C1",
    )
    assert str(error) == "claim C1: 2400 SV101-2 has 12 characters; at most 5 fit"


def test_a_refusal_survives_the_way_from_a_worker_process_to_its_parent():
    error = X12ValueError("2010AA", "N4", "N403", "is not a ZIP code", claim="C1")

    arrived = pickle.loads(pickle.dumps(error))

    assert (type(arrived), str(arrived), vars(arrived)) == (X12ValueError, str(error), vars(error))


def test_text_loses_the_delimiters_of_its_own_file_and_keeps_those_of_others():
    out = SegmentWriter(Delimiters(element="|", component="/", segment="!", repetition="="))

    out.seg("NTE", "ADD", Text("Gait: 3/5 * good! a=b", 80))

    assert out.content() == b"NTE|ADD|GAIT: 3 5 * GOOD A B!"


def test_the_header_is_106_characters_whatever_the_values():
    out = SegmentWriter(Delimiters())

    out.isa(
        "00", "", "00", "", "ZZ", "A", "ZZ", "B", "260304", "1805", "00501", "000000001", "0", "T"
    )

    assert out.content() == (
        b"ISA*00*          *00*          *ZZ*A              *ZZ*B              "
        b"*260304*1805*^*00501*000000001*0*T*:~"
    )
    assert len(out.content()) == 106


def test_a_header_value_wider_than_its_place_is_refused():
    out = SegmentWriter(Delimiters())

    with pytest.raises(X12ValueError, match="ISA is 108 characters long, not 106"):
        out.isa(
            "00", "", "00", "", "ZZ", "A", "ZZ", "B", "20260304", "1805", "00501", "000000001",
            "0", "T",
        )  # fmt: skip


@pytest.mark.parametrize(
    "marks",
    [
        {"element": "~"},
        {"component": "*"},
        {"repetition": ":"},
        {"element": "A"},
        {"element": "5"},
        {"element": " "},
        {"component": "."},
        {"component": "-"},
        {"component": "+"},
        {"segment": "\n"},
        {"segment": "~~"},
        {"segment": ""},
        {"element": "é"},
    ],
)
def test_delimiters_that_could_be_data_or_clash_are_refused(marks):
    with pytest.raises(ValueError, match="delimiter"):
        Delimiters(**marks)


def test_the_old_control_characters_may_part_a_file():
    assert Delimiters(element="\x1d", component="\x1f", repetition="\x1e", segment="\x1c")
