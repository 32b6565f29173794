"""Every kind of PDF, drawn a second time by another process, has the bytes it had.

The other process has its own hash seed and its own time zone, and knows nothing but the rows.
"""

import base64
import datetime as dt
import hashlib
import io
import os
import subprocess
import sys
from urllib.parse import quote

import pypdf
import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from billing import estimates, issued_papers, packets, paper_batches, superbills
from billing.estimate_content import Plan
from billing.frozen import sha256_of, to_json
from billing.models import Claim, ClaimVersion
from documentation import (
    amending,
    home_programs,
    paper_kinds,
    plan_answers,
    plan_sending,
    tasks,
)
from documentation.models import Note, PlanPdf
from people.models import Role, User
from tests.billing.makers import make_fees, make_visit
from tests.billing.makers import sign as sign_visit
from tests.billing.paper.samples import COMMERCIAL
from tests.documentation.ready import ready_note, sign
from tests.factories import AppointmentFactory, HomeProgramItemFactory, UserFactory

REDRAW = """
import hashlib, django
django.setup()
from documentation import paper_kinds
for kind in paper_kinds.every_kind():
    for row in kind.visible(OWNER).filter(status="ready").order_by("pk"):
        print(kind.key, row.pk, hashlib.sha256(kind.redraw(row)).hexdigest())
"""
# Texts at the places of a form that a payer's scanner reads; each claim's page says them as a page.
FOR_A_SCANNER = {"paper-claims"}
OWNER = "type('Owner', (), {'sees_all_clinics': True})()"  # sees everything; reads no row itself


