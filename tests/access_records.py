"""Which record fills the number in an address, for the walk over every route.

The word before the number says what it is: /visits/<pk>/ wants a visit; an argument with a name
of its own (`patient_id`, `payer_pk`) says it itself. A new kind of record is added to `MAKERS`.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

from factory import Transformer

from billing import replies
from billing.models import (
    AbnRecord,
    AuditPacket,
    Batch,
    Claim,
    ClaimVersion,
    EdiFile,
    Estimate,
    EstimateRule,
    FeeSchedule,
    FormPrinter,
    MedicareAmounts,
    PaperBatch,
    PayerPolicy,
    Reply,
    RuleLoad,
    Superbill,
    TradingPartner,
    YearUse,
)
from documentation import amending, home_programs
from documentation.frozen import content_of, signer_of
from documentation.models import HomeAnswer, Note, NoteVersion, PlanPdf
from people.models import Clinic, ImportFile, ImportRow, MergeRecord, Message, Role
from scheduling.models import Closure, MessageTemplate, Series, TimeRequest, WaitListEntry
from tests.access_routes import Route
from tests.factories import (
    AppointmentFactory,
    AppointmentTypeFactory,
    AssistantFactory,
    AttachmentFactory,
    AuthorizationFactory,
    CardPhotoFactory,
    ClinicFactory,
    ConsentFormFactory,
    ConsentSignatureFactory,
    ConsentVersionFactory,
    CoverageFactory,
    DeskPaymentFactory,
    EpisodeFactory,
    EquipmentFactory,
    GoalFactory,
    GroupFactory,
    HomeProgramFactory,
    HomeProgramItemFactory,
    KioskFactory,
    MeasureRequestFactory,
    MeasureResultFactory,
    NoteFactory,
    PatientFactory,
    PayerFactory,
    PlanOfCareFactory,
    PlanSendingFactory,
    PracticeFactory,
    ProviderLetterFactory,
    QuestionnaireFactory,
    ReferringProviderFactory,
    RoomFactory,
    SeriesFactory,
    ServiceTimerFactory,
    SessionAidFactory,
    StudentFactory,
    TherapistFactory,
    TimedEntryFactory,
    UserFactory,
    VisitFactory,
    at,
)

NO_PASSWORD = Transformer.Force("!")  # hashing one for everybody takes longer than the rest
NOTHING_ASKED = {
    "episode": None,
    "services": {},
    "more_visits": 0,
    "more_type": None,
    "more_until": None,
}
NOBODYS = 0  # the id of no record: a person's own passkeys cannot be walked

# What a path calls a thing, where that is not its own name with an s.
CALLED = {
    "cases": "episode",
    "series": "series",
    "keys": "passkey",
    "referrers": "referrer",
    "staff": "account",
    "types": "appointment_type",
    "wait-list": "wait_entry",
    "authorization-budgets": "authorization",
    "fees": "fee_schedule",
    "form-printers": "form_printer",
    "payer-policies": "policy",
    "trading-partners": "partner",
    "import-rows": "import_row",
    "batches": "batch",
    "paper-claims": "paper_batch",
    "replies": "reply",
    "rule-loads": "rule_load",
    "medicare-amounts": "medicare_amounts",
    "notices": "notice",
    "year-uses": "year_use",
    "estimate-rules": "estimate_rule",
    "message-templates": "message_template",
    "time-requests": "time_request",
    "consent-forms": "consent_form",
    "intakes": "questionnaire",
    "card-photos": "card_photo",
    "diagnoses": "diagnosis",
}


class World:
    """The records of one clinic, one of each kind."""

    def __init__(self, clinic: Clinic, therapist: Any, *, day: int) -> None:
        self.clinic = clinic
        self.therapist = therapist
        self.day = day  # two worlds share nothing that may exist once per day
        self._made: dict[str, Any] = {}
        for kind in MAKERS:
            self.get(kind)

    def get(self, kind: str) -> Any:
        if kind not in self._made:
            self._made[kind] = MAKERS[kind](self)
        return self._made[kind]


class Nowhere:
    """Ids under which no record stands."""

    def get(self, kind: str) -> int | str:
        return "00000000-0000-4000-8000-000000000000" if kind == "entry" else 999_999_999


def _id_of(record: Any) -> Any:
    return record if isinstance(record, int | str) else record.pk


def _claim(world: World) -> Claim:
    visit = world.get("visit")
    return Claim.objects.create(
        visit=visit,
        patient=visit.patient,
        clinic=visit.clinic,
        payer=world.get("payer"),
        control_number=f"C{world.day}",
    )


def _series(world: World) -> Series:
    """A series of one visit, which is still to come."""
    appointment = AppointmentFactory(
        patient=world.get("patient"),
        therapist=world.therapist,
        starts_at=at(9, day=dt.date(2030, 3, world.day)),
        series=SeriesFactory(patient=world.get("patient")),
        series_position=1,
    )
    return appointment.series


def _home_answer(world: World) -> HomeAnswer:
    """Of a program that was given: the draft beside it is the next version."""
    draft = HomeProgramFactory(patient=world.get("patient"), made_by=world.therapist.user)
    item = HomeProgramItemFactory(program=draft, exercise="heel-raise")
    given = home_programs.give(program=draft, by=world.therapist.user)
    assert given.starts_on is not None
    return HomeAnswer.objects.create(
        item=item, day=given.starts_on, done=True, pain=8, difficulty="hard", alarm="high"
    )


def _claim_version(world: World) -> ClaimVersion:
    return ClaimVersion.objects.create(
        claim=world.get("claim"), number=1, content={"total_charge": "1.00"}, sha256="0" * 64
    )


def _reply(world: World) -> Reply:
    content = f"a reply to {world.clinic}".encode()
    reply, _ = replies.take_in(
        content=content, name="answer.txt", came_by=Reply.Way.UPLOAD, by=None
    )
    return reply


def _note_version(world: World) -> NoteVersion:
    """A version that an open amendment has put aside, of a note of its own."""
    visit = VisitFactory(episode=world.get("episode"))
    note = NoteFactory(visit=visit)
    signed = {
        "signed_by": world.therapist.user,
        "signed_at": at(18, day=dt.date(2026, 3, world.day)),
        "signer_name": str(world.therapist),
        "content_sha256": f"{world.day}" * 64,
    }
    content = content_of(note)
    content["signature"] = signer_of(world.therapist) | {
        "signed_at": signed["signed_at"].isoformat()
    }
    Note.objects.filter(pk=note.pk).update(content=content, **signed)
    amending.open_amendment(note=note, reason="Wrong minutes.", by=world.therapist.user)
    return note.versions.get()


def _batch(world: World) -> Batch:
    file = EdiFile.objects.create(
        kind="837p", file_name=f"{world.day}.837", file_bytes=b"ISA*", sha256="0" * 64
    )
    return Batch.objects.create(
        partner=world.get("partner"),
        interchange_control_number=world.day,
        file=file,
        total=0,
    )


def _paper_batch(world: World) -> PaperBatch:
    batch = PaperBatch.objects.create(
        purpose="copies",
        versions=[world.get("claim-version").pk],
        total=0,
        inputs_sha256=f"{world.day}" * 64,
        asked_by=world.get("account"),
    )
    batch.claims.add(world.get("claim"))
    return batch


# The kinds that belong to one clinic: another clinic's people must not find them.
OF_A_CLINIC = {
    "card_photo",
    "questionnaire",
    "appointment",
    "attachment",
    "authorization",
    "claim",
    "claim-version",
    "consent",
    "coverage",
    "entry",
    "episode",
    "estimate",
    "form_printer",
    "goal",
    "group",
    "home-answer",
    "home-program",
    "home-program-item",
    "kiosk",
    "letter",
    "measure-request",
    "measure-result",
    "merge",
    "message",
    "note",
    "notice",
    "note-version",
    "other_patient",
    "packet",
    "patient",
    "payment",
    "plan",
    "plan-pdf",
    "plan-sending",
    "series",
    "superbill",
    "time_request",
    "visit",
    "wait_entry",
    "year_use",
}

MAKERS: dict[str, Callable[[World], Any]] = {
    "account": lambda world: UserFactory(password=NO_PASSWORD),
    "appointment": lambda world: AppointmentFactory(
        patient=world.get("patient"),
        therapist=world.therapist,
        starts_at=at(9, day=dt.date(2026, 3, world.day)),
    ),
    "attachment": lambda world: AttachmentFactory(patient=world.get("patient")),
    "appointment_type": lambda world: AppointmentTypeFactory(),
    "authorization": lambda world: AuthorizationFactory(coverage=world.get("coverage")),
    "batch": _batch,
    "paper_batch": _paper_batch,
    "reply": _reply,
    "rule_load": lambda world: RuleLoad.objects.create(
        kind="mue", file_name="mue.csv", size=1, sha256="0" * 64, holds_from=dt.date(2026, 7, 1)
    ),
    "medicare_amounts": lambda world: MedicareAmounts.objects.create(
        effective_from=dt.date(2100 + world.day, 1, 1),
        effective_to=dt.date(2100 + world.day, 12, 31),
        pt_slp_threshold=2500,
        ot_threshold=2500,
        medical_review=3000,
        source="test",
    ),
    "notice": lambda world: AbnRecord.objects.create(
        patient=world.get("patient"),
        kind="GZ",
        reason="maintenance",
        covers_from=dt.date(2026, 3, 2),
        recorded_by=world.therapist.user,
    ),
    "year_use": lambda world: YearUse.objects.create(
        patient=world.get("patient"),
        bucket="OT",
        amount=100,
        as_of=dt.date(2026, 3, 2),
        source="portal",
        entered_by=world.therapist.user,
    ),
    "claim": _claim,
    "form_printer": lambda w: FormPrinter.objects.create(clinic=w.clinic, name="Desk"),
    "claim-version": _claim_version,
    "packet": lambda world: AuditPacket.objects.create(
        episode=world.get("episode"),
        visits=[world.get("visit").pk],
        first_day=dt.date(2026, 3, 2),
        last_day=dt.date(2026, 3, 2),
        made_for="Noridian",
        inputs_sha256=f"{world.day}" * 64,
        asked_by=world.get("account"),
    ),
    "superbill": lambda world: Superbill.objects.create(
        patient=world.get("patient"),
        clinic=world.clinic,
        first_day=dt.date(2026, 3, 2),
        last_day=dt.date(2026, 3, 2),
        total=180,
        content={},
        asked_by=world.get("account"),
    ),
    "estimate": lambda world: Estimate.objects.create(
        patient=world.get("patient"),
        clinic=world.clinic,
        first_day=dt.date(2026, 3, 2),
        last_day=dt.date(2026, 3, 2),
        visits=1,
        total=180,
        dispute_over=400,
        content={"primary": "Balance", "separate": [], "asked": NOTHING_ASKED},
        issued_by=world.get("account"),
    ),
    "estimate_rule": lambda world: EstimateRule.objects.create(
        effective_from=dt.date(2000 + world.day, 1, 1),
        effective_to=dt.date(2000 + world.day, 12, 31),
        near_from_days=3,
        near_within_days=1,
        far_from_days=10,
        far_within_days=3,
        asked_within_days=3,
        dispute_over=400,
        dispute_days=120,
        dispute_where="www.example.org",
        most_months=12,
        source="test",
    ),
    "clinic": lambda world: world.clinic,
    "closure": lambda world: Closure.objects.create(
        clinic=world.clinic, starts_at=at(9), ends_at=at(12), reason="Holiday"
    ),
    "card_photo": lambda world: CardPhotoFactory(questionnaire=world.get("questionnaire")),
    "questionnaire": lambda world: QuestionnaireFactory(
        patient=world.get("patient"), status="sent_in", sent_in_at=at(8)
    ),
    "consent": lambda world: ConsentSignatureFactory(
        patient=world.get("patient"), version=world.get("version")
    ),
    "consent_form": lambda world: ConsentFormFactory(),
    "coverage": lambda world: CoverageFactory(
        patient=world.get("patient"), payer=world.get("payer")
    ),
    "entry": lambda world: str(TimedEntryFactory(visit=world.get("visit")).key),
    "episode": lambda world: EpisodeFactory(
        patient=world.get("patient"), therapist=world.therapist
    ),
    "equipment": lambda world: EquipmentFactory(clinic=world.clinic),
    "fee_schedule": lambda world: FeeSchedule.objects.create(
        name="Own list",
        payer=world.get("payer"),
        effective_from=dt.date(2020, 1, 1),
        source="test",
    ),
    "goal": lambda world: GoalFactory(episode=world.get("episode")),
    "group": lambda world: GroupFactory(
        therapist=world.therapist,
        clinic=world.clinic,
        starts_at=at(15, day=dt.date(2026, 3, world.day)),
    ),
    "home-answer": _home_answer,
    "home-program": lambda world: HomeProgramFactory(
        patient=world.get("patient"), made_by=world.therapist.user, version=2
    ),
    "home-program-item": lambda world: HomeProgramItemFactory(program=world.get("home-program")),
    "letter": lambda world: ProviderLetterFactory(
        note=world.get("note"), status="failed", problem="There is no such number."
    ),
    "kiosk": lambda world: KioskFactory(clinic=world.clinic),
    "import": lambda world: ImportFile.objects.create(
        clinic=world.clinic,
        name="patients.csv",
        sha256=f"{world.day}" * 64,
        header=["Last name", "DOB"],
        uploaded_by=world.get("account"),
    ),
    "import_row": lambda world: ImportRow.objects.create(
        file=world.get("import"),
        number=2,
        cells=["Okafor", "soon"],
        values={"last_name": "Okafor"},
        problems=[["DOB", "This is no date."]],
        taken=False,
    ),
    "message": lambda world: Message.objects.create(
        patient=world.get("patient"),
        kind="appointment.reminder",
        source_key=f"world:{world.day}",
        channel=Message.Channel.SMS,
        body="See you on Monday.",
        status=Message.Status.FAILED,
        problem="This is not a mobile number.",
    ),
    "message_template": lambda world: MessageTemplate.objects.get_or_create(
        kind="reminder",
        channel="sms",
        type=world.get("appointment_type"),
        defaults={"body": "See you on {day}."},
    )[0],
    "measure-result": lambda world: MeasureResultFactory(episode=world.get("episode")),
    "measure-request": lambda world: MeasureRequestFactory(episode=world.get("episode")),
    "note": lambda world: NoteFactory(visit=world.get("visit")),
    "note-version": _note_version,
    "code": lambda world: "0000-0000-0000-0000-0000",
    "partner": lambda world: TradingPartner.objects.create(
        name=f"Partner {world.day}", receiver_id="R", sender_id="S"
    ),
    "passkey": lambda world: NOBODYS,
    "patient": lambda world: PatientFactory(clinic=world.clinic),
    "payment": lambda world: DeskPaymentFactory(appointment=world.get("appointment")),
    "payer": lambda world: PayerFactory(),
    "plan": lambda world: PlanOfCareFactory(episode=world.get("episode")),
    "plan-sending": lambda world: PlanSendingFactory(
        plan=world.get("plan"), sent_by=world.therapist.user
    ),
    "plan-pdf": lambda world: PlanPdf.objects.create(sending=world.get("plan-sending")),
    "policy": lambda world: PayerPolicy.objects.create(
        payer=world.get("payer"),
        unit_rule="cms",
        effective_from=dt.date(2026, 1, 1),
        source="test",
    ),
    "referrer": lambda world: ReferringProviderFactory(),
    "merge": lambda world: MergeRecord.objects.create(
        kept=world.get("patient"), other=world.get("other_patient"), merged_by=world.get("account")
    ),
    "other_patient": lambda world: PatientFactory(clinic=world.clinic),
    "room": lambda world: RoomFactory(clinic=world.clinic),
    "series": _series,
    "therapist": lambda world: world.therapist,
    "session-aid": lambda world: SessionAidFactory(owner=world.therapist.user),
    "timer": lambda world: ServiceTimerFactory(visit=world.get("visit")),
    "version": lambda world: ConsentVersionFactory(form=world.get("consent_form")),
    "time_request": lambda world: TimeRequest.objects.create(
        appointment=world.get("appointment"), words="After school"
    ),
    "visit": lambda world: VisitFactory(
        episode=world.get("episode"), appointment=world.get("appointment")
    ),
    "wait_entry": lambda world: WaitListEntry.objects.create(
        patient=world.get("patient"), type=world.get("appointment_type")
    ),
}


def worlds() -> tuple[World, World, dict[str, Any]]:
    """A clinic with somebody of every role, and another clinic where none of them works."""
    PracticeFactory()
    here, elsewhere = ClinicFactory(), ClinicFactory()
    staff = {
        role: UserFactory(password=NO_PASSWORD, roles=[role], clinics=[here])
        for role in Role.values
    }
    therapist = TherapistFactory(user=staff[Role.THERAPIST])
    AssistantFactory(user=staff[Role.ASSISTANT], supervisor=therapist)
    StudentFactory(user=staff[Role.STUDENT], supervisor=therapist)
    colleague = TherapistFactory(
        user=UserFactory(password=NO_PASSWORD, roles=[Role.THERAPIST], clinics=[elsewhere])
    )
    return World(here, therapist, day=2), World(elsewhere, colleague, day=3), staff


def is_of_a_clinic(route: Route) -> bool:
    """Whether the address names a record of one clinic; what is unknown counts as one."""
    try:
        return not OF_A_CLINIC.isdisjoint(kinds_in(route).values())
    except AssertionError:
        return True


def kinds_in(route: Route) -> dict[str, str]:
    """What each argument of the route's address is; fails by the route's name when unknown."""
    kinds = {}
    for argument in route.arguments:
        before = re.search(rf"([a-z-]+)/(?:<\w+:|<|\(\?P<){argument}>", route.path)
        word = before[1] if before else ""
        own_name = re.sub(r"_?(id|pk)$", "", argument)
        kind = own_name or CALLED.get(word, word.removesuffix("s"))
        if kind not in MAKERS:
            raise AssertionError(
                f"{route.name} ({route.path}): nothing is known to fill {argument!r}; "
                "add its kind to MAKERS in tests/access_records.py"
            )
        kinds[argument] = kind
    return kinds


def path_of(route: Route, world: World | Nowhere) -> str:
    """The route's address with the ids of the world's records."""
    path = route.path
    for argument, kind in kinds_in(route).items():
        value = str(_id_of(world.get(kind)))
        path = re.sub(rf"<(?:\w+:)?{argument}>|\(\?P<{argument}>[^)]*\)", value, path)
    return path
