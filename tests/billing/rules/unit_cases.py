"""Minutes in, units out: every example with where its answer stands."""

from typing import NamedTuple

CMS_MANUAL = "CMS Pub. 100-04, ch. 5, § 20.2"
MIDPOINT = "AMA midpoint, each code alone; worked by hand"


class UnitCase(NamedTuple):
    name: str
    source: str
    minutes: list[tuple[str, int]]
    timed_minutes: int
    total: int
    # Every allocation the rule allows. Where there is one, it is the answer.
    allowed: list[dict[str, int]]
    untimed: dict[str, int] = {}


CMS = [
    UnitCase(
        "cms-001",
        f"{CMS_MANUAL}, example 1",
        [("97112", 24), ("97110", 23)],
        47,
        3,
        [{"97112": 2, "97110": 1}],
    ),
    UnitCase(
        "cms-002 two equal remainders",
        f"{CMS_MANUAL}, example 2",
        [("97112", 20), ("97110", 20)],
        40,
        3,
        [{"97112": 2, "97110": 1}, {"97112": 1, "97110": 2}],
    ),
    UnitCase(
        "cms-003 seven minutes are billed",
        f"{CMS_MANUAL}, example 3",
        [("97110", 33), ("97140", 7)],
        40,
        3,
        [{"97110": 2, "97140": 1}],
    ),
    UnitCase(
        "cms-004 eight minutes are not",
        f"{CMS_MANUAL}, example 4",
        [("97110", 18), ("97140", 13), ("97116", 10), ("97035", 8)],
        49,
        3,
        [{"97110": 1, "97140": 1, "97116": 1}],
    ),
    UnitCase(
        "cms-005 three short services earn one unit",
        f"{CMS_MANUAL}, example 5",
        [("97112", 7), ("97110", 7), ("97140", 7)],
        21,
        1,
        [{"97112": 1}, {"97110": 1}, {"97140": 1}],
    ),
    UnitCase("cms-006 one hour", f"{CMS_MANUAL}.B", [("97530", 60)], 60, 4, [{"97530": 4}]),
    UnitCase(
        "cms-020",
        "physicaltherapy.com, question 3957",
        [("97110", 20), ("97116", 20)],
        40,
        3,
        [{"97110": 1, "97116": 2}, {"97110": 2, "97116": 1}],
    ),
    UnitCase(
        "cms-021 untimed stimulation stands apart",
        "WebPT, 8-minute rule",
        [("97110", 30), ("97140", 15), ("97035", 8), ("G0283", 30)],
        53,
        4,
        [{"97110": 2, "97140": 1, "97035": 1}],
        {"G0283": 1},
    ),
    UnitCase(
        "cms-022",
        "WebPT, 8-minute rule, first teaser",
        [("97116", 20), ("97112", 20)],
        40,
        3,
        [{"97116": 2, "97112": 1}, {"97116": 1, "97112": 2}],
    ),
    UnitCase(
        "cms-023",
        "WebPT, 8-minute rule",
        [("97110", 15), ("97140", 8)],
        23,
        2,
        [{"97110": 1, "97140": 1}],
    ),
    UnitCase(
        "cms-024 leftovers meet",
        "WebPT, 8-minute rule",
        [("97110", 5), ("97140", 3)],
        8,
        1,
        [{"97110": 1}],
    ),
    UnitCase(
        "cms-028",
        "an open-source test; no authority, and CMS leaves the tie to the therapist",
        [("97110", 23), ("97140", 8)],
        31,
        2,
        [{"97110": 1, "97140": 1}, {"97110": 2}],
    ),
    UnitCase(
        "cms-029",
        "an open-source test; no authority",
        [("97110", 32), ("97530", 12)],
        44,
        3,
        [{"97110": 2, "97530": 1}],
    ),
    UnitCase(
        "cms-031",
        "an open-source test; no authority",
        [("97110", 8), ("97112", 8)],
        16,
        1,
        [{"97112": 1}, {"97110": 1}],
    ),
    UnitCase(
        "cms-032 three times eight",
        "AAPC forum, thread 161558",
        [("97110", 8), ("97112", 8), ("97140", 8)],
        24,
        2,
        [{"97110": 1, "97112": 1}, {"97110": 1, "97140": 1}, {"97112": 1, "97140": 1}],
    ),
    UnitCase(
        "cms-033 an evaluation is not in the pool",
        "an open-source test; no authority",
        [("97110", 20), ("97112", 20), ("97161", 30)],
        40,
        3,
        [{"97110": 1, "97112": 2}, {"97110": 2, "97112": 1}],
        {"97161": 1},
    ),
    UnitCase(
        "cms-034 arithmetic holds at a thousand",
        "an open-source test; no authority",
        [("97112", 1000)],
        1000,
        67,
        [{"97112": 67}],
    ),
    UnitCase(
        "cms-035 episodes of a day are added",
        "CMS, 11 Part B billing scenarios for PTs and OTs",
        [("97110", 10), ("97110", 5)],
        15,
        1,
        [{"97110": 1}],
    ),
    UnitCase(
        "cms-042 a short service ties with a remainder",
        f"worked by hand from {CMS_MANUAL}",
        [("97112", 22), ("97110", 7)],
        29,
        2,
        [{"97112": 2}, {"97112": 1, "97110": 1}],
    ),
    UnitCase(
        "cms-043",
        f"worked by hand from {CMS_MANUAL}",
        [("97112", 14), ("97110", 14), ("97140", 14)],
        42,
        3,
        [{"97112": 1, "97110": 1, "97140": 1}],
    ),
    UnitCase(
        "cms-045", f"worked by hand from {CMS_MANUAL}", [("97112", 38)], 38, 3, [{"97112": 3}]
    ),
    UnitCase(
        "cms-047 the shortest of three cannot win",
        f"worked by hand from {CMS_MANUAL}",
        [("97112", 3), ("97110", 3), ("97140", 2)],
        8,
        1,
        [{"97112": 1}, {"97110": 1}],
    ),
    UnitCase(
        "cms-048",
        f"worked by hand from {CMS_MANUAL}",
        [("97112", 30), ("97110", 30)],
        60,
        4,
        [{"97112": 2, "97110": 2}],
    ),
    UnitCase(
        "cms-050 seven left over earn nothing at 37",
        f"worked by hand from {CMS_MANUAL}",
        [("97112", 15), ("97110", 15), ("97530", 7)],
        37,
        2,
        [{"97112": 1, "97110": 1}],
    ),
]

