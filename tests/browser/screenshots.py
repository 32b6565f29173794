"""Photographs the demo clinic's pages, for the README and for whoever mends the look.

A page is one line in PAGES. Called by bin/screenshots with the demo clinic's database; it refuses
any other, because pictures of patients are patient records.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(PROJECT))
os.environ["DJANGO_SETTINGS_MODULE"] = "pt_practice.settings"
os.environ["STATIC_UNHASHED"] = "1"
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright's event loop runs in this thread

import django  # noqa: E402

django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.contrib.staticfiles.handlers import StaticFilesHandler  # noqa: E402
from django.db.models import Count, Q  # noqa: E402
from django.test.testcases import LiveServerThread  # noqa: E402
from django.urls import reverse  # noqa: E402
from django.utils import timezone  # noqa: E402
from playwright.sync_api import Browser, sync_playwright  # noqa: E402

from billing.models import Batch, Claim, Reply  # noqa: E402
from documentation import home_programs, note_letters, plan_sending  # noqa: E402
from documentation.models import (  # noqa: E402
    Attachment,
    HomeProgram,
    MeasureResult,
    Note,
    PlanSending,
    ProviderLetter,
    Visit,
)
from people import links  # noqa: E402
from people.models import Patient, PatientLink, User  # noqa: E402
from scheduling.models import Appointment, MessageTemplate, Series  # noqa: E402
from tests.browser.conftest import CHROMIUM, QUIET  # noqa: E402

OWNER = "owner@riverbend.example"
DESK = "desk@riverbend.example"
THERAPIST = "priya@riverbend.example"
BILLER = "biller@riverbend.example"
AUDITOR = "auditor@riverbend.example"

SIZES = {1440: 900, 1024: 768, 390: 844}  # a desk, a tablet on its side, a phone
README = ("day", "session")


@dataclass(frozen=True)
class Shot:
    """A page, who opens it (nobody: before log-in), and its address."""

    name: str
    email: str
    address: Callable[[], str]


def working_day() -> str:
    """Today, or the last day before on which a clinic treated; Sundays are empty."""
    days = (
        Appointment.objects.filter(starts_at__lt=timezone.now() + timezone.timedelta(hours=12))
        .values("starts_at__date", "clinic")
        .annotate(count=Count("pk"))
        .filter(count__gte=10)
        .order_by("-starts_at__date", "-count")
    )
    day = days[0]
    return f"?date={day['starts_at__date']}&clinic={day['clinic']}"


def patient() -> int:
    return (
        Patient.objects.annotate(visits=Count("pk", filter=Q(coverages__isnull=False)))
        .order_by("-visits", "pk")
        .values_list("pk", flat=True)[0]
    )


def expected() -> int:
    """Today's next visit of somebody who has not arrived."""
    today = Appointment.objects.filter(status__in=["booked", "confirmed"])
    return today.filter(starts_at__date=timezone.now().date()).order_by("starts_at")[0].pk


def open_visit() -> int:
    """A visit of the therapist that is still being written, the fullest first."""
    visits = Visit.objects.filter(therapist__user__email=THERAPIST, note__signed_at=None)
    return visits.annotate(n=Count("timed_entries")).order_by("-n", "-pk")[0].pk


def signed_note() -> int:
    notes = Note.objects.exclude(signed_at=None).filter(visit__therapist__user__email=THERAPIST)
    return notes.annotate(n=Count("visit__timed_entries")).order_by("-n", "-pk")[0].pk


def sent_note() -> str:
    """A note that has gone to the provider."""
    return ProviderLetter.objects.filter(status="sent").latest("pk").note.get_absolute_url()


def provider_link() -> str:
    """What a provider sees who opens the link in an e-mail."""
    letter = ProviderLetter.objects.filter(channel="email").latest("pk")
    return note_letters.link(letter).removeprefix(settings.PUBLIC_URL)


def measured() -> int:
    """The patient with the most results of outcome measures."""
    patients = MeasureResult.objects.values("episode__patient").annotate(n=Count("pk"))
    return patients.order_by("-n", "episode__patient")[0]["episode__patient"]


def documented() -> Attachment:
    """A picture on the chart of somebody who has several documents."""
    return Attachment.objects.filter(kind="imaging").order_by("pk")[0]


def documents() -> str:
    return reverse("documentation:attachments", args=[documented().patient_id])


def flowsheet() -> str:
    visit = Note.objects.get(pk=signed_note()).visit
    return reverse("documentation:flowsheet", args=[visit.episode_id])


def treated_patient() -> int:
    return Note.objects.get(pk=signed_note()).visit.patient_id


def claim_that_needs_work() -> int:
    claims = Claim.objects.annotate(n=Count("findings")).order_by("-n", "-pk")
    return claims[0].pk


