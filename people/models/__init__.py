"""Who: the practice, its staff, its patients, their payers, and the line of who did what."""

from people.models.api import ApiToken, IdempotentAnswer
from people.models.audit import AuditEvent
from people.models.consent import ConsentForm, ConsentSignature, ConsentVersion
from people.models.coverage import Authorization, Coverage
from people.models.imported import ImportFile, ImportRow
from people.models.link import PatientLink
from people.models.merge import MergeRecord, NotSamePerson
from people.models.message import Message, MessageStop
from people.models.patient import Patient
from people.models.payer import Payer, ReferringProvider
from people.models.practice import Clinic, Practice, practice_zone
from people.models.questionnaire import CardPhoto, Questionnaire
from people.models.staff import Role, Therapist, User

__all__ = [
    "ApiToken",
    "AuditEvent",
    "Authorization",
    "CardPhoto",
    "Clinic",
    "ConsentForm",
    "ConsentSignature",
    "ConsentVersion",
    "Coverage",
    "IdempotentAnswer",
    "ImportFile",
    "ImportRow",
    "MergeRecord",
    "Message",
    "MessageStop",
    "NotSamePerson",
    "Patient",
    "PatientLink",
    "Payer",
    "Practice",
    "Questionnaire",
    "ReferringProvider",
    "Role",
    "Therapist",
    "User",
    "practice_zone",
]
