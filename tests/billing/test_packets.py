"""Audit packets: everything about some visits in one file, asked for once, made once, kept."""

import datetime as dt
import hashlib
import io
import re

import pypdf
import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from billing import claims, packet_content, packet_pages, packets, tasks
from billing.models import AuditPacket
from documentation import amending, plan_answers, plan_sending, signing
from documentation.models import Episode, Goal, Note, NotePdf, PlanOfCare, Visit
from people import audit
from people.models import AuditEvent, Role
from tests.billing.makers import make_fees, make_payer
from tests.documentation.ready import ready_note, sign
from tests.factories import (
    AttachmentFactory,
    ClinicFactory,
    CoverageFactory,
    NoteFactory,
    PatientFactory,
    PlanOfCareFactory,
    TimedEntryFactory,
    UserFactory,
    VisitFactory,
)
from tests.file_answers import file_headers, shown_pdf

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def rung(monkeypatch):
    """The packets for which a worker was rung."""
    ids = []
    monkeypatch.setattr(tasks.make_audit_packet, "delay", ids.append)
    monkeypatch.setattr("documentation.tasks.render_note_pdf.delay", lambda pk: None)
    return ids


@pytest.fixture
def quick(monkeypatch):
    """For tests of the row: what is drawn does not matter to them."""
    drawn = packet_pages.Drawn(content=b"%PDF", pages=8)
    monkeypatch.setattr(packet_pages, "draw", lambda content, **options: drawn)


@pytest.fixture
def biller():
    return UserFactory(roles=[Role.BILLER], first_name="Bea", last_name="Quill")


@pytest.fixture
def note(biller):
    """A signed note whose claim was drafted, its PDF made, and its chart looked at."""
    payer = make_payer(name="Noridian Medicare")
    make_fees()
    note = ready_note()
    CoverageFactory(patient=note.visit.patient, payer=payer, member_id="1EG4TE5MK73")
    Episode.objects.update(order_signed_on=dt.date(2026, 2, 20))
    PlanOfCare.objects.update(
        sent_on=dt.date(2026, 2, 26),
        sent_proof="Fax receipt",
        signed_on=dt.date(2026, 2, 28),
        signed_by_name="Dr. Chen",
        signed_proof="Paper, in the chart",
    )
    note = sign(note)
    NotePdf.objects.update(status="ready", file_bytes=b"%PDF", sha256="1" * 64)
    claims.draft_claim(note.visit)
    audit.record(by=biller, action="note.viewed", patient=note.visit.patient, target=note)
    return note


def ask(note, *, by, visits=None, made_for="Noridian, ADR 4711"):
    episode = note.visit.episode
    return packets.ask(episode=episode, visits=visits or [note.visit], made_for=made_for, by=by)


def make(packet) -> AuditPacket:
    packets.make(packet)
    return AuditPacket.objects.get(pk=packet.pk)


def pages_of(packet) -> list[str]:
    reader = pypdf.PdfReader(io.BytesIO(bytes(packet.file_bytes)))
    return [" ".join(page.extract_text().split()) for page in reader.pages]


def second_visit(note, *, day=dt.date(2026, 3, 4), signed=True) -> Visit:
    visit = VisitFactory(
        episode=note.visit.episode,
        therapist=note.visit.therapist,
        date_of_service=day,
        total_treatment_minutes=30,
    )
    TimedEntryFactory(visit=visit, code_id="97110", minutes=30)
    row = NoteFactory(visit=visit, subjective="A", objective="O", assessment="B", plan="P")
    if signed:
        content = note.content | {"visit": note.content["visit"] | {"id": visit.pk}}
        Note.objects.filter(pk=row.pk).update(
            signed_by=note.signed_by,
            signed_at=note.signed_at,
            content=content,
            content_sha256="0" * 64,
        )
    return visit


# --- What it says -------------------------------------------------------------------------------


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


# --- Made once, and the same again --------------------------------------------------------------


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


# --- Its pages ----------------------------------------------------------------------------------


def text_of(response) -> str:
    return " ".join(response.content.decode().split())


def page(note):
    return reverse("billing:packets", args=[note.visit.episode_id])


def asked(client, note, **fields):
    day = note.visit.date_of_service.isoformat()
    values = {"made_for": "Noridian", "which": "days", "starts_on": day, "ends_on": day}
    return client.post(page(note), values | fields)


def test_a_biller_asks_for_the_visits_between_two_days(client, note, biller, rung):
    later = second_visit(note)
    client.force_login(biller)

    response = asked(client, note, ends_on="2026-03-04")

    packet = AuditPacket.objects.get()
    assert response["Location"] == f"{page(note)}#packet-{packet.pk}"
    assert packet.visits == [note.visit_id, later.pk]
    assert rung == [packet.pk]
    shown = text_of(client.get(page(note)))
    assert "Waiting in line" in shown
    assert f'hx-get="{reverse("billing:packet-state", args=[packet.pk])}"' in shown
    event = AuditEvent.objects.get(action="audit_packet.asked")
    assert (event.actor, event.target_id, event.detail) == (
        biller,
        packet.pk,
        {"visits": packet.visits},
    )


def test_visits_are_ticked_one_by_one(client, note, biller):
    later = second_visit(note)
    client.force_login(biller)

    asked(client, note, which="visits", visits=[str(later.pk)])

    assert AuditPacket.objects.get().visits == [later.pk]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"made_for": ""}, "This field is required."),
        ({"starts_on": ""}, "Which day?"),
        ({"ends_on": "2026-03-01"}, "This day lies before the first one."),
        (
            {"starts_on": "2026-04-01", "ends_on": "2026-04-02"},
            "No visit with a final note lies between these days.",
        ),
        ({"which": "visits"}, "Tick at least one visit."),
        ({"which": "visits", "visits": ["999999999"]}, "is not one of the available choices."),
    ],
)
def test_what_cannot_be_asked_for_is_said_beside_its_field(client, note, biller, fields, said):
    client.force_login(biller)

    response = asked(client, note, **fields)

    assert response.status_code == 422
    assert said in text_of(response)
    assert not AuditPacket.objects.exists()