def rejected_claim() -> str:
    return Claim.objects.filter(status=Claim.Status.REJECTED).latest("pk").get_absolute_url()


def message_words() -> str:
    template = MessageTemplate.objects.filter(kind="reminder", channel="email")[0]
    return reverse("scheduling:template-edit", args=[template.pk])


def patient_link() -> str:
    """What a patient who was reminded sees."""
    link = PatientLink.objects.filter(purpose="appointment").order_by("-pk")[0]
    return reverse("scheduling:patient-link", args=[links.token_of(link)])


def plain(name: str) -> Callable[[], str]:
    return lambda: reverse(name)


def at_home() -> int:
    """A patient with a home program that has been answered for days."""
    return HomeProgram.objects.running().order_by("pk")[0].patient_id


def home_draft() -> str:
    """The next version of that program, begun."""
    running = HomeProgram.objects.running().order_by("pk")[0]
    by = User.objects.get(email=THERAPIST)
    draft = home_programs.start(patient=running.patient, by=by, copy=running)
    return reverse("documentation:home-program-edit", args=[draft.pk])


def home_link() -> str:
    running = HomeProgram.objects.running().order_by("pk")[0]
    link = home_programs.open_link_of(running.patient)
    assert link is not None
    return reverse("documentation:home", args=[links.token_of(link)])


def plan_out() -> PlanSending:
    """A plan of care that waits with its provider."""
    return PlanSending.objects.filter(status="open", expires_at__gt=timezone.now())[0]


def plan_link() -> str:
    link = plan_sending.link_of(plan_out())
    assert link is not None
    return reverse("documentation:plan-link", args=[links.token_of(link)])


PAGES = [
    Shot("log-in", "", plain("account_login")),
    Shot("day", DESK, lambda: reverse("scheduling:day") + working_day()),
    Shot("day-rooms", DESK, lambda: reverse("scheduling:day") + working_day() + "&by=room"),
    Shot("week", DESK, lambda: reverse("scheduling:week") + working_day()),
    Shot("month", DESK, lambda: reverse("scheduling:month") + working_day()),
    Shot("day-print", DESK, lambda: reverse("scheduling:day-print") + working_day()),
    Shot("find-a-time", DESK, plain("scheduling:find-a-time")),
    Shot("series", DESK, lambda: Series.objects.latest("made_at").get_absolute_url()),
    Shot("series-new", DESK, plain("scheduling:series-new")),
    Shot("duplicates", DESK, plain("people:duplicates")),
    Shot("check-in", DESK, lambda: reverse("scheduling:check-in", args=[expected()])),
    Shot("authorizations", DESK, plain("scheduling:authorizations")),
    Shot("wait-list", DESK, plain("scheduling:wait-list")),
    Shot("patients", DESK, plain("people:patients")),
    Shot("patient", DESK, lambda: reverse("people:patient", args=[patient()])),
    Shot("patient-new", DESK, plain("people:patient-new")),
    Shot("messages", DESK, plain("people:messages")),
    Shot("letters", DESK, plain("documentation:letters")),
    Shot("letters-all", OWNER, lambda: reverse("documentation:letters") + "?show=all"),
    Shot("letter-settings", OWNER, plain("documentation:letter-settings")),
    Shot("note-sent", OWNER, sent_note),
    Shot("provider-letter", "", provider_link),
    Shot("referrers", DESK, plain("people:referrers")),
    Shot("calls", DESK, plain("scheduling:calls")),
    Shot("time-requests", DESK, plain("scheduling:time-requests")),
    Shot("kiosks", DESK, plain("scheduling:kiosks")),
    Shot("message-words", OWNER, message_words),
    Shot("patient-link", "", patient_link),
    Shot("today", THERAPIST, plain("documentation:today")),
    Shot("session", THERAPIST, lambda: reverse("documentation:session", args=[open_visit()])),
    Shot("note", THERAPIST, lambda: reverse("documentation:note", args=[signed_note()])),
    Shot("chart", THERAPIST, lambda: reverse("documentation:chart", args=[treated_patient()])),
    Shot("documents", THERAPIST, documents),
    Shot("document", THERAPIST, lambda: documented().get_absolute_url()),
    Shot("plan", OWNER, lambda: reverse("documentation:plan", args=[plan_out().plan_id])),
    Shot("plan-link", "", plan_link),
    Shot("compliance", THERAPIST, plain("documentation:compliance")),
    Shot("measures", THERAPIST, lambda: reverse("documentation:measures", args=[measured()])),
    Shot("flowsheet", THERAPIST, flowsheet),
    Shot("unsigned", OWNER, plain("documentation:unsigned")),
    Shot("pdfs", OWNER, plain("documentation:papers")),
    Shot("rule-data", BILLER, plain("billing:rule-data")),
    Shot(
        "home-program", THERAPIST, lambda: reverse("documentation:home-program", args=[at_home()])
    ),
    Shot("home-program-edit", THERAPIST, home_draft),
    Shot("home-link", "", home_link),
    Shot("claims", BILLER, plain("billing:claims")),
    Shot("claim", BILLER, lambda: reverse("billing:claim", args=[claim_that_needs_work()])),
    Shot("batches", BILLER, plain("billing:batches")),
    Shot("batch", BILLER, lambda: reverse("billing:batch", args=[Batch.objects.latest("pk").pk])),
    Shot("replies", BILLER, plain("billing:replies")),
    Shot(
        "reply", BILLER, lambda: Reply.objects.filter(kinds=["277"]).latest("pk").get_absolute_url()
    ),
    Shot("claim-rejected", BILLER, rejected_claim),
    Shot("what-if", BILLER, plain("billing:what-if")),
    Shot("fees", BILLER, plain("billing:fees")),
    Shot("payer-policies", BILLER, plain("billing:policies")),
    Shot("staff", OWNER, plain("people:staff")),
    Shot("practice", OWNER, plain("people:practice")),
    Shot("audit", AUDITOR, plain("people:audit")),
    Shot("api", OWNER, plain("api-docs")),
    Shot("account", OWNER, plain("mfa_index")),
]