EXAMINATION = {
    "pain": {"now": 2, "worst": 5, "where": "Left knee"},
    "strength": [{"id": "hip_abductors", "side": "left", "grade": "4-"}],
    "marks": [{"view": "front", "x": 565, "y": 905, "kind": "weak", "words": "Toes catch"}],
}
DRAWN = base64.b64decode(  # one dot
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


@pytest.fixture(autouse=True)
def no_broker(monkeypatch):
    monkeypatch.setattr(tasks.render_note_pdf, "delay_on_commit", lambda pk: None)
    monkeypatch.setattr("billing.tasks.draft_claim.delay_on_commit", lambda pk: None)


def one_of_each_kind() -> list[tuple[str, int, str]]:
    """A PDF of each kind, made; each with its SHA-256."""
    note = ready_note(kind=Note.Kind.PROGRESS)
    Note.objects.filter(pk=note.pk).update(examination=EXAMINATION)
    note = sign(note)
    owner = UserFactory(roles=[Role.OWNER])
    tasks.render_note_pdf(note.pk)
    item = HomeProgramItemFactory(program__patient=note.visit.patient, own_words="Mind the knee.")
    tasks.render_handout(home_programs.give(program=item.program, by=owner).pk)
    episode = note.visit.episode
    sending = plan_sending.put_out(plan=episode.plans.get(), by=note.visit.therapist.user, days=30)
    link = plan_sending.link_of(sending)
    plan_answers.sign(link=link, name="Wei Chen", credential="MD", image=DRAWN)
    for plan_pdf in PlanPdf.objects.all():
        tasks.render_plan_pdf(plan_pdf.pk)
    packets.make(packets.ask(episode=episode, visits=[note.visit], made_for="Noridian", by=owner))
    amending.open_amendment(note=note, reason="Wrong minutes.", by=note.visit.therapist.user)
    sign(Note.objects.select_related("visit__therapist__user").get(pk=note.pk))
    tasks.render_note_pdf(note.pk)
    paper_batches.make(paper_batches.ask_for_copies(claims=[released_claim(note)], by=owner))
    make_bills(owner)
    return sorted(
        (kind.key, row.pk, row.sha256)
        for kind in paper_kinds.every_kind()
        for row in kind.visible(owner).filter(status="ready")
    )


def make_bills(owner: User) -> None:
    """A superbill of a visit without a card, and an estimate of the patient's next one."""
    make_fees()
    visit = make_visit(("97112", 24), ("97110", 23))
    sign_visit(visit)
    superbill = superbills.ask(patient=visit.patient, visits=[visit], by=owner)
    issued_papers.make(superbill, issued_papers.superbill_pdf)
    booked = AppointmentFactory(
        patient=visit.patient, starts_at=timezone.now() + dt.timedelta(days=20)
    )
    plan = Plan(
        primary="Physical therapy for balance and walking",
        appointments=[booked],
        services={booked.type_id: (("97112", 2),)},
        separate="",
    )
    estimate = estimates.issue(patient=visit.patient, plan=plan, by=owner)
    issued_papers.make(estimate, issued_papers.estimate_pdf)


def released_claim(note: Note) -> Claim:
    claim = Claim.objects.create(
        visit=note.visit,
        patient=note.visit.patient,
        clinic=note.visit.clinic,
        control_number=COMMERCIAL.control_number,
        status=Claim.Status.RELEASED,
    )
    content = to_json(COMMERCIAL)
    ClaimVersion.objects.create(claim=claim, number=1, content=content, sha256=sha256_of(content))
    return claim


def redrawn(**environment: str) -> list[tuple[str, int, str]]:
    """What another process draws from the rows of this database."""
    of = connection.settings_dict
    where = (
        f"{quote(of['HOST'], safe='')}:{of['PORT']}" if of["PORT"] else quote(of["HOST"], safe="")
    )
    who = f"{quote(of['USER'])}:{quote(of['PASSWORD'])}"
    answer = subprocess.run(
        [sys.executable, "-c", REDRAW.replace("OWNER", OWNER)],
        env={
            **os.environ,
            **environment,
            "DATABASE_URL": f"postgres://{who}@{where}/{of['NAME']}",
            "DJANGO_SETTINGS_MODULE": "pt_practice.settings",
        },
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    lines = [line.split() for line in answer.stdout.splitlines()]
    return [(kind, int(pk), sha256) for kind, pk, sha256 in lines]


@pytest.mark.django_db(transaction=True)
def test_every_kind_of_pdf_comes_out_the_same_in_another_process():
    made = one_of_each_kind()

    again = redrawn(PYTHONHASHSEED="97112", TZ="Asia/Kolkata")

    assert {kind for kind, _, _ in made} == {kind.key for kind in paper_kinds.every_kind()}
    assert again == made


@pytest.mark.django_db
def test_every_kind_of_pdf_can_be_read_aloud():
    """As far as the file itself tells: marked, tagged, with language, title and headings, each
    figure with its words, each page in reading order, every font inside."""
    one_of_each_kind()
    for kind in paper_kinds.every_kind():
        if kind.key in FOR_A_SCANNER:
            continue
        for row in kind.visible(UserFactory(roles=[Role.OWNER])).filter(status="ready"):
            content = bytes(row.file_bytes)
            assert hashlib.sha256(content).hexdigest() == row.sha256
            problems = what_a_reader_misses(pypdf.PdfReader(io.BytesIO(content)))
            assert problems == [], f"{kind.label}: {problems}"


def what_a_reader_misses(reader: pypdf.PdfReader) -> list[str]:
    catalog = reader.trailer["/Root"]
    missing = []
    if catalog.get("/Lang") != "en-US":
        missing.append("language")
    if not catalog["/MarkInfo"]["/Marked"].value:
        missing.append("mark")
    if not catalog["/ViewerPreferences"]["/DisplayDocTitle"].value or not reader.metadata.title:
        missing.append("title")
    if b"pdfuaid:part" not in catalog["/Metadata"].get_object().get_data():
        missing.append("PDF/UA in the metadata")
    elements = list(elements_under(catalog["/StructTreeRoot"]))
    kinds = {element["/S"] for element in elements}
    if not {"/Document", "/H1", "/P"} <= kinds:
        missing.append(f"structure: only {sorted(kinds)}")
    if any(not element.get("/Alt") for element in elements if element["/S"] == "/Figure"):
        missing.append("words for a figure")
    for number, page in enumerate(reader.pages, start=1):
        if page.get("/Tabs") != "/S" or "/StructParents" not in page:
            missing.append(f"reading order of page {number}")
        for font in page["/Resources"]["/Font"].values():
            if not embedded(font.get_object()):
                missing.append(f"a font of page {number}")
    return missing


def elements_under(element):
    kids = element.get("/K", [])
    for kid in kids if isinstance(kids, list) else [kids]:
        kid = kid.get_object() if hasattr(kid, "get_object") else kid
        if isinstance(kid, dict) and "/S" in kid:
            yield kid
            yield from elements_under(kid)


def embedded(font) -> bool:
    inner = font["/DescendantFonts"][0].get_object() if "/DescendantFonts" in font else font
    descriptor = inner["/FontDescriptor"].get_object()
    return any(name in descriptor for name in ("/FontFile", "/FontFile2", "/FontFile3"))
