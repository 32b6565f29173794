"""What happened: cases and plans of care, visits and their services, notes that never change."""

from documentation.models.amendment import Amendment, NoteVersion, NoteVersionPdf
from documentation.models.attachment import Attachment, AttachmentFile, AttachmentThumbnail
from documentation.models.case import (
    Episode,
    EpisodeDiagnosis,
    Goal,
    PlanOfCare,
    ProcedureCode,
)
from documentation.models.home_program import (
    HomeAnswer,
    HomeProgram,
    HomeProgramItem,
    HomeProgramPdf,
    HomeProgramTemplate,
)
from documentation.models.lead_times import LeadTimes
from documentation.models.letter import LetterSettings, ProviderLetter
from documentation.models.measure import CaseGroup, MeasureRequest, MeasureResult
from documentation.models.note import Addendum, Note, NotePdf
from documentation.models.plan import PlanPdf, PlanSending
from documentation.models.session_aids import SessionAid, SessionPreferences
from documentation.models.timer import ServiceTimer
from documentation.models.visit import Draft, ServiceEntry, TimedEntry, Visit

__all__ = [
    "Addendum",
    "Amendment",
    "Attachment",
    "AttachmentFile",
    "AttachmentThumbnail",
    "CaseGroup",
    "Draft",
    "Episode",
    "EpisodeDiagnosis",
    "Goal",
    "HomeAnswer",
    "HomeProgram",
    "HomeProgramItem",
    "HomeProgramPdf",
    "HomeProgramTemplate",
    "LeadTimes",
    "LetterSettings",
    "MeasureRequest",
    "MeasureResult",
    "Note",
    "NotePdf",
    "NoteVersion",
    "NoteVersionPdf",
    "PlanOfCare",
    "PlanPdf",
    "PlanSending",
    "ProcedureCode",
    "ProviderLetter",
    "ServiceEntry",
    "ServiceTimer",
    "SessionAid",
    "SessionPreferences",
    "TimedEntry",
    "Visit",
]