@contextmanager
def served() -> Iterator[str]:
    """The site on a port of its own, over the same database."""
    settings.ALLOWED_HOSTS = ["localhost"]
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
    server = LiveServerThread("localhost", StaticFilesHandler)
    server.daemon = True
    server.start()
    server.is_ready.wait()
    if server.error:
        raise server.error
    try:
        yield f"http://localhost:{server.port}"
    finally:
        server.terminate()


@contextmanager
def signed_in(email: str) -> Iterator[str]:
    """The key of a session that ends with the picture."""
    user = User.objects.get(email=email)
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    try:
        yield str(session.session_key)
    finally:
        session.delete()


def photograph(browser: Browser, base: str, shot: Shot, width: int, theme: Any, to: Path) -> None:
    context = browser.new_context(
        base_url=base,
        viewport={"width": width, "height": SIZES[width]},
        color_scheme=theme,
        has_touch=width < 1200,
        reduced_motion="reduce",
        timezone_id="America/Los_Angeles",
    )
    with context:
        if not shot.email:
            _take(context.new_page(), shot, to)
            return
        with signed_in(shot.email) as key:
            cookie = {"name": settings.SESSION_COOKIE_NAME, "value": key, "url": base}
            context.add_cookies([cookie])  # type: ignore[list-item]
            _take(context.new_page(), shot, to)


def _take(page: Any, shot: Shot, to: Path) -> None:
    failed: list[str] = []
    page.on("response", lambda r: failed.append(f"{r.status} {r.url}") if r.status >= 400 else None)
    page.goto(shot.address())
    page.wait_for_load_state("networkidle")
    if failed:
        raise SystemExit(f"{shot.name} is not whole: {', '.join(failed)}")
    page.screenshot(path=to)


def main() -> int:
    names = [shot.name for shot in PAGES]
    parser = argparse.ArgumentParser(prog="bin/screenshots", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="PAGE", help=f"of {', '.join(names)}")
    parser.add_argument("--theme", choices=["light", "dark", "both"], default="both")
    parser.add_argument("--width", type=int, action="append", choices=list(SIZES))
    asked = parser.parse_args()
    if unknown := set(asked.names) - set(names):
        parser.error(f"no page is called {', '.join(sorted(unknown))}")
    if CHROMIUM is None:
        parser.error("there is no Chromium on this machine; set CHROMIUM to its path")
    if not User.objects.filter(email=OWNER).exists():
        parser.error("this is not the demo clinic, and only the demo clinic is photographed")

    folder = PROJECT / "var" / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    themes = ["light", "dark"] if asked.theme == "both" else [asked.theme]
    chosen = [shot for shot in PAGES if not asked.names or shot.name in asked.names]
    with served() as base, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        for shot in chosen:
            for width in asked.width or SIZES:
                for theme in themes:
                    to = folder / f"{shot.name}-{width}-{theme}.png"
                    photograph(browser, base, shot, width, theme, to)
                    print(to.relative_to(PROJECT), flush=True)
            if shot.name in README:
                to = PROJECT / "docs" / "images" / f"{shot.name}.png"
                to.parent.mkdir(parents=True, exist_ok=True)
                photograph(browser, base, shot, 1440, "light", to)
                print(to.relative_to(PROJECT), flush=True)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
