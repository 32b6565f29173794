"""A biller's morning: thirty signed visits, some with a fault, and at its end clean files.

Whatever a finding leads to is opened from the finding, as a biller would; what is not theirs to
mend (an address, who referred) the desk and the therapist mend.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.db.models import Count
from django.utils import timezone
from playwright.sync_api import expect

from billing import claims as claim_verbs
from billing.models import Claim, PayerPolicy
from people.models import Authorization, Coverage, Patient, Payer, Role
from tests.billing.makers import make_fees, make_partner, make_payer, sign
from tests.billing.x12.pyx12_check import check
from tests.documentation.rules.entries import WHOLE
from tests.factories import (
    AuthorizationFactory,
    ClinicFactory,
    CoverageFactory,
    EpisodeDiagnosisFactory,
    EpisodeFactory,
    GoalFactory,
    PatientFactory,
    PayerFactory,
    PlanOfCareFactory,
    PracticeFactory,
    ReferringProviderFactory,
    TherapistFactory,
    TimedEntryFactory,
    UserFactory,
    VisitFactory,
)

MBI = "1EG4TE5MK73"
SERVICES = [
    (("97112", 24), ("97110", 23)),
    (("97112", 30),),
    (("97112", 16), ("97116", 15), ("97110", 15)),
]


class House:
    """A clinic with three payers, of which one was never given a policy."""

    def __init__(self) -> None:
        self.today = timezone.localdate() - dt.timedelta(days=1)
        self.long_ago = self.today - dt.timedelta(days=420)
        PracticeFactory()
        make_fees(c97112="95.00", c97110="85.00", c97116="70.00")
        since = {"effective_from": dt.date(2020, 1, 1)}
        self.medicare = make_payer(partner=make_partner(), timely_filing_days=365, **since)
        self.commercial = PayerFactory(
            name="Cascade Health", kind=Payer.Kind.COMMERCIAL, claim_filing_code="CI"
        )
        self.house_of_both = make_partner(name="Clearway", receiver_id="CLEARWAY1")
        PayerPolicy.objects.create(
            payer=self.commercial,
            partner=self.house_of_both,
            unit_rule="ama",
            authorization_needed=True,
            source="provider manual",
            **since,
        )
        self.union = PayerFactory(
            name="Union Plan", kind=Payer.Kind.COMMERCIAL, claim_filing_code="CI"
        )
        self.clinic = ClinicFactory()
        self.therapist = TherapistFactory(user__first_name="Priya", user__last_name="Stone")
        self.therapist.user.clinics.add(self.clinic)
        self.biller = UserFactory(roles=[Role.BILLER], clinics=[self.clinic])
        self.desk = UserFactory(roles=[Role.FRONT_DESK], clinics=[self.clinic])
        self.number = 0

    def treat(self, payer=None, *, on=None, services=None, referred=True, **person):
        """A patient of the practice whose visit was signed and drafted into a claim."""
        self.number += 1
        day = on or self.today
        patient = PatientFactory(
            clinic=self.clinic, last_name=f"Patient{self.number:02}", first_name="Ada", **person
        )
        started_on = day - dt.timedelta(days=10)
        episode = EpisodeFactory(
            patient=patient,
            therapist=self.therapist,
            referring_provider=ReferringProviderFactory() if referred else None,
            onset_on=started_on - dt.timedelta(days=30),
            started_on=started_on,
        )
        EpisodeDiagnosisFactory(episode=episode)
        goal = GoalFactory(episode=episode)
        PlanOfCareFactory(episode=episode, starts_on=started_on, signed_on=started_on)
        if payer is not None:
            card = CoverageFactory(
                patient=patient, payer=payer, member_id=MBI, starts_on=dt.date(2020, 1, 1)
            )
            if payer == self.commercial:
                AuthorizationFactory(
                    coverage=card, starts_on=started_on, ends_on=day + dt.timedelta(days=60)
                )
        visit = VisitFactory(
            episode=episode,
            therapist=self.therapist,
            date_of_service=day,
            total_treatment_minutes=60,
        )
        minutes = services or SERVICES[self.number % len(SERVICES)]
        for position, (code, spent) in enumerate(minutes, start=1):
            TimedEntryFactory(
                visit=visit,
                code_id=code,
                minutes=spent,
                position=position,
                goal=goal,
                details=WHOLE if code == "97112" else {},
            )
        sign(visit)
        return visit


@pytest.fixture
def house(transactional_db):
    return House()


@pytest.fixture
def visits(house):
    """Thirty visits: fifteen good ones, then one for each fault or two."""
    good = [house.treat(house.medicare) for _ in range(10)]
    good += [house.treat(house.commercial) for _ in range(5)]
    typo, other_typo, ended, dropped_zip, unknown_referrer = (
        house.treat(house.medicare, referred=n != 4) for n in range(5)
    )
    Coverage.objects.filter(patient=typo.patient).update(member_id="1EG4TE5MK7")
    Coverage.objects.filter(patient=other_typo.patient).update(member_id="1SG4TE5MK73")
    Coverage.objects.filter(patient=ended.patient).update(
        ends_on=house.today - dt.timedelta(days=1)
    )
    Patient.objects.filter(pk=dropped_zip.patient_id).update(postal_code="972")
    without_card = house.treat()
    unauthorized, late_authorized = (house.treat(house.commercial) for _ in range(2))
    Authorization.objects.filter(coverage__patient=unauthorized.patient).delete()
    Authorization.objects.filter(coverage__patient=late_authorized.patient).update(
        ends_on=house.today - dt.timedelta(days=1)
    )
    of_union = [house.treat(house.union) for _ in range(3)]
    too_old = house.treat(house.medicare, on=house.long_ago)
    without_fee = [house.treat(house.medicare, services=(("97530", 24),)) for _ in range(3)]
    everyone = [
        *good,
        *(typo, other_typo, ended, dropped_zip, unknown_referrer, without_card),
        *(unauthorized, late_authorized, *of_union, too_old, *without_fee),
    ]
    for visit in everyone:
        claim_verbs.draft_claim(visit)
    return everyone


def blockers(page):
    """What holds claims, and how many of them."""
    page.goto("/claims/?show=work")
    return {
        chip.locator(".blocker-label").inner_text(): int(chip.locator("strong").inner_text())
        for chip in page.locator(".blocker").all()
    }


def claims_held_by(page, label):
    """The addresses of the claims that this holds."""
    page.goto("/claims/?show=work")
    with page.expect_response(lambda answer: "check=" in answer.url):
        page.get_by_role("link", name=label).click()
    expect(page.locator(".blocker[aria-current=true]")).to_contain_text(label)
    return [urlsplit(row.get_attribute("href")).path for row in page.locator(".row-link").all()]


def open_fix(page, claim, link):
    page.goto(claim)
    page.locator(".claim-findings").get_by_role("link", name=link, exact=True).first.click()


def saves(page):
    page.locator("form[method=post] button.btn-primary[type=submit]").last.click()
    page.wait_for_load_state()
    expect(page.locator(".is-invalid")).to_have_count(0)


def passes(page, claim):
    page.goto(claim)
    page.get_by_role("button", name="Check again").click()
    expect(page.get_by_text("Every check passed: the claim can go.")).to_be_visible()


def test_thirty_visits_with_faults_become_clean_files(
    house, visits, browser_page, sign_in, tmp_path
):
    page = browser_page
    sign_in(page, house.biller)
    assert len(visits) == 30
    assert blockers(page) == {
        "Coverage inactive": 2,
        "Policy missing": 3,
        "Charge not positive": 3,
        "Mbi format": 2,
        "Authorization absent": 1,
        "Authorization dates": 1,
        "Patient address": 1,
        "Referring absent": 1,
        "Timely filing": 1,
    }

    # A number was mistyped on two cards.
    for claim in claims_held_by(page, "Mbi format"):
        open_fix(page, claim, "Card")
        page.get_by_label("Member ID", exact=False).fill(MBI)
        saves(page)
        passes(page, claim)

    # One card was ended a day early, and one patient's card was never entered.
    for claim in claims_held_by(page, "Coverage inactive"):
        page.goto(claim)
        if page.get_by_role("link", name="Card", exact=True).count():
            open_fix(page, claim, "Card")
            page.locator("[name=ends_on]").fill("")
        else:
            open_fix(page, claim, "Add a card")
            page.locator("[name=payer]").select_option(label="Medicare Part B")
            page.get_by_label("Member ID", exact=False).fill(MBI)
            page.locator("[name=starts_on]").fill("2020-01-01")
        saves(page)
        passes(page, claim)

    # The payer's letters had come: one approval was not written down, one was prolonged.
    for claim in claims_held_by(page, "Authorization absent"):
        open_fix(page, claim, "Add an authorization")
        page.locator("[name=number]").fill("A-1029")
        page.locator("[name=starts_on]").fill(str(house.today - dt.timedelta(days=10)))
        page.locator("[name=ends_on]").fill(str(house.today + dt.timedelta(days=60)))
        page.locator("[name=visits_approved]").fill("12")
        saves(page)
        passes(page, claim)
    for claim in claims_held_by(page, "Authorization dates"):
        open_fix(page, claim, "Authorization")
        page.locator("[name=ends_on]").fill(str(house.today + dt.timedelta(days=60)))
        saves(page)
        passes(page, claim)

    # One policy frees three claims, and one fee three others.
    of_union = claims_held_by(page, "Policy missing")
    open_fix(page, of_union[0], "Policies")
    page.get_by_role("row", name="Union Plan").get_by_role("link", name="Add").click()
    page.locator("[name=effective_from]").fill("2020-01-01")
    page.locator("[name=unit_rule]").select_option("ama")
    page.locator("[name=partner]").select_option(str(house.house_of_both.pk))
    page.locator("[name=source]").fill("provider manual")
    saves(page)
    of_no_fee = claims_held_by(page, "Charge not positive")
    open_fix(page, of_no_fee[0], "Fees")
    page.get_by_role("link", name="Own list").click()
    page.get_by_label("97530", exact=False).fill("98.00")
    saves(page)
    for claim in (*of_union, *of_no_fee):
        passes(page, claim)

    # It is too late for one: it is closed, with the reason.
    (claim,) = claims_held_by(page, "Timely filing")
    page.goto(claim)
    page.get_by_text("Close without sending").click()
    page.get_by_label("Why shall it never be sent?").fill("Past the payer's last day")
    page.get_by_role("button", name="Close the claim").click()
    expect(page.get_by_text("Closed: Past the payer's last day")).to_be_visible()

    # Two are for others to mend.
    (without_zip,) = claims_held_by(page, "Patient address")
    (unreferred,) = claims_held_by(page, "Referring absent")
    patient = Claim.objects.get(pk=int(without_zip.strip("/").split("/")[-1])).patient
    sign_in(page, house.desk)
    page.goto(patient.get_absolute_url() + "edit/")
    page.locator("[name=postal_code]").fill("97201")
    saves(page)
    imhoff = ReferringProviderFactory(last_name="Imhoff")
    sign_in(page, house.therapist.user)
    episode = Claim.objects.get(pk=int(unreferred.strip("/").split("/")[-1])).visit.episode
    page.goto(f"/cases/{episode.pk}/edit/")
    page.locator("[name=referring_provider]").select_option(str(imhoff.pk))
    saves(page)
    sign_in(page, house.biller)
    for claim in (without_zip, unreferred):
        passes(page, claim)
    assert blockers(page) == {}

    # All that is ready goes at one press, and each receiver's file is built and taken.
    page.goto("/claims/?show=ready")
    expect(page.locator("[name=claim]")).to_have_count(29)
    page.get_by_role("button", name="Release the ticked").click()
    expect(page.locator("[data-notice]", has_text="29 released.")).to_be_visible()
    page.goto("/claims/?show=released")
    expect(page.locator(".row-link")).to_have_count(29)
    files = []
    for receiver, count in (("Clearway", 10), ("Noridian", 19)):
        page.goto("/batches/")
        row = page.locator(".waiting-list li", has_text=receiver)
        expect(row).to_contain_text(f"{count} claims")
        row.get_by_role("button", name="Build the file").click()
        with page.expect_download() as download:
            page.get_by_role("link", name="Download").click()
        path = tmp_path / f"{receiver}.edi"
        download.value.save_as(path)
        files.append(Path(path).read_text(encoding="ascii"))
    assert [check(file) for file in files] == [(True, []), (True, [])]
    assert [file.count("~CLM*") for file in files] == [10, 19]
    assert dict(Claim.objects.values_list("status").order_by("status").annotate(n=Count("pk"))) == {
        Claim.Status.BATCHED: 29,
        Claim.Status.VOID: 1,
    }
