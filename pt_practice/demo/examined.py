"""What the demo's therapists measure: a little better from visit to visit."""

from __future__ import annotations

from typing import Any

from pt_practice.demo.stories import Story

GRADES = ("3-", "3", "3+", "4-", "4", "4+")
STEADY = ("poor", "fair-", "fair", "fair+", "good")


def examined(story: Story, *, number: int) -> dict[str, Any]:
    """The examination of the case's visit with this number; empty between two measurements."""
    if number % 3 != 1:
        return {}
    step = number // 3
    pain = {"now": max(0, 3 - step), "worst": max(1, 6 - step), "where": story.title}
    first = (
        {
            "history": f"Referred for {story.title.lower()}.",
            "prior_level": "Independent at home and outdoors, without a device.",
            "home": "Lives with spouse; two steps at the door with a rail.",
            "systems": "Heart and lungs, skin and thinking without findings that change the plan.",
        }
        if number == 1
        else {}
    )
    if not story.is_neuro or story.discipline != "PT":
        return first | {"pain": pain}
    return first | {
        "pain": pain,
        "motion": [
            {"id": "ankle_dorsiflexion", "side": "left", "active": 4 + 3 * step, "passive": 14},
            {"id": "ankle_dorsiflexion", "side": "right", "active": 16, "passive": 18},
        ],
        "strength": [
            {
                "id": "ankle_dorsiflexors",
                "side": "left",
                "grade": GRADES[min(step + 1, len(GRADES) - 1)],
            },
            {"id": "hip_abductors", "side": "left", "grade": GRADES[min(step, len(GRADES) - 1)]},
        ],
        "balance": [
            {"id": "standing_dynamic", "grade": STEADY[min(step + 1, len(STEADY) - 1)]},
            {"id": "one_leg", "side": "left", "seconds": 3 + 2 * step},
            {"id": "one_leg", "side": "right", "seconds": 24},
        ],
        "marks": [
            {"view": "front", "x": 565, "y": 905, "kind": "weak", "words": "Toes catch when tired"},
            {"view": "back", "x": 500, "y": 420, "kind": "stiff"},
        ],
    }
