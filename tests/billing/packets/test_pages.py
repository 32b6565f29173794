"""The pages on which audit packets are asked for, watched and opened."""

import pytest
from django.urls import reverse

from billing.models import AuditPacket
from people.models import AuditEvent, Role
from tests.billing.packets.makers import ask, make, second_visit
from tests.factories import ClinicFactory, PatientFactory, UserFactory, VisitFactory
from tests.file_answers import file_headers, shown_pdf

pytestmark = pytest.mark.django_db


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


def test_another_clinics_patient_has_no_packet(client, note):
    stranger = PatientFactory(clinic=ClinicFactory())
    client.force_login(UserFactory(roles=[Role.BILLER], clinics=[note.visit.clinic]))

    response = client.get(reverse("billing:patient-packets", args=[stranger.pk]))

    # Billers see every clinic: the patient opens, and has no case to make a packet of.
    assert "No case yet" in text_of(response)