# First and last minute of each row (CMS Pub. 100-04, ch. 5, § 20.2; the ninth follows by +15).
CMS_TABLE = [
    (0, 7, 0),
    (8, 22, 1),
    (23, 37, 2),
    (38, 52, 3),
    (53, 67, 4),
    (68, 82, 5),
    (83, 97, 6),
    (98, 112, 7),
    (113, 127, 8),
    (128, 142, 9),
]

AMA = [
    UnitCase(
        "ama-002",
        "an open-source evaluation case; no authority",
        [("97110", 23), ("97140", 10)],
        33,
        3,
        [{"97110": 2, "97140": 1}],
    ),
    UnitCase("ama-005", MIDPOINT, [("97110", 33), ("97140", 7)], 40, 2, [{"97110": 2}]),
    UnitCase("ama-007", MIDPOINT, [("97112", 7), ("97110", 7), ("97140", 7)], 21, 0, [{}]),
    UnitCase("ama-009", MIDPOINT, [("97112", 7)], 7, 0, [{}]),
    UnitCase("ama-010", MIDPOINT, [("97112", 8)], 8, 1, [{"97112": 1}]),
    UnitCase("ama-011", MIDPOINT, [("97112", 22)], 22, 1, [{"97112": 1}]),
    UnitCase("ama-012", MIDPOINT, [("97112", 23)], 23, 2, [{"97112": 2}]),
    UnitCase(
        "ama-013",
        MIDPOINT,
        [("97110", 8), ("97112", 8), ("97140", 8), ("97116", 8)],
        32,
        4,
        [{"97110": 1, "97112": 1, "97140": 1, "97116": 1}],
    ),
    UnitCase(
        "ama-014", MIDPOINT, [("97112", 24), ("97110", 23)], 47, 4, [{"97112": 2, "97110": 2}]
    ),
    UnitCase(
        "ama-016",
        MIDPOINT,
        [("97112", 14), ("97110", 14), ("97140", 14)],
        42,
        3,
        [{"97112": 1, "97110": 1, "97140": 1}],
    ),
    UnitCase(
        "ama-017",
        MIDPOINT,
        [("97112", 30), ("97110", 12), ("97140", 5)],
        47,
        3,
        [{"97112": 2, "97110": 1}],
    ),
    UnitCase(
        "ama-018 first code and add-on, logged as one",
        "CPT structure: the first 15 minutes, then each further 15",
        [("97129", 30)],
        30,
        2,
        [{"97129": 1, "97130": 1}],
    ),
    UnitCase(
        "ama-018 first code and add-on, logged apart",
        "CPT structure: the first 15 minutes, then each further 15",
        [("97129", 15), ("97130", 15)],
        30,
        2,
        [{"97129": 1, "97130": 1}],
    ),
    UnitCase(
        "an add-on never stands without its first code",
        MIDPOINT,
        [("97130", 15)],
        15,
        1,
        [{"97129": 1}],
    ),
    UnitCase("half of thirty is not past it", MIDPOINT, [("97550", 15)], 15, 0, [{}]),
    UnitCase("sixteen of thirty are", MIDPOINT, [("97550", 16)], 16, 1, [{"97550": 1}]),
    UnitCase(
        "the add-on begins after the first thirty",
        MIDPOINT,
        [("97550", 30), ("97551", 8)],
        38,
        2,
        [{"97550": 1, "97551": 1}],
    ),
    UnitCase("seven past thirty add nothing", MIDPOINT, [("97550", 37)], 37, 1, [{"97550": 1}]),
    UnitCase("thirty of sixty", MIDPOINT, [("96125", 30)], 30, 0, [{}]),
    UnitCase("thirty-one of sixty", MIDPOINT, [("96125", 31)], 31, 1, [{"96125": 1}]),
    UnitCase("ninety-one of sixty", MIDPOINT, [("96125", 91)], 91, 2, [{"96125": 2}]),
    UnitCase("sixty of 120", MIDPOINT, [("97545", 60)], 60, 0, [{}]),
    UnitCase("sixty-one of 120", MIDPOINT, [("97545", 61)], 61, 1, [{"97545": 1}]),
    UnitCase(
        "each further hour has its own midpoint",
        MIDPOINT,
        [("97545", 151)],
        151,
        2,
        [{"97545": 1, "97546": 1}],
    ),
]
