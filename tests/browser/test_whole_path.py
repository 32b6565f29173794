"""The main job by clicking, as the three people who do it: booked, treated, signed, billed, out."""

from __future__ import annotations

import datetime as dt
from io import BytesIO
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import expect
from pypdf import PdfReader

from billing.models import Claim
from documentation.models import Note
from people.models import Coverage, Role
from pt_practice.celery import app as background
from tests.billing.makers import make_fees, make_partner, make_payer
from tests.billing.x12.pyx12_check import check
from tests.documentation.rules.entries import WHOLE
from tests.factories import (
    PASSWORD,
    PORTLAND,
    AppointmentTypeFactory,
    ClinicFactory,
    CoverageFactory,
    EpisodeDiagnosisFactory,
    EpisodeFactory,
    GoalFactory,
    NoteFactory,
    PatientFactory,
    PlanOfCareFactory,
    PracticeFactory,
    ReferringProviderFactory,
    TherapistFactory,
    TimedEntryFactory,
    UserFactory,
    VisitFactory,
)


@pytest.fixture
def done_at_once():
    """Background work done where it is rung for: this test has no worker beside it."""
    background.conf.task_always_eager = True
    yield
    background.conf.task_always_eager = False


@pytest.fixture
def clinic():
    """A clinic with a patient whose last visit was signed a week ago."""
    PracticeFactory()
    make_fees()
    payer = make_payer(partner=make_partner(), effective_from=dt.date(2020, 1, 1))
    clinic = ClinicFactory(
        name="Riverbend", opens_at=dt.time(0, 0), closes_at=dt.time(23, 59), time_zone=str(PORTLAND)
    )
    therapist = TherapistFactory(user__first_name="Priya", user__last_name="Stone")
    therapist.user.clinics.add(clinic)
    AppointmentTypeFactory(name="Neuro follow-up", minutes=30)
    today = timezone.localdate(timezone=PORTLAND)
    patient = PatientFactory(clinic=clinic, first_name="José", last_name="Muñoz")
    CoverageFactory(patient=patient, payer=payer, member_id="1EG4TE5MK73")
    started_on = today - dt.timedelta(days=20)
    episode = EpisodeFactory(
        patient=patient,
        therapist=therapist,
        referring_provider=ReferringProviderFactory(),
        onset_on=started_on - dt.timedelta(days=30),
        started_on=started_on,
    )
    EpisodeDiagnosisFactory(episode=episode)
    goal = GoalFactory(episode=episode, due_on=today + dt.timedelta(days=30))
    PlanOfCareFactory(
        episode=episode, starts_on=started_on, signed_on=started_on + dt.timedelta(days=3)
    )
    week_ago = today - dt.timedelta(days=7)
    last = VisitFactory(episode=episode, date_of_service=week_ago, total_treatment_minutes=45)
    TimedEntryFactory(visit=last, code_id="97112", minutes=20, details=WHOLE, goal=goal)
    TimedEntryFactory(
        visit=last,
        code_id="97110",
        minutes=15,
        position=2,
        goal=goal,
        narrative="Leg press 3 x 10 at 40 kg.",
        narrative_is_own=True,
    )
    NoteFactory(
        visit=last,
        assessment="Steps are quicker.",
        signed_at=timezone.now() - dt.timedelta(days=7),
        signed_by=therapist.user,
        signer_name=str(therapist),
        content={},
        content_sha256="0" * 64,
    )
    Claim.objects.create(
        visit=last,
        patient=patient,
        clinic=clinic,
        control_number="PT00000001",
        status=Claim.Status.PAID,
    )
    desk = UserFactory(roles=[Role.FRONT_DESK], clinics=[clinic])
    biller = UserFactory(roles=[Role.BILLER])
    return {"desk": desk, "therapist": therapist.user, "biller": biller}


def test_three_people_take_a_visit_from_the_telephone_to_a_clean_file(
    clinic, done_at_once, browser_page, sign_in, tmp_path
):
    page = browser_page
    page.set_default_timeout(60_000)  # papers and claims are made on the way

    # The desk books: patient, type, time. Then the patient arrives.
    sign_in(page, clinic["desk"])
    page.goto("/day/")
    page.get_by_role("link", name="Book").or_(page.get_by_role("button", name="Book")).first.click()
    panel = page.locator("#panel-body")
    panel.get_by_label("Patient", exact=False).first.fill("munoz jo")
    panel.get_by_role("option", name="Muñoz, José").click()
    panel.get_by_label("Type", exact=False).select_option(label="Neuro follow-up")
    panel.get_by_label("Time", exact=False).fill("00:30")
    panel.get_by_label("Therapist", exact=False).select_option(label="Priya Stone, PT")
    panel.get_by_role("button", name="Book", exact=True).last.click()
    page.get_by_role("button", name="Muñoz, José").first.click()
    panel.get_by_role("button", name="Check in").click()
    expect(panel.get_by_text("Arrived").first).to_be_visible()

    # The therapist opens the visit, carries the last one forward, and logs today's minutes.
    sign_in(page, clinic["therapist"])
    page.goto("/today/")
    page.get_by_role("button", name="Muñoz, José").click()
    page.get_by_role("button", name="Copy from").click()
    minutes = page.get_by_label("Minutes of 97112", exact=True)
    expect(minutes).to_be_visible()
    minutes.fill("24")
    page.get_by_label("Minutes of 97110", exact=True).fill("23")
    # What the patient did last week is no response of today: that is never carried forward.
    page.get_by_text("Improved", exact=True).first.click()
    page.get_by_label("Assessment", exact=True).fill(
        "Recovers 9 of 12 pushes; unannounced ones need guarding."
    )
    units = page.locator(".units")
    expect(units).to_have_attribute("data-units-total", "3")
    expect(page.locator("#save-text")).to_contain_text("Saved")
    page.get_by_role("button", name="Review").click()

    # Reviewed, signed with the password, and there is a PDF of it.
    page.get_by_label("Password", exact=False).fill(PASSWORD)
    page.get_by_role("button", name="Sign", exact=True).click()
    expect(page.get_by_text("Signed").first).to_be_visible()
    note = Note.objects.get(visit__appointment__isnull=False)
    expect(page.locator(f'a[href="/notes/{note.pk}/pdf/"]').first).to_be_visible()
    pdf = page.request.get(f"/notes/{note.pk}/pdf/")
    text = " ".join(leaf.extract_text() for leaf in PdfReader(BytesIO(pdf.body())).pages)
    assert "Muñoz" in text
    assert "Recovers 9 of 12 pushes" in text

    # The biller finds the claim ready, releases it, builds the file and downloads it.
    sign_in(page, clinic["biller"])
    page.goto("/claims/")
    page.get_by_role("link", name="Ready").click()
    page.get_by_role("link", name="Muñoz, José").click()
    expect(page.get_by_text("Every check passed")).to_be_visible()
    page.get_by_role("button", name="Release").click()
    expect(page.get_by_text("Released", exact=True).first).to_be_visible()
    page.goto("/batches/")
    page.get_by_role("button", name="Build the file").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()
    saved = tmp_path / "claims.edi"
    download.value.save_as(saved)

    file = Path(saved).read_text(encoding="ascii")
    assert check(file) == (True, [])
    assert "SV1*HC:97112:GP*190*UN*2***1~" in file
    assert "SV1*HC:97110:GP*85*UN*1***1~" in file
    assert Coverage.objects.get().member_id in file
