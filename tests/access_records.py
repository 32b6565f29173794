"""One record of each kind, in two clinics, for the walk over every route.

A new kind of record is added to `MAKERS`, here or in access_billing.py.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from factory import Transformer

from documentation import amending, home_programs
from documentation.frozen import content_of, signer_of
from documentation.models import HomeAnswer, Note, NoteVersion, PlanPdf
from people.models import Clinic, ImportFile, ImportRow, MergeRecord, Message, Role
from scheduling.models import Closure, MessageTemplate, Series, TimeRequest, WaitListEntry
from tests import access_billing
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
NOBODYS = 0  # the id of no record: a person's own passkeys cannot be walked


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
    "passkey": lambda world: NOBODYS,
    "patient": lambda world: PatientFactory(clinic=world.clinic),
    "payment": lambda world: DeskPaymentFactory(appointment=world.get("appointment")),
    "payer": lambda world: PayerFactory(),
    "plan": lambda world: PlanOfCareFactory(episode=world.get("episode")),
    "plan-sending": lambda world: PlanSendingFactory(
        plan=world.get("plan"), sent_by=world.therapist.user
    ),
    "plan-pdf": lambda world: PlanPdf.objects.create(sending=world.get("plan-sending")),
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
} | access_billing.MAKERS


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
