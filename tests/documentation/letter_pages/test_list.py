"""The list of letters: each under its tab, and what needs a person first."""

import pytest
from django.urls import reverse
from django.utils import timezone

from people.models import Role
from tests.documentation.letter_pages.pages import letter_at, listed, one_of_each, page_of, sent
from tests.factories import (
    ClinicFactory,
    EpisodeFactory,
    PatientFactory,
    PlanSendingFactory,
    ProviderLetterFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("show", "names"),
    [
        ("", {"unknown": "Unknown whether sent", "failed": "Not delivered"}),
        ("waiting", {"waiting": "Waiting"}),
        ("sending", {"sending": "Being sent", "unknown": "Unknown whether sent"}),
        ("sent", {"sent": "Sent"}),
        ("failed", {"failed": "Not delivered", "settled": "Dealt with"}),
        ("withheld", {"withheld": "Not sent"}),
    ],
)
def test_each_tab_shows_its_letters_with_their_state(client, clinic, desk, show, names):
    rows = one_of_each(clinic)
    client.force_login(desk)

    response = page_of(client, show=show)

    assert listed(response) == {rows[name].pk: label for name, label in names.items()}


def test_the_badge_counts_what_needs_a_person(client, clinic, desk):
    one_of_each(clinic)
    client.force_login(desk)

    response = client.get(reverse("documentation:letters-badge"))

    assert '<span class="nav-badge tabular">2' in response.content.decode()


def test_another_clinics_letters_are_not_listed(client, clinic, desk):
    here, _ = letter_at(clinic), letter_at(ClinicFactory())
    client.force_login(desk)

    assert listed(page_of(client, show="all")) == {here.pk: "Waiting"}


def test_a_channel_narrows_the_list(client, clinic, desk):
    fax = letter_at(clinic)
    letter_at(clinic, channel="email", to="hale@clinic.example")
    client.force_login(desk)

    assert listed(page_of(client, show="all", channel="fax")) == {fax.pk: "Waiting"}


def sent_plan(clinic):
    episode = EpisodeFactory(patient=PatientFactory(clinic=clinic))
    sending = PlanSendingFactory(plan__episode=episode)
    return ProviderLetterFactory(
        kind="plan",
        note=None,
        sending=sending,
        patient=episode.patient,
        status="sent",
        sent_at=timezone.now(),
    )


@pytest.mark.parametrize("make", [sent, sent_plan])
@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_queries_for_any_number_of_letters(
    client, clinic, desk, django_assert_num_queries, count, make
):
    for _ in range(count):
        make(clinic)
    client.force_login(desk)

    # log-in (2), five counts, how many pages, letters, set-up; the rest is clinics in sight
    with django_assert_num_queries(13):
        response = page_of(client, show="sent")

    assert len(response.context["rows"]) == count


def test_the_desk_sees_where_it_goes_and_no_way_into_the_chart(client, clinic, desk):
    letter = letter_at(clinic)
    therapist = UserFactory(roles=[Role.THERAPIST], clinics=[clinic])
    way_in = f'href="{letter.note.get_absolute_url()}"'

    pages = {}
    for user in (desk, therapist):
        client.force_login(user)
        pages[user] = page_of(client, show="all").content.decode()

    assert "(503) 555-0177" in pages[desk]
    assert [way_in in pages[user] for user in (desk, therapist)] == [False, True]


def test_the_list_as_a_file_has_the_same_rows(client, clinic, desk):
    letter = sent(clinic)
    client.force_login(desk)

    response = page_of(client, show="sent", format="csv")

    _, line = b"".join(response.streaming_content).decode().splitlines()
    assert f'{letter.patient.mrn},"Marcus Hale, MD",{letter.provider.npi}' in line
    assert "Progress report,Fax,(503) 555-0177,Sent" in line
