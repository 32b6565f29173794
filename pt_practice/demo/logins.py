"""Who may log in to the demo clinic. Never loaded into a clinic with real patients."""

PASSWORD = "riverbend-demo-2026"  # noqa: S105 -- of a made-up clinic, printed at start-up

# e-mail, first name, last name, roles, credential, clinics (0 Riverbend, 1 Hawthorne)
STAFF = [
    ("owner@riverbend.example", "Maya", "Lindqvist", ["owner"], "", [0, 1]),
    ("desk@riverbend.example", "Tomas", "Alvarez", ["front_desk"], "", [0, 1]),
    ("desk2@riverbend.example", "Joan", "Whitaker", ["front_desk"], "", [1]),
    ("biller@riverbend.example", "Renée", "Duval", ["biller"], "", [0, 1]),
    ("auditor@riverbend.example", "Henrik", "Olsen", ["auditor"], "", [0, 1]),
    ("priya@riverbend.example", "Priya", "Stone", ["therapist"], "PT", [0]),
    ("daniel@riverbend.example", "Daniel", "Kowalski", ["therapist"], "PT", [0]),
    ("amara@riverbend.example", "Amara", "Osei", ["therapist"], "PT", [0]),
    ("lucia@riverbend.example", "Lucía", "Fernández", ["therapist"], "OT", [0]),
    ("ben@riverbend.example", "Ben", "Nakamura", ["therapist"], "PT", [1]),
    ("claire@riverbend.example", "Claire", "Moreau", ["therapist"], "PT", [1]),
    ("jordan@riverbend.example", "Jordan", "Ellis", ["assistant"], "PTA", [0]),
    ("sofia@riverbend.example", "Sofia", "Rossi", ["assistant"], "PTA", [1]),
    ("student@riverbend.example", "Elena", "Petrov", ["student"], "", [0]),
]

SHOWN = {
    "owner@riverbend.example": "owner",
    "desk@riverbend.example": "front desk",
    "priya@riverbend.example": "therapist",
    "jordan@riverbend.example": "assistant",
    "student@riverbend.example": "student",
    "biller@riverbend.example": "biller",
    "auditor@riverbend.example": "auditor",
}

LOGINS: list[tuple[str, str, str]] = [(email, PASSWORD, role) for email, role in SHOWN.items()]
