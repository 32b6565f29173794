"""What stands in the CSV files of scheduling's lists."""

from __future__ import annotations

from typing import Any

from people.exports import Columns
from scheduling.models import Appointment
from web.templatetags.pt import clinic_time, phone


def _call_number(row: Appointment) -> str:
    return phone(row.patient.mobile_phone or row.patient.home_phone)


def _joined(rows: Any) -> str:
    return ", ".join(str(row) for row in rows)


APPOINTMENTS: Columns = (
    ("Starts at", lambda row: clinic_time(row.starts_at, row.clinic)),
    ("Minutes", lambda row: row.minutes),
    ("Patient", lambda row: row.patient.list_name),
    ("MRN", lambda row: row.patient.mrn),
    ("Type", lambda row: row.type),
    ("Therapist", lambda row: row.therapist),
    ("Clinic", lambda row: row.clinic),
    ("Room", lambda row: row.room),
    ("Status", lambda row: row.get_status_display()),
    ("Reason", lambda row: row.cancel_reason),
    ("Note", lambda row: row.remark),
)

DAY: Columns = (*APPOINTMENTS, ("Telephone", _call_number))

MISSED: Columns = (
    *APPOINTMENTS,
    ("Late cancellation", lambda row: row.was_late_cancel),
    ("Proposed fee", lambda row: row.proposed_fee),
)

OVER_BUDGET: Columns = (
    *APPOINTMENTS,
    ("Authorization", lambda row: row.authorization),
    ("Payer", lambda row: row.authorization and row.authorization.coverage.payer),
    ("Over budget because", lambda row: row.over_budget_reason),
    ("Booked over budget by", lambda row: row.over_budget_by or "The patient"),
    ("Booked over budget at", lambda row: clinic_time(row.over_budget_at, row.clinic)),
)

AUTHORIZATIONS: Columns = (
    ("Patient", lambda row: row.authorization.coverage.patient.list_name),
    ("MRN", lambda row: row.authorization.coverage.patient.mrn),
    ("Clinic", lambda row: row.authorization.coverage.patient.clinic),
    ("Authorization", lambda row: row.authorization.number),
    ("Payer", lambda row: row.authorization.coverage.payer),
    ("Codes", lambda row: _joined(row.authorization.codes)),
    ("From", lambda row: row.authorization.starts_on),
    ("Until", lambda row: row.authorization.ends_on),
    ("Visits approved", lambda row: row.budget.grant.visits),
    ("Visits used", lambda row: row.budget.visits_used),
    ("Visits booked", lambda row: row.budget.visits_booked),
    ("Visits left", lambda row: row.budget.visits_left),
    ("Units approved", lambda row: row.budget.grant.units),
    ("Units used", lambda row: row.budget.units_used),
    ("Units booked", lambda row: row.budget.units_booked),
    ("Units left", lambda row: row.budget.units_left),
    ("Runs out on", lambda row: row.budget.runs_out_on),
    ("Standing", lambda row: str(row.budget.standing)),
    ("Plan of care until", lambda row: row.plan_ends_on),
)

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

WAIT_LIST: Columns = (
    ("Patient", lambda row: row.patient.list_name),
    ("MRN", lambda row: row.patient.mrn),
    ("Type", lambda row: row.type),
    ("Priority", lambda row: row.get_priority_display()),
    ("Therapists", lambda row: _joined(row.therapists.all())),
    ("Clinics", lambda row: _joined(row.clinics.all()) or row.patient.clinic),
    ("Weekdays", lambda row: _joined(DAYS[day] for day in row.weekdays)),
    ("Not before", lambda row: row.from_time),
    ("Not after", lambda row: row.to_time),
    ("From", lambda row: row.earliest_on),
    ("Until", lambda row: row.latest_on),
    ("Notice, hours", lambda row: row.notice_hours),
    ("Note", lambda row: row.remark),
    ("Status", lambda row: row.get_status_display()),
    ("Waits since", lambda row: clinic_time(row.made_at, row.patient.clinic)),
)

TAKINGS: Columns = (
    ("Receipt", lambda row: row),
    ("Patient", lambda row: row.patient.list_name),
    ("MRN", lambda row: row.patient.mrn),
    ("For", lambda row: row.get_kind_display()),
    ("By", lambda row: row.get_method_display()),
    ("Reference", lambda row: row.reference),
    ("At", lambda row: clinic_time(row.taken_at, row.clinic)),
    ("Taken by", lambda row: row.taken_by),
    ("Amount", lambda row: row.amount),
    ("Reverses", lambda row: row.reverses),
)


CALLS: Columns = (
    ("Starts at", lambda row: clinic_time(row["appointment"].starts_at, row["appointment"].clinic)),
    ("Patient", lambda row: row["appointment"].patient.list_name),
    ("MRN", lambda row: row["appointment"].patient.mrn),
    ("Telephone", lambda row: _call_number(row["appointment"])),
    ("Why", lambda row: row["why"]),
    ("Status", lambda row: row["appointment"].get_status_display()),
    ("Last call", lambda row: row["call"] and row["call"].get_outcome_display()),
    (
        "Called at",
        lambda row: row["call"] and clinic_time(row["call"].called_at, row["appointment"].clinic),
    ),
    ("Called by", lambda row: row["call"] and row["call"].called_by),
)
