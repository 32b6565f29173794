"""Made-up rows of `documentation`: cases, visits, notes and what hangs on them."""

import datetime as dt
import uuid
from decimal import Decimal
from hashlib import sha256

import factory
from django.db import transaction
from django.utils import timezone

from documentation import plan_content
from documentation.frozen import sha256_of
from documentation.models import (
    Attachment,
    AttachmentFile,
    AttachmentThumbnail,
    Episode,
    EpisodeDiagnosis,
    Goal,
    HomeProgram,
    HomeProgramItem,
    MeasureRequest,
    MeasureResult,
    Note,
    PlanOfCare,
    PlanSending,
    ProcedureCode,
    ProviderLetter,
    ServiceTimer,
    SessionAid,
    TimedEntry,
    Visit,
)
from people.models import (
    Role,
)
from tests.factories.base import MONDAY, Rows, at
from tests.factories.people import (
    PatientFactory,
    ReferringProviderFactory,
    TherapistFactory,
    UserFactory,
)


class ProcedureCodeFactory(Rows):
    class Meta:
        model = ProcedureCode
        django_get_or_create = ("code",)

    code = "97110"
    label = "Therapeutic exercise"
    timed = True
    minutes_per_unit = 15
    disciplines = ["PT", "OT"]
    source = "test"


class EpisodeFactory(Rows):
    class Meta:
        model = Episode

    patient = factory.SubFactory(PatientFactory)
    clinic = factory.SelfAttribute("patient.clinic")
    title = "Balance after stroke"
    therapist = factory.SubFactory(TherapistFactory)
    referring_provider = factory.SubFactory(ReferringProviderFactory)
    started_on = dt.date(2026, 2, 23)


class EpisodeDiagnosisFactory(Rows):
    class Meta:
        model = EpisodeDiagnosis

    episode = factory.SubFactory(EpisodeFactory)
    position = 1
    code = "I69.354"
    label = "Hemiplegia after stroke, left side"


class GoalFactory(Rows):
    class Meta:
        model = Goal

    episode = factory.SubFactory(EpisodeFactory)
    text = "Walk 300 m outdoors without a device"
    due_on = dt.date(2026, 5, 1)


class MeasureResultFactory(Rows):
    """Berg 44 of 56, measured at the clinic."""

    class Meta:
        model = MeasureResult

    episode = factory.SubFactory(EpisodeFactory)
    measure = "berg"
    taken_on = MONDAY
    value = Decimal(44)
    answers = factory.LazyAttribute(lambda o: {"total": str(o.value)})
    recorded_by = factory.SubFactory(UserFactory)
    recorder_name = "Ada Reed"


class MeasureRequestFactory(Rows):
    class Meta:
        model = MeasureRequest

    episode = factory.SubFactory(EpisodeFactory)
    series = ["psfs", "pain.now"]
    asked_by = factory.SubFactory(UserFactory)


class PlanOfCareFactory(Rows):
    class Meta:
        model = PlanOfCare

    episode = factory.SubFactory(EpisodeFactory)
    starts_on = dt.date(2026, 2, 23)
    frequency_per_week = 2
    duration_weeks = 8
    interventions = "Neuromuscular re-education, gait training"
    # A day never stands without what it rests on.
    sent_proof = factory.LazyAttribute(lambda plan: "Fax receipt" if plan.sent_on else "")
    signed_by_name = factory.LazyAttribute(lambda plan: "Dr. Chen" if plan.signed_on else "")
    signed_proof = factory.LazyAttribute(
        lambda plan: "Paper, in the chart" if plan.signed_on else ""
    )
    sent_on = None
    signed_on = None


