"""What an audit packet shows of its visits, and what it leaves out."""

import datetime as dt
import re

import pytest

from billing import packet_content
from documentation import amending, plan_answers, plan_sending
from documentation.models import Episode, Note, PlanOfCare
from tests.billing.packets.makers import ask, make, pages_of, second_visit
from tests.documentation.ready import sign
from tests.factories import AttachmentFactory, PlanOfCareFactory

pytestmark = pytest.mark.django_db


def test_a_packet_shows_order_plan_note_units_and_who_looked(note, biller):
    packet = make(ask(note, by=biller))
    text = " ".join(pages_of(packet))

    for said in (
        "Made for Noridian, ADR 4711",
        "Asked for by Bea Quill",
        "Referred by Marcus Hale, MD",
        "Order signed Feb 20, 2026",
        "I69.354 Hemiplegia after stroke, left side",
        "Plan sent to the referring provider Feb 26, 2026",
        "Plan signed by the referring provider Feb 28, 2026",
        "Steadier when turning at home.",
        "License OR PT00001",
        "to Noridian Medicare: ",
        "24 + 23 = 47 timed minutes",
        "38 to 52 minutes bill 3 units (CMS Pub. 100-04, ch. 5, § 20.2)",
        "97112 GP",
        "Bea Quill audit packet asked, note viewed",
        f"signed content {note.content_sha256}",
        f"its own PDF {'1' * 64}",
    ):
        assert said in text, said


def test_a_packet_lists_the_documents_of_the_case_with_their_hashes(note, biller):
    case, patient = note.visit.episode, note.visit.patient
    order = AttachmentFactory(patient=patient, title="Order of Feb 20", kind="order", pages=2)
    gait = AttachmentFactory(patient=patient, title="Gait video still", visit=note.visit)
    gait.episode = case
    gait.save(update_fields=["episode"])
    later = second_visit(note)
    AttachmentFactory(patient=patient, title="Of a later visit", visit=later, episode=case)
    AttachmentFactory(patient=patient, title="Of the whole chart")
    Episode.objects.filter(pk=case.pk).update(order_document=order)

    content = packet_content.gather(ask(note, by=biller))

    part = next(part for part in content["parts"] if part["title"] == "Documents on file")
    assert (order.sha256 in part["html"], gait.sha256 in part["html"]) == (True, True)
    assert "the signed order of the case" in part["html"]
    assert "PDF, 2 pages" in part["html"]
    assert "Of a later visit" not in part["html"]
    assert "Of the whole chart" not in part["html"]


def test_a_packet_shows_why_a_note_was_amended_and_what_stood_before(note, biller):
    before = note.content_sha256
    by = note.visit.therapist.user
    amending.open_amendment(note=note, reason="The minutes were swapped.", by=by)
    sign(Note.objects.select_related("visit__therapist__user").get(pk=note.pk))

    content = packet_content.gather(ask(note, by=biller))

    part = next(part for part in content["parts"] if part["title"] == "Amendments of the notes")
    assert "The minutes were swapped." in part["html"]
    assert before in part["html"]


def test_a_packet_of_nothing_amended_and_no_documents_says_nothing_of_them(note, biller):
    titles = {part["title"] for part in packet_content.gather(ask(note, by=biller))["parts"]}

    assert titles.isdisjoint({"Amendments of the notes", "Documents on file"})


def test_a_visit_without_a_claim_is_proved_by_the_rules_themselves(note, biller):
    visit = second_visit(note)

    text = " ".join(pages_of(make(ask(note, by=biller, visits=[visit]))))

    assert "No claim was drafted of this visit; the card is Noridian Medicare's." in text
    assert "30 timed minutes 23 to 37 minutes bill 2 units" in re.sub(r" \d\. ", " ", text)


def test_days_that_are_left_out_between_the_first_and_the_last_are_named(note, biller):
    second_visit(note, day=dt.date(2026, 3, 3), signed=False)
    last = second_visit(note)

    text = " ".join(pages_of(make(ask(note, by=biller, visits=[note.visit, last]))))

    assert "Not in this packet: Mar 3, 2026. This visit lies between" in text


def test_only_plans_in_force_on_the_days_are_shown(note, biller):
    first = PlanOfCare.objects.get()
    for day in (dt.date(2025, 9, 1), dt.date(2026, 6, 1)):
        PlanOfCare.objects.create(
            episode=note.visit.episode,
            starts_on=day,
            frequency_per_week=2,
            duration_weeks=8,
            interventions="x",
        )

    content = packet_content.gather(ask(note, by=biller))

    shown = [part["title"] for part in content["parts"] if part["title"].startswith("Plan")]
    assert shown == [
        f"Plan of care from {first.starts_on:%b} {first.starts_on.day}, {first.starts_on.year}, "
        "with its certification"
    ]


def test_words_that_look_like_markup_stand_as_they_were_written(note, biller):
    text = " ".join(pages_of(make(ask(note, by=biller, made_for="<b>Audit & Co</b>"))))

    assert "Made for <b>Audit & Co</b>" in text


@pytest.mark.parametrize("count", [1, 3])
def test_gathering_costs_a_fixed_number_of_queries_for_each_visit(
    note, biller, django_assert_max_num_queries, count
):
    visits = [note.visit] + [
        second_visit(note, day=dt.date(2026, 3, 3 + number)) for number in range(count)
    ]
    packet = ask(note, by=biller, visits=visits)

    with django_assert_max_num_queries(20 + 20 * len(visits)):
        packet_content.gather(packet)


def test_a_plan_that_was_sent_stands_in_the_packet_as_it_was_sent_and_signed(note, biller):
    plan = PlanOfCareFactory(episode=note.visit.episode, starts_on=dt.date(2026, 3, 1))
    by = note.visit.therapist.user
    sending = plan_sending.put_out(plan=plan, by=by, days=30)
    link = plan_sending.link_of(sending)
    sending = plan_answers.sign(link=link, name="Wei Chen", credential="MD")

    content = packet_content.gather(ask(note, by=biller))

    [signed, certification] = [
        part for part in content["parts"] if part["title"].startswith("Plan")
    ]
    assert signed["title"] == "Plan of care from Mar 1, 2026, signed"
    assert {row["of"]: row["sha256"] for row in signed["hashes"]} == {
        "content": sending.content_sha256,
        "signed content": sending.signed_sha256,
    }
    assert "Wei Chen, MD" in signed["html"]
    assert "Signed on the secure link" in certification["html"]
