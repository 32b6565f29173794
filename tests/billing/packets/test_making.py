"""Audit packets: asked for once, made once, and kept as they were made."""

import datetime as dt
import hashlib

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from billing import packet_pages, packets, tasks
from billing.models import AuditPacket
from documentation import signing
from documentation.models import Goal
from people.models import AuditEvent, Role
from tests.billing.packets.makers import ask, make, pages_of, second_visit
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def test_what_a_packet_says_is_frozen_before_it_is_drawn(note, biller, monkeypatch):
    packet = ask(note, by=biller)
    draw = packet_pages.draw
    drawn = []

    def fail_once(content, **options):
        if not drawn:
            drawn.append(None)
            raise OSError("cannot load library for Ada Okafor")
        return draw(content, **options)

    monkeypatch.setattr(packet_pages, "draw", fail_once)
    with pytest.raises(OSError, match="cannot load"):
        packets.make(packet)
    waits = AuditPacket.objects.get()
    signing.add_addendum(note=note, text="The hold was 15 s.", by=note.signed_by)
    Goal.objects.update(text="Something else")
    packet = make(packet)

    assert (waits.status, waits.attempts, waits.worked_at) == ("waiting", 1, None)
    assert waits.problem.endswith("made with (OSError).")
    text = " ".join(pages_of(packet))
    assert (packet.status, packet.attempts) == ("ready", 2)
    assert ("The hold was" in text, "Something else" in text) == (False, False)


def test_drawn_a_second_time_a_packet_has_the_same_bytes(note, biller):
    packet = make(ask(note, by=biller))

    assert hashlib.sha256(packets.redraw(packet)).hexdigest() == packet.sha256


def test_the_row_hears_how_far_the_making_is(note, biller, monkeypatch):
    packet = ask(note, by=biller)
    seen = []
    lay_out = packet_pages.papers.lay_out

    def watched(html, **options):
        row = AuditPacket.objects.get()
        seen.append((row.step, row.parts_done, row.parts_total, row.steps_done, row.steps_total))
        return lay_out(html, **options)

    monkeypatch.setattr(packet_pages.papers, "lay_out", watched)
    make(packet)

    assert seen == [
        *(("lay_out", done, 7, done, 15) for done in range(7)),
        *(("number", done, 7, 7 + done, 15) for done in range(7)),
    ]


def test_how_far_it_is_stands_there_in_words(note, biller):
    packet = ask(note, by=biller)
    said = [packet.how_far]
    packet.attempts, packet.parts_total = 1, 7
    for packet.step, packet.parts_done, packet.pages in (
        ("gather", 0, 0),
        ("lay_out", 2, 4),
        ("number", 6, 9),
        ("write", 7, 9),
    ):
        said.append(packet.how_far)

    assert said == [
        "Waiting in line",
        "Gathering what it shows",
        "Laying out, part 3 of 7, 4 pages",
        "Numbering the pages, part 7 of 7, 9 pages",
        "Writing the file, 9 pages",
    ]


def test_a_packet_in_other_hands_is_left_alone_until_they_fall_silent(note, biller, quick):
    packet = ask(note, by=biller)
    AuditPacket.objects.update(worked_at=timezone.now() - dt.timedelta(seconds=30))
    packets.make(packet)
    assert AuditPacket.objects.get().attempts == 0

    AuditPacket.objects.update(worked_at=timezone.now() - dt.timedelta(minutes=3))
    assert make(packet).status == "ready"


def test_a_second_run_finds_the_packet_made(note, biller, quick):
    packet = make(ask(note, by=biller))

    again = make(packet)

    assert (again.made_at, again.attempts) == (packet.made_at, 1)
    assert AuditEvent.objects.filter(action="audit_packet.made").count() == 1


def test_the_same_packet_is_not_made_twice_at_the_same_time(note, biller, quick):
    first = ask(note, by=biller)

    with pytest.raises(packets.AlreadyBeingMade) as caught:
        ask(note, by=UserFactory(roles=[Role.AUDITOR]))

    assert caught.value.packet == first
    assert ask(note, by=biller, made_for="Somebody else") != first
    make(first)
    assert ask(note, by=biller) != first


def test_the_database_refuses_a_second_packet_of_the_same_inputs(note, biller):
    first = ask(note, by=biller)

    first.pk = None
    with pytest.raises(IntegrityError, match="one_packet_in_the_making"), transaction.atomic():
        first.save(force_insert=True)


def test_a_failed_packet_is_not_revived_beside_the_same_one_in_the_making(note, biller):
    first = ask(note, by=biller)
    AuditPacket.objects.update(status="failed", attempts=5)
    ask(note, by=biller)

    assert not packets.ask_again(packet=first, by=biller)


def test_visits_without_a_final_note_make_no_packet(note, biller):
    visit = second_visit(note, signed=False)

    with pytest.raises(packets.NothingToShow):
        ask(note, by=biller, visits=[visit])


def test_a_packet_too_thick_is_refused(note, biller, monkeypatch):
    monkeypatch.setattr(packets, "MOST_VISITS", 1)

    with pytest.raises(packets.TooMany):
        ask(note, by=biller, visits=[note.visit, second_visit(note)])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"made_for": "Another"}, "stays as it was asked for"),
        ({"content": {"head": {}}}, "what an audit packet says is frozen"),
    ],
)
def test_what_was_asked_for_and_frozen_is_not_changed(note, biller, change, said):
    packet = ask(note, by=biller)
    AuditPacket.objects.update(content={"head": {"id": packet.pk}})

    with pytest.raises(IntegrityError, match=said), transaction.atomic():
        AuditPacket.objects.update(**change)


def test_a_packet_that_was_made_is_neither_changed_nor_deleted(note, biller, quick):
    packet = make(ask(note, by=biller))

    with pytest.raises(IntegrityError, match="stays as it was made"), transaction.atomic():
        AuditPacket.objects.update(status="waiting")
    with pytest.raises(IntegrityError, match="stays as it was made"), transaction.atomic():
        packet.delete()


def test_the_sweep_rings_for_what_waits_in_nobodys_hands(note, biller, rung):
    packet = ask(note, by=biller)
    tasks.sweep_audit_packets()
    assert rung == []

    AuditPacket.objects.update(waiting_since=timezone.now() - dt.timedelta(minutes=3))
    tasks.sweep_audit_packets()
    assert rung == [packet.pk]

    AuditPacket.objects.update(worked_at=timezone.now())
    tasks.sweep_audit_packets()
    assert rung == [packet.pk]
