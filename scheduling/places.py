"""Where scheduling's pages stand in the navigation and among the patient's tabs."""

from people import outbox
from people.access import ANY_STAFF, DESK, SEES_CARDS
from people.models import Role
from scheduling import wait_offers
from scheduling.access import BOOKS, SEES_MONEY, SETS_UP
from web import navigation
from web.navigation import Panel, Place

PRACTICE = "Practice"
TREATS = (Role.THERAPIST, Role.ASSISTANT, Role.STUDENT)
LOOKS_ON = (Role.BILLER, Role.AUDITOR)  # the Day is not where their morning begins
OF_THE_DAY = (
    "scheduling:check-in",
    "scheduling:check-in-details",
    "scheduling:appointment",
    "scheduling:book",
    "scheduling:move",
    "scheduling:cancel",
    "scheduling:day-print",
    "scheduling:week",
    "scheduling:month",
)


def register() -> None:
    outbox.ask_before_sending(wait_offers.KIND, wait_offers.why_not_send)
    for place in (
        Place(
            "Day",
            "scheduling:day",
            "calendar",
            BOOKS,
            order=30,
            group="Front desk",
            keywords="schedule calendar appointments today",
            also=OF_THE_DAY,
        ),
        Place(
            "Day",
            "scheduling:day",
            "calendar",
            LOOKS_ON,
            order=80,
            group="Front desk",
            keywords="schedule calendar appointments today",
            also=OF_THE_DAY,
        ),
        Place(
            "Week",
            "scheduling:week",
            "calendar-week",
            ANY_STAFF,
            keywords="schedule calendar therapist",
        ),
        Place(
            "Month",
            "scheduling:month",
            "calendar-month",
            ANY_STAFF,
            keywords="schedule calendar overview free hours",
        ),
        Place(
            "Print the day sheet",
            "scheduling:day-print",
            "printer",
            ANY_STAFF,
            keywords="paper schedule",
        ),
        Place(
            "Book an appointment",
            "scheduling:book",
            "calendar-plus",
            BOOKS,
            keywords="new schedule",
        ),
        Place(
            "Authorizations",
            "scheduling:authorizations",
            "shield-check",
            SEES_CARDS,
            order=48,
            group="Front desk",
            keywords="visits left budget run out over",
            also=("scheduling:over-budget",),
        ),
        Place(
            "Wait list",
            "scheduling:wait-list",
            "hourglass-high",
            BOOKS,
            order=36,
            group="Front desk",
            keywords="waiting earlier time cancellation offer",
            also=(
                "scheduling:wait-entry",
                "scheduling:wait-edit",
                "scheduling:wait-new",
                "scheduling:wait-who",
                "scheduling:wait-matches",
            ),
        ),
        Place(
            "Over budget",
            "scheduling:over-budget",
            "alert-triangle",
            SEES_CARDS,
            keywords="authorizations visits spent reason",
        ),
        Place(
            "Warnings and offers",
            "scheduling:budget-rules",
            "adjustments",
            SETS_UP,
            order=98,
            group=PRACTICE,
            keywords="authorizations few visits ends soon wait list rules",
        ),
        Place(
            "Find a time",
            "scheduling:find-a-time",
            "calendar-search",
            BOOKS,
            order=32,
            group="Front desk",
            keywords="free slots next appointment availability",
        ),
        Place(
            "New series",
            "scheduling:series-new",
            "calendar-repeat",
            BOOKS,
            keywords="several visits a week plan book",
            also=(
                "scheduling:series",
                "scheduling:series-change",
                "scheduling:series-cancel",
            ),
        ),
        Place(
            "Calls",
            "scheduling:calls",
            "phone-outgoing",
            DESK,
            order=43,
            group="Front desk",
            keywords="call list tomorrow remind telephone",
        ),
        Place(
            "Requests",
            "scheduling:time-requests",
            "calendar-time",
            DESK,
            order=44,
            group="Front desk",
            keywords="another time patients asked move",
        ),
        Place(
            "Reminders",
            "scheduling:templates",
            "bell",
            SETS_UP,
            order=99,
            group=PRACTICE,
            keywords="messages words templates quiet hours sms e-mail confirmation",
            also=(
                "scheduling:template-new",
                "scheduling:template-edit",
                "scheduling:reminder-rules",
            ),
        ),
        Place(
            "Takings",
            "scheduling:takings",
            "cash",
            SEES_MONEY,
            order=46,
            group="Front desk",
            keywords="copay cash drawer receipts payments day end",
            also=("scheduling:payment", "scheduling:payment-reverse"),
        ),
        Place(
            "Fees to decide",
            "scheduling:fees-to-decide",
            "receipt-dollar",
            DESK,
            order=47,
            group="Front desk",
            keywords="no-show late cancel charge waive",
            also=("scheduling:fee",),
        ),
        Place(
            "Kiosks",
            "scheduling:kiosks",
            "device-tablet",
            DESK,
            order=49,
            group="Front desk",
            keywords="waiting room tablet check in arrive",
        ),
        Place(
            "Desk rules",
            "scheduling:desk-rules",
            "user-x",
            SETS_UP,
            order=98,
            group=PRACTICE,
            keywords="no-show late cancel fee notice kiosk",
            also=("scheduling:desk-rules-edit",),
        ),
        Place(
            "Working hours",
            "scheduling:hours",
            "clock",
            SETS_UP,
            order=94,
            group=PRACTICE,
            keywords="weekly schedule therapists",
            also=("scheduling:hours-edit",),
        ),
        Place(
            "Closures",
            "scheduling:closures",
            "calendar-off",
            SETS_UP,
            order=95,
            group=PRACTICE,
            keywords="holidays away leave closed",
            also=("scheduling:closure-new", "scheduling:closure-edit"),
        ),
        Place(
            "Appointment types",
            "scheduling:types",
            "tags",
            SETS_UP,
            order=96,
            group=PRACTICE,
            keywords="lengths colors evaluation follow-up",
            also=("scheduling:type-new", "scheduling:type-edit"),
        ),
        Place(
            "Rooms",
            "scheduling:rooms",
            "door",
            SETS_UP,
            order=97,
            group=PRACTICE,
            keywords="bays gym",
            also=("scheduling:room-new", "scheduling:room-edit"),
        ),
        Place(
            "Equipment",
            "scheduling:equipment",
            "treadmill",
            SETS_UP,
            order=98,
            group=PRACTICE,
            keywords="treadmill harness machines pieces",
            also=("scheduling:equipment-new", "scheduling:equipment-edit"),
        ),
    ):
        navigation.add(place)
    navigation.add_panel(Panel("coverage", "scheduling:coverage-budget", ANY_STAFF))
    navigation.add_patient_tab(
        Place(
            "Appointments",
            "scheduling:patient-appointments",
            "calendar",
            ANY_STAFF,
            order=15,
        )
    )
    navigation.add_panel(Panel("appointment-card", "scheduling:appointment-intake", DESK, order=60))
    navigation.add_panel(
        Panel("appointment-card", "scheduling:appointment-messages", ANY_STAFF, order=70)
    )
    navigation.add_panel(Panel("account", "scheduling:feed", TREATS))
    navigation.add_panel(Panel("staff-account", "scheduling:feed", (Role.OWNER,)))
