"""What stands in the CSV files of documentation's lists."""

from __future__ import annotations

from people.exports import Columns

DUE: Columns = (
    ("What", lambda row: row.label),
    ("How pressing", lambda row: row.clock.urgency.label),
    ("Due on", lambda row: row.clock.due_on),
    ("Patient", lambda row: row.episode.patient.list_name if row.episode else ""),
    ("MRN", lambda row: row.episode.patient.mrn if row.episode else ""),
    ("Case", lambda row: row.episode.title if row.episode else ""),
    ("Therapist", lambda row: row.episode.therapist if row.episode else row.therapist),
    ("What to do", lambda row: row.clock.words),
    ("Source", lambda row: row.clock.source),
)
