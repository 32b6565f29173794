"""The pages of letters: what needs a person, their decisions, the set-up, the button on a note."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from documentation import letter_setup, letters, note_letters, tasks
from documentation.models import LetterSettings, Note, ProviderLetter
from documentation.tasks import queue_report_letter, send_letter, sweep_report_letters
from people.models import AuditEvent, ReferringProvider, Role
from tests.documentation.letter_ward import chosen, signed_report, waiting
from tests.documentation.ready import ready_note, sign
from tests.factories import (
    ClinicFactory,
    EpisodeFactory,
    NoteFactory,
    PatientFactory,
    PlanSendingFactory,
    ProviderLetterFactory,
    UserFactory,
    VisitFactory,
)

pytestmark = pytest.mark.django_db
Status = ProviderLetter.Status


@pytest.fixture(autouse=True)
def rung(monkeypatch):
    """The ids of the letters for which the bell rang; nobody answers it here."""
    heard = []
    monkeypatch.setattr(send_letter, "delay_on_commit", heard.append)
    return heard


@pytest.fixture
def clinic():
    return ClinicFactory()


@pytest.fixture
def desk(clinic):
    return UserFactory(roles=[Role.FRONT_DESK], clinics=[clinic])


def letter_at(clinic, **values):
    patient = PatientFactory(clinic=clinic)
    visit = VisitFactory(episode__patient=patient)
    return ProviderLetterFactory(note=NoteFactory(visit=visit, kind="progress"), **values)


def sent(clinic, **values):
    return letter_at(clinic, **{"status": "sent", "sent_at": timezone.now()} | values)


def page_of(client, **query):
    return client.get(reverse("documentation:letters"), query)


def listed(response):
    return {row["letter"].pk: row["label"] for row in response.context["rows"]}


def one_of_each(clinic):
    long_ago = timezone.now() - dt.timedelta(hours=1)
    return {
        "waiting": letter_at(clinic),
        "sending": letter_at(clinic, status="sending", sending_since=timezone.now()),
        "unknown": letter_at(clinic, status="sending", sending_since=long_ago),
        "sent": sent(clinic),
        "failed": letter_at(clinic, status="failed", problem="No such number."),
        "settled": letter_at(clinic, status="failed", settled_at=timezone.now()),
        "withheld": letter_at(clinic, status="withheld", problem="The note is being amended."),
    }


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


# --- A person decides ---------------------------------------------------------------------------


def decide(client, name, letter, **values):
    return post(client, reverse(f"documentation:letter-{name}", args=[letter.pk]), values)


def post(client, address, values=None):
    """The page to which the answer leads."""
    response = client.post(address, values or {})
    assert response.status_code == 303
    return client.get(response["Location"])


def told(response):
    return [str(message) for message in response.context["messages"]]


def test_it_arrived_marks_one_as_sent_of_which_nobody_knew(client, clinic, desk):
    letter = one_of_each(clinic)["unknown"]
    client.force_login(desk)

    first, second = (decide(client, "arrived", letter) for _ in range(2))

    letter.refresh_from_db()
    assert (letter.status, letter.settled_by) == (Status.SENT, desk)
    assert told(first) == ["The letter is marked as sent."]
    assert told(second) == ["Somebody has dealt with this letter already."]


def test_dealt_with_takes_a_failed_one_off_the_list(client, clinic, desk):
    letter = one_of_each(clinic)["failed"]
    client.force_login(desk)

    response = decide(client, "dealt-with", letter)

    assert told(response) == ["The letter is dealt with."]
    assert letter.pk not in listed(response)


def test_do_not_send_keeps_one_that_waits(client, clinic, desk):
    rows = one_of_each(clinic)
    client.force_login(desk)

    kept, too_late = (
        decide(client, "withhold", rows["waiting"]),
        decide(client, "withhold", rows["sent"]),
    )

    assert ProviderLetter.objects.get(pk=rows["waiting"].pk).status == Status.WITHHELD
    assert told(kept) == ["The letter does not go."]
    assert told(too_late) == ["Somebody has dealt with this letter already."]


def test_send_again_writes_another_and_rings_for_it(client, rung):
    letter = waiting()
    ProviderLetter.objects.update(status="failed", problem="No such number.")
    client.force_login(UserFactory(roles=[Role.OWNER]))

    response = decide(client, "resend", letter, channel="email")

    again = ProviderLetter.objects.get(instead_of=letter)
    assert (again.channel, again.status, rung) == ("email", Status.WAITING, [again.pk])
    assert told(response) == ["The letter goes out again."]


def test_send_again_says_what_stands_in_the_way(client, rung):
    letter = waiting()
    ProviderLetter.objects.update(status="failed")
    ReferringProvider.objects.update(email="")
    client.force_login(UserFactory(roles=[Role.OWNER]))

    nowhere = decide(client, "resend", letter, channel="email")
    other = ProviderLetterFactory(note=letter.note, status="failed")
    untrue = decide(client, "resend", other)

    assert told(nowhere) == ["Not sent: There is no e-mail address on file for this provider."]
    assert told(untrue) == [f"Not sent: {note_letters.AMENDED}"]
    assert rung == []


# --- The note -----------------------------------------------------------------------------------


def note_page(client, note):
    return client.get(note.get_absolute_url()).content.decode()


def test_a_signed_report_is_sent_from_its_page_once(client, rung):
    note = signed_report()
    client.force_login(note.signed_by)
    assert "Send to the provider" in note_page(client, note)

    for _ in range(2):
        response = post(
            client, reverse("documentation:note-send", args=[note.pk]), {"channel": "email"}
        )

    letter = ProviderLetter.objects.get()
    assert (letter.note, letter.channel, letter.created_by) == (note, "email", note.signed_by)
    assert told(response) == ["On its way to Marcus Hale, MD."]
    page = note_page(client, note)
    assert "Send to the provider" not in page
    assert "E-mail to Marcus Hale, MD" in page


@pytest.mark.parametrize("kind", ["evaluation", "re_evaluation", "discharge"])
def test_evaluations_and_summaries_go_too(client, kind):
    visit = VisitFactory(episode__referring_provider__fax="+15035550177")
    note = NoteFactory(
        visit=visit,
        kind=kind,
        signed_by=visit.therapist.user,
        signed_at=timezone.now(),
        content_sha256="0" * 64,
    )

    letter = note_letters.queue_note(note=note, by=note.signed_by)

    assert (letter.note, letter.status) == (note, Status.WAITING)


def test_a_daily_note_and_an_unsigned_report_go_to_nobody(client):
    daily = sign(ready_note())
    client.force_login(daily.signed_by)
    unsigned = NoteFactory(visit=VisitFactory(episode=daily.visit.episode), kind=Note.Kind.PROGRESS)

    for note in (daily, unsigned):
        assert "Send to the provider" not in note_page(client, note)
        response = post(client, reverse("documentation:note-send", args=[note.pk]))
        assert told(response) == ["Only a signed evaluation, report or summary goes to providers."]
    assert ProviderLetter.objects.count() == 0


def test_without_an_address_the_page_leads_to_where_one_is_written_down(client):
    note = signed_report(fax="", email="")
    provider = note.visit.episode.referring_provider
    where = reverse("people:referrer-edit", args=[provider.pk])

    pages = []
    for roles in ([Role.OWNER], [Role.THERAPIST]):
        client.force_login(UserFactory(roles=roles, clinics=[note.visit.clinic]))
        pages.append(note_page(client, note))

    assert [where in page for page in pages] == [True, False]
    assert ["neither a fax number nor an e-mail address" in page for page in pages] == [True, True]


def test_a_case_that_names_nobody_leads_to_the_case(client):
    note = signed_report()
    type(note.visit.episode).objects.update(referring_provider=None)
    client.force_login(note.signed_by)

    page = note_page(client, note)
    response = post(client, reverse("documentation:note-send", args=[note.pk]))

    assert reverse("documentation:episode-edit", args=[note.visit.episode_id]) in page
    assert told(response) == ["The case names no referring provider."]


def test_decided_from_the_note_one_stays_there(client):
    note = signed_report()
    letter = waiting(note=note)
    client.force_login(note.signed_by)

    response = decide(client, "withhold", letter, back="note")

    assert response.request["PATH_INFO"] == note.get_absolute_url()


# --- By themselves ------------------------------------------------------------------------------


@pytest.fixture
def owner():
    return UserFactory(roles=[Role.OWNER])


def test_reports_signed_after_it_was_chosen_go_by_themselves_once(
    owner, rung, django_capture_on_commit_callbacks, monkeypatch
):
    earlier = sign(ready_note(kind="progress"))
    letter_setup.set_up_letters(by=owner, sends_reports=True)
    monkeypatch.setattr(queue_report_letter, "delay", lambda pk: queue_report_letter.apply([pk]))
    later = sign(ready_note(kind="progress", patient=PatientFactory(mrn="PT2")))
    daily = sign(ready_note(patient=PatientFactory(mrn="PT3")))
    ReferringProvider.objects.update(fax="+15035550177")

    for _ in range(2):
        sweep_report_letters.apply()
    queue_report_letter.apply([earlier.pk])
    queue_report_letter.apply([daily.pk])

    letter = ProviderLetter.objects.get()
    assert (letter.note, letter.created_by, letter.channel) == (later, None, "fax")
    assert rung == [letter.pk]


def test_signing_a_report_rings_for_its_letter_and_signing_a_daily_note_does_not(monkeypatch):
    heard = []
    monkeypatch.setattr(tasks.queue_report_letter, "delay_on_commit", heard.append)

    report = sign(ready_note(kind="progress"))
    sign(ready_note(patient=PatientFactory(mrn="PT2")))

    assert heard == [report.pk]


def test_until_it_is_chosen_nothing_goes_by_itself():
    note = signed_report()

    queue_report_letter.apply([note.pk])
    sweep_report_letters.apply()

    assert ProviderLetter.objects.count() == 0


def test_switched_off_and_on_again_it_begins_anew(owner):
    letter_setup.set_up_letters(by=owner, sends_reports=True)
    since = LetterSettings.current().reports_since
    letter_setup.set_up_letters(by=owner, sends_reports=True)
    assert LetterSettings.current().reports_since == since

    letter_setup.set_up_letters(by=owner, sends_reports=False)
    note = signed_report()
    letter_setup.set_up_letters(by=owner, sends_reports=True)

    assert note_letters.queue_by_itself(note) is None
    assert LetterSettings.current().reports_since > since
    assert AuditEvent.objects.filter(action="letters.set_up").count() == 3


# --- Set-up -------------------------------------------------------------------------------------

SET_UP = {"fax_by": "file", "fax_gateway": "", "email_by": "file", "link_days": "14"}


def set_up(client, **values):
    return client.post(reverse("documentation:letter-settings"), SET_UP | values)


def test_the_owner_chooses_how_letters_leave(client, owner):
    client.force_login(owner)

    response = set_up(
        client,
        fax_by="gateway",
        fax_gateway="{number}@fax.example",
        email_by="mail",
        link_days="7",
        sends_reports="on",
    )

    row = LetterSettings.objects.get()
    assert response.status_code == 303
    assert (row.fax_by, row.email_by, row.link_days) == ("gateway", "mail", 7)
    assert row.gateway_for("+1 503 555 0177") == "15035550177@fax.example"
    assert row.reports_since is not None
    event = AuditEvent.objects.get(action="letters.set_up")
    assert event.detail["fields"] == [
        "email_by",
        "fax_by",
        "fax_gateway",
        "link_days",
        "reports_since",
    ]


@pytest.mark.parametrize(
    ("values", "field", "message"),
    [
        ({"fax_by": "gateway"}, "fax_gateway", "Write down the address at the fax service."),
        (
            {"fax_gateway": "fax@fax.example"},
            "fax_gateway",
            "Write {number} where the fax number goes, once.",
        ),
        ({"fax_gateway": "{number} at fax"}, "fax_gateway", "This makes no e-mail address."),
        (
            {"link_days": "0"},
            "link_days",
            "Ensure this value is greater than or equal to 1.",
        ),
    ],
)
def test_what_cannot_work_is_said_beside_its_field(client, owner, values, field, message):
    client.force_login(owner)

    response = set_up(client, **values)

    assert response.status_code == 422
    assert response.context["form"].errors == {field: [message]}
    assert LetterSettings.objects.count() == 0


def test_the_set_up_warns_where_no_mail_server_is(client, owner, settings):
    chosen(email_by="mail")
    client.force_login(owner)
    address = reverse("documentation:letter-settings")
    warning = "This server has no mail server yet"
    assert warning not in client.get(address).content.decode()

    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"

    assert warning in client.get(address).content.decode()


def test_every_kind_of_letter_is_registered():
    assert set(letters._kinds) == set(ProviderLetter.Kind.values)
