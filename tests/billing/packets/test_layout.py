"""How an audit packet is laid out: page numbers, contents, manifest, tags."""

import io
import re

import pypdf
import pytest

from billing.models import AuditPacket
from tests.billing.packets.makers import ask, make, pages_of, second_visit

pytestmark = pytest.mark.django_db


def test_contents_and_manifest_name_the_page_on_which_each_part_begins(note, biller):
    pages = pages_of(make(ask(note, by=biller, visits=[note.visit, second_visit(note)])))

    contents = pages[0].partition("Contents")[2]
    begins = {}
    for title, heading in (
        ("Order, diagnoses and goals", "Order, diagnoses and goals Referred by"),
        ("Plan of care from Feb 23, 2026, with its certification", "Plan of care from Feb 23"),
        ("Daily note, Mar 2, 2026", "Daily note Patient"),
        ("Units billed, Mar 2, 2026", "Units billed, Mar 2, 2026 Claim"),
        ("Daily note, Mar 4, 2026", "Daily note Patient"),
        ("Units billed, Mar 4, 2026", "Units billed, Mar 4, 2026 No claim"),
        ("Who looked at the chart", "Who looked at the chart From the audit line"),
        ("Hash manifest", "Hash manifest Each part"),
    ):
        found = re.search(rf"{re.escape(title)} (\d+)", contents)
        assert found, title
        begins[title] = int(found[1])
        assert heading in pages[begins[title] - 1], title
        assert re.search(rf"{re.escape(title)} {found[1]}\D", pages[-1] + pages[0]), title
    assert list(begins.values()) == sorted(set(begins.values()))


def test_each_page_says_its_place_in_the_whole(note, biller):
    packet = make(ask(note, by=biller))
    pages = pages_of(packet)

    assert packet.pages == len(pages)
    for number, text in enumerate(pages, start=1):
        assert f"Packet page {number} of {len(pages)}" in text


def test_a_packet_is_tagged_and_names_its_language_and_title(note, biller):
    reader = pypdf.PdfReader(io.BytesIO(bytes(make(ask(note, by=biller)).file_bytes)))

    catalog = reader.trailer["/Root"]
    assert catalog["/MarkInfo"]["/Marked"].value is True
    assert catalog["/Lang"] == "en-US"
    assert "/StructTreeRoot" in catalog
    assert catalog["/ViewerPreferences"]["/DisplayDocTitle"].value is True
    assert b"pdfuaid:part" in catalog["/Metadata"].get_object().get_data()
    assert (
        reader.metadata.title
        == f"Audit packet {AuditPacket.objects.get().pk}: Mar 2, 2026 to Mar 2, 2026"
    )
    assert [entry["/Title"] for entry in reader.outline if not isinstance(entry, list)] == [
        "Audit packet",
        "Order, diagnoses and goals",
        "Plan of care from Feb 23, 2026",
        "Daily note",
        "Units billed, Mar 2, 2026",
        "Who looked at the chart",
        "Hash manifest",
    ]