def test_asking_for_the_same_again_leads_to_the_one_in_the_making(client, note, biller, rung):
    client.force_login(biller)
    asked(client, note)

    again = asked(client, note)

    packet = AuditPacket.objects.get()
    assert (again["Location"], rung) == (f"{page(note)}#packet-{packet.pk}", [packet.pk])
    assert "This very packet is being made already." in text_of(client.get(page(note)))


def test_the_file_opens_without_the_patients_name_and_is_written_down(client, note, biller, quick):
    packet = make(ask(note, by=biller))
    client.force_login(UserFactory(roles=[Role.AUDITOR]))

    response = client.get(reverse("billing:packet-file", args=[packet.pk]))

    assert response.content == bytes(packet.file_bytes)
    assert file_headers(response) == shown_pdf(f"audit-packet-{packet.pk}.pdf")
    event = AuditEvent.objects.latest("pk")
    assert (event.action, event.detail) == ("audit_packet.viewed", {"sha256": packet.sha256})


def test_a_packet_that_is_not_ready_leads_back_to_its_case(client, note, biller):
    packet = ask(note, by=biller)
    client.force_login(biller)

    response = client.get(reverse("billing:packet-file", args=[packet.pk]))

    assert response["Location"] == packet.get_absolute_url()
    assert not AuditEvent.objects.filter(action="audit_packet.viewed").exists()


def test_a_failed_packet_says_why_and_is_tried_again(client, note, biller, rung):
    packet = ask(note, by=biller)
    AuditPacket.objects.update(
        status="failed", attempts=5, problem="It took too long to draw (SoftTimeLimitExceeded)."
    )
    client.force_login(biller)

    shown = text_of(client.get(page(note)))
    everywhere = text_of(client.get(reverse("documentation:papers")))
    client.post(reverse("billing:packet-again", args=[packet.pk]))

    assert "It could not be made. It took too long to draw" in shown
    assert "Audit packet, Mar 2, 2026" in everywhere
    assert (AuditPacket.objects.get().status, rung) == ("waiting", [packet.pk])
    assert AuditEvent.objects.filter(action="audit_packet.asked_again").count() == 1


def test_the_page_of_all_pdfs_shows_how_far_the_packet_is(client, note, biller):
    ask(note, by=biller)
    AuditPacket.objects.update(attempts=1, step="lay_out", parts_done=3, parts_total=7, pages=5)
    client.force_login(biller)

    shown = text_of(client.get(reverse("documentation:papers")))

    assert "Laying out, part 4 of 7, 5 pages" in shown
    assert 'max="15" value="3"' in shown


def test_a_therapist_sees_no_packet_on_the_page_of_all_pdfs(client, note, biller):
    ask(note, by=biller)
    client.force_login(note.visit.therapist.user)

    assert "Audit packet," not in text_of(client.get(reverse("documentation:papers")))


@pytest.mark.parametrize("role", [Role.THERAPIST, Role.ASSISTANT, Role.FRONT_DESK])
def test_nobody_else_asks_for_or_opens_a_packet(client, note, biller, quick, role):
    packet = make(ask(note, by=biller))
    client.force_login(UserFactory(roles=[role], clinics=[note.visit.clinic]))

    answers = [
        client.get(page(note)).status_code,
        asked(client, note).status_code,
        client.get(reverse("billing:packet-file", args=[packet.pk])).status_code,
        client.get(reverse("billing:packet-state", args=[packet.pk])).status_code,
    ]

    assert answers == [403] * 4


def test_one_case_leads_straight_to_its_packets_and_several_are_offered(client, note, biller):
    client.force_login(biller)
    url = reverse("billing:patient-packets", args=[note.visit.patient_id])
    alone = client.get(url)
    other = VisitFactory(
        episode__patient=note.visit.patient, episode__therapist=note.visit.therapist
    ).episode

    several = text_of(client.get(url))

    assert alone["Location"] == page(note)
    assert page(note) in several
    assert reverse("billing:packets", args=[other.pk]) in several


def test_the_case_shows_the_way_to_its_packets_to_those_who_may_ask(client, note, biller):
    url = reverse("billing:packets-panel", args=[note.visit.episode_id])
    client.force_login(biller)
    before = text_of(client.get(url))
    ask(note, by=biller)

    assert "Make a packet" in before
    assert "1 asked for so far." in text_of(client.get(url))


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_queries_for_any_number_of_packets(
    client, note, biller, django_assert_num_queries, count
):
    for number in range(count):
        ask(note, by=UserFactory(roles=[Role.BILLER]), made_for=f"Auditor {number}")
    client.force_login(biller)
    client.get(page(note))

    with django_assert_num_queries(7):  # session, user, case, audit, visits twice, packets
        response = client.get(page(note), headers={"X-Background": "1"})

    assert response.content.decode().count("Waiting in line") == count


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


def test_another_clinics_patient_has_no_packet(client, note):
    stranger = PatientFactory(clinic=ClinicFactory())
    client.force_login(UserFactory(roles=[Role.BILLER], clinics=[note.visit.clinic]))

    response = client.get(reverse("billing:patient-packets", args=[stranger.pk]))

    # Billers see every clinic: the patient opens, and has no case to make a packet of.
    assert "No case yet" in text_of(response)


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
