"""Where documentation's pages stand in the navigation, the palette and the patient's tabs."""

from people.access import ANY_STAFF, CLINICAL, READS_CHARTS, WRITES_TO_PROVIDERS
from people.models import Role
from people.verification import register as verify
from web.navigation import Panel, Place, add, add_panel, add_patient_tab


def register() -> None:
    from documentation import (  # noqa: PLC0415 -- app ready
        note_letters,
        paper_kinds,
        plan_letters,
        verification,
    )

    add(
        Place(
            "Co-sign",
            "documentation:cosign",
            "writing-sign",
            roles=(Role.OWNER, Role.THERAPIST),
            order=22,
            group="Clinic",
            keywords="assistant student notes waiting for a co-signature",
            badge="documentation:cosign-badge",
        )
    )
    add(
        Place(
            "Unsigned notes",
            "documentation:unsigned",
            "pencil-exclamation",
            roles=READS_CHARTS,
            order=23,
            group="Clinic",
            keywords="late missing signature overdue",
            badge="documentation:unsigned-badge",
        )
    )
    add(
        Place(
            "Compliance",
            "documentation:compliance",
            "clipboard-check",
            roles=READS_CHARTS,
            order=24,
            group="Clinic",
            keywords="due certification recertification progress report license plan of care",
            badge="documentation:compliance-badge",
        )
    )
    add(
        Place(
            "Lead times",
            "documentation:lead-times",
            "adjustments",
            roles=(Role.OWNER,),
            order=99,
            group="Practice",
            keywords="compliance soon progress report renewal license warnings",
        )
    )
    note_letters.register()
    plan_letters.register()
    add(
        Place(
            "Letters",
            "documentation:letters",
            "mail-forward",
            roles=(*WRITES_TO_PROVIDERS, Role.AUDITOR),
            order=43,
            group="Front desk",
            keywords="fax e-mail referring provider physician progress report sent failed",
            badge="documentation:letters-badge",
        )
    )
    add(
        Place(
            "How letters leave",
            "documentation:letter-settings",
            "mail-cog",
            roles=(Role.OWNER,),
            order=94,
            group="Practice",
            keywords="fax service gateway e-mail folder progress reports by themselves",
        )
    )
    paper_kinds.register_own()
    add(
        Place(
            "PDFs",
            "documentation:papers",
            "file-type-pdf",
            roles=READS_CHARTS,
            order=28,
            group="Clinic",
            keywords="paper print jobs failed waiting hand-out packet",
            badge="documentation:papers-badge",
        )
    )
    add_patient_tab(
        Place(
            "Chart",
            "documentation:chart",
            "notes",
            roles=READS_CHARTS,
            order=20,
            also=(
                "documentation:note",
                "documentation:note-version",
                "documentation:episode",
                "documentation:flowsheet",
                "documentation:episode-new",
                "documentation:episode-edit",
                "documentation:goal",
                "documentation:goal-new",
                "documentation:plan",
                "documentation:plan-new",
                "documentation:plan-send",
                "documentation:plan-paper",
                "documentation:plan-link-shown",
            ),
        )
    )
    add_patient_tab(
        Place(
            "Home program",
            "documentation:home-program",
            "home-heart",
            roles=READS_CHARTS,
            order=25,
            also=("documentation:home-program-edit",),
        )
    )
    add_patient_tab(
        Place(
            "Measures",
            "documentation:measures",
            "chart-line",
            roles=READS_CHARTS,
            order=22,
            also=("documentation:measure-new", "documentation:measure-result"),
        )
    )
    add_patient_tab(
        Place(
            "Documents",
            "documentation:attachments",
            "files",
            roles=ANY_STAFF,
            order=28,
            also=(
                "documentation:attachment",
                "documentation:attachment-upload",
                "documentation:attachment-remove",
            ),
        )
    )
    add_panel(
        Panel("patient-overview", "documentation:home-program-panel", roles=READS_CHARTS, order=20)
    )
    add_panel(Panel("session-side", "documentation:home-program-panel", roles=CLINICAL))
    add_panel(Panel("session-side", "documentation:flowsheet-panel", roles=CLINICAL, order=60))
    verify("signed notes", verification.changed_notes)
    verify("amended notes", verification.changed_versions)
    verify("addenda", verification.changed_addenda)
    verify("PDFs of notes", verification.changed_pdfs)
    verify("hand-outs", verification.changed_handouts)
    verify("plans of care", verification.changed_plans)
    verify("PDFs of plans", verification.changed_plan_pdfs)
    verify("documents", verification.changed_attachments)
    register_session_places()


def register_session_places() -> None:
    """The places of the pages on which a visit is logged."""
    add(
        Place(
            "Today",
            "documentation:today",
            "calendar-user",
            roles=CLINICAL,
            order=20,
            group="Clinic",
            keywords="my visits notes to sign session",
            also=("documentation:session",),
        )
    )
    add(
        Place(
            "Favorites and templates",
            "documentation:session-aids",
            "star",
            roles=CLINICAL,
            order=24,
            keywords="session phrases services timers forgotten",
        )
    )
    add_panel(Panel("appointment-card", "documentation:appointment-panel", roles=CLINICAL))
    add_panel(Panel("patient-overview", "documentation:patient-panel", roles=CLINICAL, order=10))
