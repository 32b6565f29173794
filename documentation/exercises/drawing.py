"""A picture of an exercise: one frame beside the other, as SVG, the same bytes each time."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

from documentation.exercises import body, hand, props
from documentation.exercises.figure import Figure, halfway, place
from documentation.exercises.paint import FLOOR, GROUND, INK, arrow, n

MARGIN, GAP = 20.0, 16.0
LEAST_WIDTH, LEAST_HEIGHT = 190.0, 118.0
ZOOM_SIDE = 190.0
OF_ITS_FRAME = ("arrows", "moves", "zoom")  # what the next frame does not take over

Frame = dict[str, Any]


@dataclass(frozen=True)
class _Span:
    left: float
    right: float
    top: float


def draw(frames: list[Frame], *, title: str) -> str:
    """The whole picture. Each frame says only what differs from the one before."""
    whole = _taken_over(frames)
    if whole[0].get("base") == "hand":
        parts, width, top, height = _hands(whole)
    elif any("zoom" in frame for frame in whole):
        parts, width, top, height = _zoomed(whole)
    else:
        parts, width, top, height = _standing(whole)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 {n(top)} {n(width)} {n(height)}" '
        f'width="{n(width)}" height="{n(height)}" role="img"><title>{escape(title)}</title>'
        + "".join(parts)
        + "</svg>\n"
    )


def _taken_over(frames: list[Frame]) -> list[Frame]:
    whole: list[Frame] = []
    for frame in frames:
        before = {
            key: value
            for key, value in (whole[-1] if whole else {}).items()
            if key not in OF_ITS_FRAME
        }
        whole.append({**before, **frame})
    return whole


def _standing(frames: list[Frame]) -> tuple[list[str], float, float, float]:
    figures = [place(frame) for frame in frames]
    spans = [_span(figure, frame) for figure, frame in zip(figures, frames, strict=True)]
    left, right = min(s.left for s in spans), max(s.right for s in spans)
    width = max(LEAST_WIDTH, right - left + 2 * MARGIN)
    top = min(FLOOR - max(s.top for s in spans) - 14, FLOOR + 12 - LEAST_HEIGHT)
    shift = width / 2 - (left + right) / 2
    parts = []
    for number, (figure, frame) in enumerate(zip(figures, frames, strict=True)):
        before = figures[number - 1] if number else None
        x = number * (width + GAP)
        parts.append(
            f'<g transform="translate({n(x)},0)">{_floor(width)}'
            f'<g transform="translate({n(shift)},0)">{_scene(figure, frame, before)}</g>'
            + (_badge(number + 1, top) if len(frames) > 1 else "")
            + "</g>"
        )
    whole = len(frames) * width + (len(frames) - 1) * GAP
    return parts, whole, top, FLOOR + 12 - top


def _zoomed(frames: list[Frame]) -> tuple[list[str], float, float, float]:
    """Frames cut out around one joint: `zoom` is the joint, the factor, and an offset."""
    figures = [place(frame) for frame in frames]
    parts = []
    for number, (figure, frame) in enumerate(zip(figures, frames, strict=True)):
        joint, factor, dx, dy = frame.get("zoom") or frames[0]["zoom"]
        center = props.where(figures[0], joint).moved(dx, dy)
        before = figures[number - 1] if number else None
        scene = _thinned(_ground_line(-300, 600) + _scene(figure, frame, before), factor)
        parts.append(
            _cut_out(
                f'<g transform="translate({n(ZOOM_SIDE / 2)},{n(ZOOM_SIDE / 2)}) '
                f"scale({n(factor)}) translate({n(-center.x)},{n(center.y - FLOOR)})"
                f'">{scene}</g>',
                number,
                of=len(frames),
                width=ZOOM_SIDE,
                height=ZOOM_SIDE,
            )
        )
    return parts, len(frames) * ZOOM_SIDE + (len(frames) - 1) * GAP, 0, ZOOM_SIDE


def _hands(frames: list[Frame]) -> tuple[list[str], float, float, float]:
    parts = [
        _cut_out(hand.draw(frame), number, of=len(frames), width=hand.WIDTH, height=hand.HEIGHT)
        for number, frame in enumerate(frames)
    ]
    return parts, len(frames) * hand.WIDTH + (len(frames) - 1) * GAP, 0, hand.HEIGHT


def _cut_out(inside: str, number: int, *, of: int, width: float, height: float) -> str:
    """A frame with an edge of its own, over which nothing reaches."""
    corner = f'width="{n(width)}" height="{n(height)}" rx="10"'
    return (
        f'<g transform="translate({n(number * (width + GAP))},0)">'
        f'<clipPath id="cut{number}"><rect {corner}/></clipPath>'
        f'<g clip-path="url(#cut{number})">{inside}</g>'
        f'<rect {corner} fill="none" stroke="{GROUND}" stroke-width="2"/>'
        + (_badge(number + 1, 2) if of > 1 else "")
        + "</g>"
    )


def _thinned(scene: str, factor: float) -> str:
    """Seen closer, lines grow less than what they draw."""
    return re.sub(
        r'stroke-width="([\d.]+)"',
        lambda found: f'stroke-width="{float(found[1]) / factor**0.55:.2f}"',
        scene,
    )


def _scene(figure: Figure, frame: Frame, before: Figure | None) -> str:
    around = frame.get("props", [])
    behind = "".join(props.draw(figure, p) for p in around if p[0] not in props.IN_FRONT)
    front = "".join(props.draw(figure, p) for p in around if p[0] in props.IN_FRONT)
    moves = "".join(_path(before, figure, name) for name in frame.get("moves", []) if before)
    arrows = "".join(props.draw_arrow(figure, how) for how in frame.get("arrows", []))
    return behind + body.draw(figure, front) + moves + arrows


def _path(before: Figure, figure: Figure, joint: str) -> str:
    """The way a joint really goes from the frame before to this one."""
    steps = [halfway(before, figure, 0.04 + 0.82 * step / 12) for step in range(13)]
    return arrow([step.joints[joint] for step in steps])


def _span(figure: Figure, frame: Frame) -> _Span:
    xs = [point.x for point in figure.joints.values()]
    head = figure.joints["head"]
    xs += [head.x - 13, head.x + 13]
    ys = [point.y for point in figure.joints.values()] + [head.y + 13]
    for prop in frame.get("props", []):
        *sides, high = props.extent(figure, prop) or [0.0]
        xs += sides
        ys.append(high)
    for how in frame.get("arrows", []):
        for end in (how["from"], how["to"]):
            point = props.where(figure, end)
            xs.append(point.x)
            ys.append(point.y)
    return _Span(min(xs), max(xs), max(ys))


def _floor(width: float) -> str:
    return _ground_line(4, width - 4)


def _ground_line(start: float, end: float) -> str:
    return (
        f'<path d="M{n(start)} {n(FLOOR + 1)}L{n(end)} {n(FLOOR + 1)}" stroke="{GROUND}" '
        'stroke-width="2.4" stroke-linecap="round"/>'
    )


def _badge(number: int, top: float) -> str:
    y = top + 13
    return (
        f'<circle cx="14" cy="{n(y)}" r="10" fill="#fff" stroke="{INK}" stroke-width="1.6"/>'
        f'<text x="14" y="{n(y + 4.6)}" font-family="Helvetica, Arial, sans-serif" '
        f'font-size="13" font-weight="700" fill="{INK}" text-anchor="middle">{number}</text>'
    )
