"""What stands in the CSV files of people's lists."""

from __future__ import annotations

from typing import Any

from people.exports import Columns
from web.templatetags.pt import phone

PATIENTS: Columns = (
    ("Last name", lambda row: row.last_name),
    ("First name", lambda row: row.first_name),
    ("Preferred name", lambda row: row.preferred_name),
    ("Birth date", lambda row: row.birth_date),
    ("MRN", lambda row: row.mrn),
    ("Mobile phone", lambda row: phone(row.mobile_phone)),
    ("Home phone", lambda row: phone(row.home_phone)),
    ("Clinic", lambda row: row.clinic),
    ("Died on", lambda row: row.deceased_on),
)

PAYERS: Columns = (
    ("Name", lambda row: row.name),
    ("Kind", lambda row: row.get_kind_display()),
    ("Payer ID", lambda row: row.edi_payer_id),
    ("Filing code", lambda row: row.claim_filing_code),
    ("Telephone", lambda row: phone(row.phone)),
    ("Offered", lambda row: row.is_active),
)

REFERRERS: Columns = (
    ("Name", lambda row: row),
    ("NPI", lambda row: row.npi),
    ("Telephone", lambda row: phone(row.phone)),
    ("Fax", lambda row: phone(row.fax)),
    ("E-mail", lambda row: row.email),
    ("Letters by", lambda row: row.get_channel_display()),
    ("City", lambda row: row.city),
    ("State", lambda row: row.state),
    ("In use", lambda row: row.is_active),
)


def _clinics(row: dict[str, Any]) -> str:
    account = row["account"]
    if account.sees_all_clinics:
        return "every clinic"
    return ", ".join(str(clinic) for clinic in account.clinics.all())


STAFF: Columns = (
    ("Name", lambda row: row["account"]),
    ("E-mail", lambda row: row["account"].email),
    ("Credential", lambda row: row["therapist"] and row["therapist"].credential),
    ("Roles", lambda row: ", ".join(row["roles"])),
    ("Clinics", _clinics),
    ("License state", lambda row: row["therapist"] and row["therapist"].licence_state),
    ("License", lambda row: row["therapist"] and row["therapist"].licence_number),
    ("License until", lambda row: row["therapist"] and row["therapist"].may_treat_until),
    ("Last log-in", lambda row: row["account"].last_login and row["account"].last_login.date()),
    ("Active", lambda row: row["account"].is_active),
)
