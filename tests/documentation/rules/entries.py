"""A 97112 entry with every element, from which tests take things away."""

from typing import Any

WHOLE: dict[str, Any] = {
    "body_parts": [{"region": "trunk"}, {"region": "ankle_foot", "side": "left"}],
    "activities": [
        {
            "technique": "reactive_balance",
            "words": "Waist-level pushes while reaching for cones",
            "dose": {
                "trials_n": 12,
                "perturbation_type": "manual_push",
                "perturbation_magnitude": "moderate",
                "perturbation_predictability": "unannounced",
                "surface": "foam",
                "assistance": "contact_guard",
                "cue_types": ["verbal", "tactile"],
                "cue_amount": "intermittent",
                "cue_for": ["weight_shift"],
            },
        },
        {
            "technique": "static_balance",
            "words": "",
            "dose": {"sets": 3, "duration_s": 30, "stance": "tandem", "vision": "eyes_closed"},
        },
    ],
    "deficit": "Single-leg stance 6 s left, 24 s right",
    "purposes": ["balance_reactive", "fall_prevention"],
    "skilled": ["compensation", "guarding"],
    "skilled_words": "",
    "response": {
        "performance": "improved",
        "tolerance": "good",
        "stopped_for": "",
        "carryover": "within_session",
        "adverse": ["none"],
        "words": "8 of 12 recovered with one step",
    },
    "course": {
        "intensity": "success_70_80_percent",
        "frequency_per_week": 2,
        "duration_weeks": 8,
        "progression": ["surface"],
        "words": "",
    },
}


def without(*names: str, **instead: Any) -> dict[str, Any]:
    """The whole entry without some elements, or with others in their place."""
    return {name: value for name, value in WHOLE.items() if name not in names} | instead
