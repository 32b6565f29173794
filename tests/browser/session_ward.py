"""What the tests of the session page share: a visit of today, and hands to work on its page."""

from __future__ import annotations

import datetime as dt
import re

from django.utils import timezone
from playwright.sync_api import expect

from documentation import charting
from documentation.models import Draft, Note
from tests.documentation.rules.entries import WHOLE
from tests.factories import (
    ClinicFactory,
    EpisodeDiagnosisFactory,
    EpisodeFactory,
    GoalFactory,
    NoteFactory,
    PatientFactory,
    PlanOfCareFactory,
    PracticeFactory,
    TherapistFactory,
    VisitFactory,
)

SAVED = re.compile(r"^Saved \d")


class Ward:
    """A therapist with a patient, a case with a goal, and a visit of today that is open."""

    def __init__(self) -> None:
        PracticeFactory()
        self.clinic = ClinicFactory()
        self.therapist = TherapistFactory(
            user__clinics=[self.clinic], user__first_name="Noor", user__last_name="Haddad"
        )
        self.today = timezone.localdate(timezone=self.clinic.zone)
        self.patient = PatientFactory(clinic=self.clinic)
        self.episode = EpisodeFactory(
            patient=self.patient,
            therapist=self.therapist,
            started_on=self.today - dt.timedelta(days=14),
        )
        EpisodeDiagnosisFactory(episode=self.episode)
        PlanOfCareFactory(episode=self.episode, starts_on=self.episode.started_on)
        self.goal = GoalFactory(episode=self.episode, text="Walk 300 m outdoors")
        self.visit = self.new_visit(self.today)

    def new_visit(self, day):
        visit = VisitFactory(episode=self.episode, therapist=self.therapist, date_of_service=day)
        NoteFactory(visit=visit)
        return visit

    def signed_visit(self, **note):
        visit = self.new_visit(self.today - dt.timedelta(days=3))
        by = self.therapist.user
        charting.record_time(
            visit=visit, code="97112", minutes=18, details=WHOLE, goal=self.goal, by=by
        )
        charting.record_time(
            visit=visit, code="97110", minutes=15, narrative="Leg press 3 x 10", by=by
        )
        Note.objects.filter(visit=visit).update(
            signed_at=timezone.now(), signed_by=by, content_sha256="0" * 64, **note
        )
        return visit

    @property
    def url(self):
        return self.visit.get_absolute_url()

    def typed(self):
        return Draft.objects.get(visit=self.visit).content


def open_session(page, ward):
    page.goto(ward.url)
    page.locator("html[data-session=ready]").wait_for()
    return page


def status(page):
    return page.locator("#save-text")


def is_saved(page):
    expect(status(page)).to_have_text(SAVED)


def all_told(page):
    """Every press of a timer and every word is on the server: nothing is on its way any more."""
    expect(page.locator("html")).to_have_attribute("data-timers", "told")
    is_saved(page)


def note_field(page, part):
    return page.get_by_label(part, exact=True)


def card(page, code):
    return page.locator("article.entry").filter(has=page.get_by_text(code, exact=True))


def add(page, code):
    page.locator(f"[data-add='{code}']").click()
    return card(page, code).last
