"""What the demo's patients come with, and how they are treated: one story per kind of case."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Story:
    """A kind of case, with the sentences its notes are made of."""

    title: str
    discipline: str
    visit_type: str
    diagnoses: tuple[str, ...]
    precautions: str
    goals: tuple[tuple[str, str, str, str], ...]  # text, measure, baseline, target
    interventions: str
    evaluation_code: str
    details: dict[str, Any]
    neuro_minutes: tuple[int, ...]
    others: tuple[tuple[str, tuple[int, ...], str], ...]  # code, minutes to choose from, words
    subjective: tuple[str, ...]
    objective: tuple[str, ...]
    assessment: tuple[str, ...]
    plan: tuple[str, ...]
    is_neuro: bool = True
    accident: dict[str, str] = field(default_factory=dict)


def neuro(
    parts: list[tuple[str, str]],
    technique: str,
    words: str,
    dose: dict[str, Any],
    deficit: str,
    purposes: list[str],
    progression: str,
    response: str,
) -> dict[str, Any]:
    """A whole 97112 entry; `documentation.rules.neuro` says what each part means."""
    return {
        "body_parts": [{"region": region, "side": side} for region, side in parts],
        "activities": [{"technique": technique, "words": words, "dose": dose}],
        "deficit": deficit,
        "purposes": purposes,
        "skilled": ["compensation", "guarding"],
        "skilled_words": "",
        "response": {
            "performance": "improved",
            "tolerance": "good",
            "stopped_for": "",
            "carryover": "within_session",
            "adverse": ["none"],
            "words": response,
        },
        "course": {
            "intensity": "success_70_80_percent",
            "frequency_per_week": 2,
            "duration_weeks": 8,
            "progression": [progression],
            "words": "",
        },
    }


CUED = {
    "assistance": "contact_guard",
    "cue_types": ["verbal", "tactile"],
    "cue_amount": "intermittent",
}

STORIES = [
    Story(
        title="Balance after stroke",
        discipline="PT",
        visit_type="Neuro follow-up",
        diagnoses=("I69.354", "R26.81", "Z91.81"),
        precautions="Falls twice since discharge; blood pressure before standing work.",
        goals=(
            ("Walk 300 m outdoors without a device", "6-minute walk", "182 m", "300 m"),
            ("Stand on one leg for 10 s on the left", "Single-leg stance", "3 s", "10 s"),
        ),
        interventions="Neuromuscular re-education, gait training, therapeutic activities.",
        evaluation_code="97162",
        details=neuro(
            [("trunk", ""), ("ankle_foot", "left")],
            "reactive_balance",
            "Waist-level pushes while reaching for cones",
            {
                "trials_n": 12,
                "perturbation_type": "manual_push",
                "perturbation_predictability": "unannounced",
                "assistance": "contact_guard",
            },
            "Single-leg stance 6 s left, 24 s right",
            ["balance_reactive", "fall_prevention"],
            "surface",
            "8 of 12 pushes recovered with one step",
        ),
        neuro_minutes=(23, 24, 25, 30),
        others=(
            ("97116", (10, 12, 15), "Overground walking with turns, 4 x 40 m, cues for left heel."),
            ("97530", (8, 13, 15), "Carrying a tray through a doorway, floor to stand twice."),
        ),
        subjective=(
            "Feels steadier in the kitchen; one near fall at the curb on Saturday.",
            "No falls since the last visit. Left foot catches when tired.",
            "Walked to the mailbox twice a day with the cane.",
        ),
        objective=(
            "Berg 44/56. Gait speed 0.72 m/s. Left ankle dorsiflexion 4-/5.",
            "Berg 46/56. Single-leg stance 6 s left. Gait speed 0.78 m/s.",
        ),
        assessment=(
            "Reactive steps are quicker on the left; still needs hands-on guarding because the "
            "step falls short when the push is unannounced.",
            "Weight shift to the left is symmetrical with tactile cues and is lost without them: "
            "skilled grading of the push remains necessary.",
        ),
        plan=(
            "Next: unannounced pushes on foam. Continue twice a week.",
            "Next: dual task while stepping. Continue twice a week.",
        ),
    ),
    Story(
        title="Parkinson disease, gait and balance",
        discipline="PT",
        visit_type="Balance and falls",
        diagnoses=("G20.A1", "R26.81"),
        precautions="Freezing in doorways; orthostatic symptoms in the morning.",
        goals=(("Turn 360° in under 5 s without freezing", "360° turn", "9 s", "5 s"),),
        interventions="Neuromuscular re-education, gait training, home program.",
        evaluation_code="97162",
        details=neuro(
            [("whole_body", "")],
            "amplitude_training",
            "Big steps with trunk rotation at the line",
            {
                "sets": 4,
                "reps": 10,
                "effort_0_10": 7,
                "cue_types": ["verbal", "visual"],
                "cue_amount": "frequent",
            },
            "360° turn 8.4 s with 11 steps",
            ["amplitude", "motor_control"],
            "attention",
            "Step length held for 8 of 10 steps with cues, 5 without",
        ),
        neuro_minutes=(20, 23, 25),
        others=(("97116", (15, 18, 20), "Doorway and turn practice, 6 x 20 m with metronome."),),
        subjective=(
            "Froze once at the bathroom door this week.",
            "Handwriting and voice smaller by evening; no falls.",
        ),
        objective=("Mini-BESTest 17/28. 360° turn 8.4 s.", "TUG 13.8 s; dual-task TUG 18.1 s."),
        assessment=(
            "Amplitude carries into turning when cued before the turn begins; the timing of the "
            "cue has to be faded by a therapist.",
        ),
        plan=("Next: dual task with turns, cues faded to every third.",),
    ),
    Story(
        title="Dizziness after vestibular neuritis",
        discipline="PT",
        visit_type="Vestibular",
        diagnoses=("H81.21", "R42"),
        precautions="Nausea above 4/10: rest until it settles.",
        goals=(("Drive for 30 minutes without dizziness", "DHI", "46", "20"),),
        interventions="Neuromuscular re-education for gaze stability and habituation.",
        evaluation_code="97161",
        details=neuro(
            [("vestibular_oculomotor", "")],
            "vor_x1",
            "Target at 2 m, standing",
            {
                "sets": 5,
                "duration_s": 60,
                "plane": "yaw",
                "head_speed_hz": 1.5,
                "symptom_before_0_10": 2,
                "symptom_after_0_10": 4,
                "recovery_s": 60,
            },
            "Dynamic visual acuity loss of 4 lines; DHI 46",
            ["gaze_stability", "vor_adaptation"],
            "symptom",
            "Symptoms settled to 2/10 within one minute after each set",
        ),
        neuro_minutes=(30, 32, 38),
        others=(("97530", (8, 10), "Supermarket walk with shelf scanning."),),
        subjective=(
            "Can scroll on the phone for ten minutes now.",
            "Dizzy in the car as passenger.",
        ),
        objective=("Head impulse positive right. DVA loss 4 lines.", "DVA loss 3 lines at 1.5 Hz."),
        assessment=(
            "Gain adaptation shows: head speed rose to 1.5 Hz at the same symptom level; dosing "
            "by symptom needs supervision.",
        ),
        plan=("Next: same target against a busy background.",),
    ),
    Story(
        title="Knee control after ACL reconstruction",
        discipline="PT",
        visit_type="Follow-up",
        diagnoses=("S83.511D", "M25.361"),
        precautions="No open-chain loaded extension past 45° until week 12.",
        goals=(("Hop 90 % of the other side", "Single-leg hop", "62 %", "90 %"),),
        interventions="Neuromuscular re-education, therapeutic exercise, manual therapy.",
        evaluation_code="97161",
        details=neuro(
            [("knee", "right"), ("hip", "right")],
            "hip_knee_alignment",
            "Step-down from 20 cm in front of the mirror",
            {"sets": 3, "reps": 12, "feedback": "faded", **CUED},
            "Knee falls inward 12° on step-down",
            ["movement_quality", "dynamic_stability"],
            "speed",
            "Alignment held in 10 of 12 with a cue every third repetition",
        ),
        neuro_minutes=(15, 18, 20),
        others=(
            ("97110", (15, 20, 23), "Leg press 3 x 10 at 60 kg, heel raises 3 x 15."),
            ("97140", (8, 10, 13), "Patellar and scar mobilization."),
        ),
        subjective=(
            "Stairs fine; knee feels loose when turning.",
            "Sore for a day after last visit.",
        ),
        objective=("ROM 0-132°. Quadriceps 78 % of left.", "Effusion trace. Step-down valgus 12°."),
        assessment=(
            "Valgus is corrected with external focus and returns with speed: feedback has to be "
            "withdrawn step by step.",
        ),
        plan=("Next: landing from a low box, feedback after the set only.",),
        is_neuro=False,
    ),
    Story(
        title="Shoulder after rotator cuff repair",
        discipline="PT",
        visit_type="Follow-up",
        diagnoses=("M25.511", "Z98.890"),
        precautions="No active external rotation against load until week 12.",
        goals=(("Reach the top shelf without hitching", "Active flexion", "95°", "150°"),),
        interventions="Neuromuscular re-education, therapeutic exercise, manual therapy.",
        evaluation_code="97161",
        details=neuro(
            [("scapula", "right"), ("shoulder", "right")],
            "scapular_control",
            "Wall slides with lift-off, lower trapezius palpated",
            {"sets": 3, "reps": 10, "hold_s": 5, **CUED},
            "Upper trapezius hitch above 80° of flexion",
            ["motor_control", "movement_quality"],
            "load",
            "Hitch delayed from 80° to 105° by the third set",
        ),
        neuro_minutes=(12, 15, 18),
        others=(
            ("97110", (15, 18, 23), "Assisted flexion and rows with yellow band, 3 x 12."),
            ("97140", (8, 12, 15), "Glenohumeral glides grade III."),
        ),
        subjective=("Sleeps through now. Cannot reach the shelf yet.", "Ache 3/10 after work."),
        objective=("Active flexion 110°, passive 148°.", "Active flexion 118°; ER 32°."),
        assessment=(
            "Timing of the lower trapezius improves with touch and is lost above shoulder height; "
            "hands-on cueing is still required.",
        ),
        plan=("Next: same task with 0.5 kg.",),
        is_neuro=False,
    ),
    Story(
        title="Low back pain, motor control",
        discipline="PT",
        visit_type="Follow-up",
        diagnoses=("M54.50", "M62.81"),
        precautions="None.",
        goals=(("Sit through a 60-minute meeting", "ODI", "38 %", "18 %"),),
        interventions="Neuromuscular re-education, therapeutic exercise, manual therapy.",
        evaluation_code="97161",
        details=neuro(
            [("lumbar", "")],
            "lumbar_motor_control",
            "Hip hinge with dowel contact",
            {"sets": 3, "reps": 10, "hold_s": 5, **CUED},
            "Loses neutral at 40° of hip flexion; ODI 38 %",
            ["motor_control", "postural_control"],
            "load",
            "Neutral held to 65° after tactile cueing",
        ),
        neuro_minutes=(15, 16, 20),
        others=(
            ("97110", (15, 20, 22), "Bridges and side planks, 3 x 10."),
            ("97140", (8, 10, 15), "Lumbar mobilization grade III."),
        ),
        subjective=("Better for two days after each visit.", "Woke stiff; 4/10 by noon."),
        objective=("Flexion to mid-shin. Prone instability test positive.", "ODI 30 %."),
        assessment=("Neutral is found with the dowel and lost without it; cues have to be faded.",),
        plan=("Next: hinge with 5 kg, no dowel.",),
        is_neuro=False,
    ),
    Story(
        title="Foot drop after peroneal palsy",
        discipline="PT",
        visit_type="Neuro follow-up",
        diagnoses=("G57.31", "R26.89"),
        precautions="Skin check under the brace.",
        goals=(("Walk 10 minutes without the brace", "Gait speed", "0.8 m/s", "1.1 m/s"),),
        interventions="Neuromuscular re-education, gait training, electrical stimulation.",
        evaluation_code="97161",
        details=neuro(
            [("ankle_foot", "right")],
            "baps_board",
            "Level 2, sitting to standing",
            {
                "sets": 3,
                "reps": 15,
                "direction": "clockwise",
                "assistance": "supervision",
                "cue_types": ["verbal"],
                "cue_amount": "occasional",
            },
            "Active dorsiflexion 2° right, 14° left",
            ["ankle_control", "proprioception"],
            "base",
            "Full circle without heel lift in 11 of 15",
        ),
        neuro_minutes=(20, 23, 25),
        others=(("97116", (12, 15, 18), "Treadmill 0.9 m/s with cue for heel strike."),),
        subjective=("Tripped on the rug once.", "Brace rubs less since the pad."),
        objective=("Dorsiflexion 3-/5.", "Dorsiflexion 3/5; foot slap on 4 of 10 steps."),
        assessment=(
            "Dorsiflexors fire in sitting and fade in standing; the level is raised by what the "
            "therapist sees.",
        ),
        plan=("Next: standing, level 2, eyes closed.",),
    ),
    Story(
        title="Left arm after stroke",
        discipline="OT",
        visit_type="OT follow-up",
        diagnoses=("I69.354", "R27.8"),
        precautions="Left shoulder subluxation one finger: support the arm.",
        goals=(("Dress the upper body alone", "ARAT", "21", "35"),),
        interventions="Neuromuscular re-education, self-care training.",
        evaluation_code="97166",
        details=neuro(
            [("ue", "left"), ("wrist_hand", "left")],
            "reach_grasp",
            "Cup to shelf at shoulder height",
            {"reps": 30, "assistance": "minimal", "success_percent": 70},
            "ARAT 24/57",
            ["motor_recovery", "coordination"],
            "assistance",
            "21 of 30 reaches without trunk lean",
        ),
        neuro_minutes=(23, 25, 30),
        others=(("97535", (15, 18, 20), "Shirt over the left arm first, buttons with hook."),),
        subjective=("Used the left hand to hold the bread.", "Hand tight in the morning."),
        objective=("ARAT 24/57. Grip 6 kg left, 28 kg right.", "ARAT 26/57."),
        assessment=(
            "Trunk lean falls when the sternum is blocked; hands-on blocking is still needed.",
        ),
        plan=("Next: lighter block, heavier cup.",),
    ),
]
