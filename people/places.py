"""Where people's pages stand in the navigation, and what this app has verified."""

from people import consents, verification
from people.access import ANY_STAFF, DESK, OVERSIGHT, READS_INTAKES, SEES_CARDS
from people.models import Role
from web import navigation
from web.navigation import Place

PRACTICE = "Practice"


def register() -> None:
    verification.register("audit line", verification.broken_audit_line)
    verification.register("signed consents", consents.changed_signatures)
    for place in (
        Place(
            "Patients",
            "people:patients",
            "users",
            ANY_STAFF,
            order=40,
            group="Front desk",
            keywords="search find",
            also=("people:patient", "people:patient-new", "people:patient-edit"),
        ),
        Place(
            "Messages",
            "people:messages",
            "messages",
            DESK,
            order=42,
            group="Front desk",
            keywords="text sms e-mail reminders failed",
            badge="people:messages-badge",
        ),
        Place(
            "Possible duplicates",
            "people:duplicates",
            "users",
            DESK,
            keywords="merge twice same person",
            also=("people:merge",),
        ),
        Place(
            "Import patients",
            "people:imports",
            "table-import",
            DESK,
            keywords="csv upload file migrate another system",
            also=("people:import",),
        ),
        Place("New patient", "people:patient-new", "user-plus", DESK, keywords="register intake"),
        Place(
            "Referring providers",
            "people:referrers",
            "stethoscope",
            ANY_STAFF,
            order=45,
            group="Front desk",
            keywords="physician doctor npi",
            also=("people:referrer-new", "people:referrer-edit"),
        ),
        Place(
            "Payers",
            "people:payers",
            "building-bank",
            SEES_CARDS,
            order=75,
            group="Billing",
            keywords="insurance insurer",
            also=("people:payer-new", "people:payer-edit"),
        ),
        Place(
            "Staff",
            "people:staff",
            "id-badge-2",
            OVERSIGHT,
            order=90,
            group=PRACTICE,
            keywords="accounts roles license",
            also=("people:account-new", "people:account-edit"),
        ),
        Place(
            "Clinics",
            "people:clinics",
            "map-pin",
            OVERSIGHT,
            order=91,
            group=PRACTICE,
            keywords="locations hours",
            also=("people:clinic-new", "people:clinic-edit"),
        ),
        Place(
            "Practice",
            "people:practice",
            "building",
            OVERSIGHT,
            order=92,
            group=PRACTICE,
            keywords="set-up npi ein pay-to",
            also=("people:practice-edit",),
        ),
        Place(
            "Intakes to review",
            "people:questionnaires",
            "clipboard-text",
            DESK,
            order=44,
            group="Front desk",
            keywords="questionnaire first visit new patient form",
            also=("people:questionnaire", "people:questionnaire-card"),
            badge="people:questionnaires-waiting",
        ),
        Place(
            "Consent forms",
            "people:consent-forms",
            "writing-sign",
            OVERSIGHT,
            order=92,
            group=PRACTICE,
            keywords="agreements signatures privacy wording",
            also=(
                "people:consent-form-new",
                "people:consent-form-edit",
                "people:consent-version-new",
            ),
        ),
        Place(
            "Audit",
            "people:audit",
            "history",
            OVERSIGHT,
            order=93,
            group=PRACTICE,
            keywords="who did what log chain",
        ),
        Place("New staff account", "people:account-new", "user-plus", (Role.OWNER,)),
    ):
        navigation.add(place)
    navigation.add_patient_tab(
        Place(
            "Overview",
            "people:patient",
            "user",
            ANY_STAFF,
            order=10,
            also=("people:coverage-new", "people:coverage-edit"),
        )
    )
    navigation.add_patient_tab(
        Place(
            "Consents",
            "people:patient-consents",
            "writing-sign",
            ANY_STAFF,
            order=20,
            also=("people:consent-sign", "people:consent"),
        )
    )
    navigation.add_patient_tab(
        Place("Messages", "people:patient-messages", "messages", DESK, order=70)
    )
    navigation.add_patient_tab(
        Place(
            "Intake",
            "people:patient-intake",
            "clipboard-text",
            READS_INTAKES,
            order=12,
            also=("people:questionnaire", "people:questionnaire-card"),
        )
    )