class PlanSendingFactory(Rows):
    class Meta:
        model = PlanSending

    plan = factory.SubFactory(PlanOfCareFactory)
    provider = factory.SelfAttribute("plan.episode.referring_provider")
    sent_by = factory.SubFactory(UserFactory)
    content = factory.LazyAttribute(
        lambda sending: plan_content.content_of(
            sending.plan, provider=sending.provider, by=sending.plan.episode.therapist
        )
    )
    content_sha256 = factory.LazyAttribute(lambda sending: sha256_of(sending.content))
    expires_at = factory.LazyFunction(lambda: timezone.now() + dt.timedelta(days=30))


class VisitFactory(Rows):
    class Meta:
        model = Visit

    episode = factory.SubFactory(EpisodeFactory)
    patient = factory.SelfAttribute("episode.patient")
    clinic = factory.SelfAttribute("patient.clinic")
    therapist = factory.SelfAttribute("episode.therapist")
    date_of_service = MONDAY
    place_of_service = "11"


class TimedEntryFactory(Rows):
    class Meta:
        model = TimedEntry

    visit = factory.SubFactory(VisitFactory)
    code = factory.SubFactory(ProcedureCodeFactory)
    minutes = 20


class SessionAidFactory(Rows):
    """A template of one service."""

    class Meta:
        model = SessionAid

    owner = factory.SubFactory(UserFactory, roles=[Role.THERAPIST])
    kind = "template"
    name = factory.Sequence(lambda n: f"Balance {n}")
    content = factory.LazyFunction(lambda: [{"code": "97110", "narrative": "Leg press"}])


class ServiceTimerFactory(Rows):
    """A timer that has been running since nine."""

    class Meta:
        model = ServiceTimer

    visit = factory.SubFactory(VisitFactory)
    entry = factory.LazyFunction(uuid.uuid4)
    code = factory.SubFactory(ProcedureCodeFactory)
    furnished_by = factory.SelfAttribute("visit.therapist")
    one_on_one = True
    started_at = factory.LazyFunction(lambda: at(9))
    started_by = factory.SelfAttribute("furnished_by.user")


class NoteFactory(Rows):
    class Meta:
        model = Note

    visit = factory.SubFactory(VisitFactory)


class ProviderLetterFactory(Rows):
    """A fax that waits."""

    class Meta:
        model = ProviderLetter

    kind = "progress"
    note = factory.SubFactory(NoteFactory)
    patient = factory.SelfAttribute("note.visit.patient")
    provider = factory.SubFactory(ReferringProviderFactory, fax="+15035550177")
    channel = "fax"
    to = factory.SelfAttribute("provider.fax")
    content_sha256 = "0" * 64
    source_key = factory.Sequence(lambda n: f"letter:{n}")


class HomeProgramFactory(Rows):
    """A draft; `home_programs.give` puts it into the patient's hands."""

    class Meta:
        model = HomeProgram

    patient = factory.SubFactory(PatientFactory)
    made_by = factory.SubFactory(UserFactory, roles=[Role.THERAPIST])


class HomeProgramItemFactory(Rows):
    class Meta:
        model = HomeProgramItem

    program = factory.SubFactory(HomeProgramFactory)
    position = 1
    exercise = "bridge"
    sets = 3
    reps = 10
    times_a_day = 1
    days_a_week = 7


class AttachmentFactory(Rows):
    """A document with its bytes (`content`) and a thumbnail that waits."""

    class Meta:
        model = Attachment

    content = factory.Sequence(lambda n: f"%PDF-1.7 paper {n}".encode())
    patient = factory.SubFactory(PatientFactory)
    kind = "referral"
    title = "Referral"
    content_type = "application/pdf"
    sha256 = factory.LazyAttribute(lambda row: sha256(row.content).hexdigest())
    size = factory.LazyAttribute(lambda row: len(row.content))
    uploaded_by = factory.SubFactory(UserFactory)

    @classmethod
    def _create(cls, model_class, *args, content, **values):
        with transaction.atomic():  # at its end there must be bytes
            attachment = super()._create(model_class, *args, **values)
            AttachmentFile.objects.create(attachment=attachment, content=content)
            AttachmentThumbnail.objects.create(attachment=attachment)
        return attachment
