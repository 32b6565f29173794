"""Where billing's pages stand in the navigation, the palette and other apps' pages."""

from people.access import READS_CHARTS, SEES_CARDS
from people.models import Role
from people.verification import register as verify
from web.navigation import Panel, Place, add, add_panel, add_patient_tab

SEES_CLAIMS = (Role.OWNER, Role.BILLER, Role.AUDITOR)
SEES_NOTICES = (
    Role.OWNER,
    Role.FRONT_DESK,
    Role.BILLER,
    Role.THERAPIST,
    Role.ASSISTANT,
    Role.AUDITOR,
)


def register() -> None:
    from billing import paper_kinds, verification  # noqa: PLC0415 -- app ready

    for order, label, url_name, icon, words in (
        (30, "Claims", "billing:claims", "file-invoice", "work list scrub release"),
        (31, "Claim files", "billing:batches", "files", "batches 837P export"),
        (
            32,
            "Paper claims",
            "billing:paper-batches",
            "mailbox",
            "CMS-1500 print mail copies HCFA",
        ),
        (32, "Replies", "billing:replies", "mail-opened", "999 277CA TA1 rejected accepted"),
        (33, "Payer policies", "billing:policies", "building-bank", "rules modifiers partners"),
        (35, "Rule data", "billing:rule-data", "database", "NCCI MUE RVU GPCI KX thresholds"),
        (
            36,
            "Form printers",
            "billing:form-printers",
            "printer",
            "CMS-1500 paper alignment offset",
        ),
        (34, "Fees", "billing:fees", "receipt-2", "charges schedule"),
    ):
        add(
            Place(
                label,
                url_name,
                icon,
                roles=SEES_CLAIMS,
                order=order,
                group="Billing",
                keywords=words,
            )
        )
    add(
        Place(
            "What-if",
            "billing:what-if",
            "calculator",
            roles=READS_CHARTS,
            order=32,
            group="Billing",
            keywords="units explain eight minute rule",
        )
    )
    add_patient_tab(
        Place(
            "Claims",
            "billing:patient-claims",
            "file-invoice",
            roles=READS_CHARTS,
            order=40,
            also=("billing:packets", "billing:patient-packets"),
        )
    )
    add_patient_tab(
        Place(
            "Self-pay",
            "billing:patient-self-pay",
            "receipt",
            roles=SEES_CARDS,
            order=42,
            also=(
                "billing:superbill-new",
                "billing:superbill-take-back",
                "billing:estimate-new",
                "billing:estimate-renew",
            ),
        )
    )
    add(
        Place(
            "Estimates",
            "billing:estimates",
            "file-dollar",
            roles=SEES_CARDS,
            order=44,
            group="Front desk",
            keywords="good faith estimate self-pay superbill no surprises",
            badge="billing:estimates-badge",
        )
    )
    add_patient_tab(
        Place("Medicare", "billing:patient-medicare", "shield-check", roles=SEES_NOTICES, order=45)
    )
    add_panel(Panel("session-header", "billing:visit-units", roles=READS_CHARTS, order=10))
    verify("files that left the house", verification.changed_files)
    verify("released claims", verification.changed_versions)
    verify("audit packets", verification.changed_packets)
    verify("claims on paper", verification.changed_paper_batches)
    verify("superbills and estimates", verification.changed_bills)
    add_panel(Panel("case", "billing:packets-panel", roles=SEES_CLAIMS))
    paper_kinds.register_own()
