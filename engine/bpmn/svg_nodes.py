"""Shapes of a picture: pools, lanes, steps, events, gateways, data and notes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape

from engine.bpmn.extensions import local_name
from engine.bpmn.lint.diagram import is_true
from engine.bpmn.lint.groups import ACTIVITIES, EVENTS, GATEWAYS
from engine.bpmn.picture import Shape, is_sub_process, markers_of, name_of, trigger_of
from engine.bpmn.svg_icons import (
    ENVELOPE,
    ENVELOPE_FLAP,
    EVENT_ICONS,
    FILLED_SIGNS,
    GATEWAY_ICONS,
    MARKERS,
    SIGNS,
    STEP_ICONS,
    TASK_ICONS,
)
from engine.bpmn.svg_paint import (
    INK,
    INK_2,
    INK_3,
    LINE_COLOUR,
    MARK_WORDS,
    PAPER,
    SUNKEN,
    Sheet,
    icon,
    lines,
    number,
)
from engine.bpmn.svg_text import Block, fit

_SIZES = (12.5, 12.0, 11.0, 10.0)
_LABEL = (11.5, 11.0, 10.0)
_HEAD = 30.0
_CORNER = 9.0


def draw_shape(sheet: Sheet, shape: Shape) -> str:
    """Return one element as a group that a page can find by `data-id` and style by class."""
    family, paint = _family(shape)
    mark = sheet.marks.get(shape.id, "")
    name = name_of(shape.xml, sheet.language)
    said = f"{name} – {MARK_WORDS[mark].say(sheet.language)}" if mark and name else name
    classes = f"bpmn-{family} bpmn-{shape.kind}" + (f" is-{mark}" if mark else "")
    return (
        f'<g class="{classes}" data-id="{escape(shape.id)}">'
        + (f"<title>{escape(said)}</title>" if said else "")
        + paint(sheet, shape)
        + _sign(sheet, shape, mark)
        + "</g>"
    )


def draw_shape_label(sheet: Sheet, shape: Shape) -> str:
    """Return the name of an event, gateway or data object, which stands beside it."""
    if not (shape.kind in EVENTS or shape.kind in GATEWAYS or shape.kind.startswith("data")):
        return ""
    name = name_of(shape.xml, sheet.language)
    if not name:
        return ""
    if shape.label is not None:
        block = fit(name, max(shape.label.width + 12, 84), max(shape.label.height + 16, 44), _LABEL)
        return lines(block, shape.label.middle[0], shape.label.y, fill=INK_2, halo=True)
    if shape.kind == "boundaryEvent":  # its way leads down, so the name stands at its side
        block = fit(name, 84, 46, _LABEL)
        return lines(block, shape.box.x - 4, shape.box.middle[1] + 3, fill=INK_2, anchor="end", halo=True)
    block = fit(name, 110, 46, _LABEL)
    return lines(block, shape.box.middle[0], shape.box.bottom + 4, fill=INK_2, halo=True)


# --- pools and lanes --------------------------------------------------------------------------


def _pool(sheet: Sheet, shape: Shape) -> str:
    box, is_lane = shape.box, shape.kind == "lane"
    name = name_of(shape.xml, sheet.language)
    frame = (
        f'<rect x="{number(box.x)}" y="{number(box.y)}" width="{number(box.width)}" '
        f'height="{number(box.height)}" fill="{"none" if is_lane else PAPER}" stroke="{LINE_COLOUR}" '
        f'stroke-width="{"1" if is_lane else "1.5"}" rx="{"0" if is_lane else "3"}"/>'
    )
    is_folded = not is_lane and not shape.xml.get("processRef")
    if is_folded:
        return frame + _centred(name, shape, weight=600)
    if is_lane and not name:
        return frame
    if shape.is_horizontal:
        head = (
            f'<rect x="{number(box.x)}" y="{number(box.y)}" width="{number(_HEAD)}" '
            f'height="{number(box.height)}" fill="{SUNKEN}" stroke="{LINE_COLOUR}" stroke-width="1"/>'
        )
        block = fit(name, box.height - 12, _HEAD - 2, (12.0, 11.0, 10.0) if is_lane else (12.5, 12.0, 11.0))
        x, y = box.x + _HEAD / 2, box.middle[1]
        turned = lines(block, 0, -block.height / 2, fill=INK_2 if is_lane else INK, weight=600)
        return frame + head + f'<g transform="translate({number(x)} {number(y)}) rotate(-90)">{turned}</g>'
    block = fit(name, box.width - 12, _HEAD - 2, (12.0, 11.0, 10.0))
    return frame + lines(block, box.middle[0], box.y + 6, fill=INK_2, weight=600)


def _centred(name: str, shape: Shape, weight: int = 400) -> str:
    box = shape.box
    block = fit(name, box.width - 16, box.height - 8, _SIZES)
    return lines(block, box.middle[0], box.middle[1] - block.height / 2, weight=weight)


# --- activities -------------------------------------------------------------------------------


def _activity(sheet: Sheet, shape: Shape) -> str:
    box, tone = shape.box, sheet.tone(shape.id)
    width = tone.width + (1.6 if shape.kind == "callActivity" else 0)
    dashes = ' stroke-dasharray="2 4"' if is_true(shape.xml, "triggeredByEvent") else ""
    fill = tone.soft if not shape.is_expanded or shape.id in sheet.marks else SUNKEN
    frame = (
        f'<rect x="{number(box.x)}" y="{number(box.y)}" width="{number(box.width)}" '
        f'height="{number(box.height)}" rx="{number(_CORNER)}" fill="{fill}" stroke="{tone.strong}" '
        f'stroke-width="{number(width)}"{dashes}/>'
    )
    if shape.kind == "transaction":
        frame += (
            f'<rect x="{number(box.x + 3.5)}" y="{number(box.y + 3.5)}" width="{number(box.width - 7)}" '
            f'height="{number(box.height - 7)}" rx="{number(_CORNER - 3)}" stroke="{tone.strong}"/>'
        )
    name = name_of(shape.xml, sheet.language)
    foot = _foot(shape, tone.strong)
    if shape.is_expanded:
        block = fit(name, box.width - 24, 20, _SIZES)
        return frame + lines(block, box.x + 12, box.y + 8, weight=600, anchor="start") + foot
    return frame + _inside(sheet, shape, name, tone.strong, bool(foot)) + foot


def _inside(sheet: Sheet, shape: Shape, name: str, colour: str, has_foot: bool) -> str:
    """Icon and hours in the first row, the name below; a flat box holds the name only."""
    box, step = shape.box, sheet.steps.get(shape.id)
    row = 22.0 if box.height >= 60 else 0.0
    found = ""
    if row:
        path = STEP_ICONS.get(step.kind if step else "") or TASK_ICONS.get(shape.kind, "")
        if path:
            found += icon(path, box.x + 7, box.y + 6.5, 15, colour=colour)
            if shape.kind == "sendTask":
                found += _sealed(box.x + 7, box.y + 6.5, 15, colour)
        if step is not None and step.minutes:
            unit = "giờ" if sheet.language == "vi" else "h"
            hours = f"{step.minutes / 60:.1f}".removesuffix(".0").replace(".", "," if unit == "giờ" else ".")
            block = Block((f"{hours} {unit}",), 10.5)
            right = box.right - (18 if shape.id in sheet.marks else 9)
            found += lines(block, right, box.y + 7.5, fill=INK_3, anchor="end")
        if not found:
            row = 0.0
    top, bottom = box.y + (row or 4), box.bottom - (18 if has_foot or _has_boundary(sheet, shape) else 5)
    block = fit(name, box.width - 14, bottom - top, _SIZES)
    weight = 600 if sheet.marks.get(shape.id) in ("now", "late") else 500
    return found + lines(block, box.middle[0], (top + bottom - block.height) / 2, weight=weight)


def _has_boundary(sheet: Sheet, shape: Shape) -> bool:
    node = sheet.diagram.node(shape.id)
    return node is not None and bool(node.boundaries)


def _foot(shape: Shape, colour: str) -> str:
    """Loop, parallel, compensation and "more inside" signs, side by side at the lower border."""
    signs = markers_of(shape.xml)
    if is_sub_process(shape.xml) and not shape.is_expanded:
        signs.append("collapsed")
    left = shape.box.middle[0] - len(signs) * 8
    return "".join(
        icon(MARKERS[sign], left + at * 16 + 1, shape.box.bottom - 17, 14, colour=colour)
        for at, sign in enumerate(signs)
    )


# --- events and gateways ----------------------------------------------------------------------


def _event(sheet: Sheet, shape: Shape) -> str:
    tone, (x, y) = sheet.tone(shape.id), shape.box.middle
    radius = min(shape.box.width, shape.box.height) / 2
    is_end = shape.kind == "endEvent"
    is_middle = shape.kind in ("intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent")
    stays = _STAYS.get(shape.kind)
    goes_beside = stays is not None and not is_true(shape.xml, stays, default=True)
    dashes = ' stroke-dasharray="4 3"' if goes_beside else ""
    width = 3.4 if is_end else tone.width
    fill = PAPER if tone.width == 1.5 and shape.id not in sheet.marks else tone.soft
    found = (
        f'<circle cx="{number(x)}" cy="{number(y)}" r="{number(radius)}" fill="{fill}" '
        f'stroke="{tone.strong}" stroke-width="{number(width)}"{dashes}/>'
    )
    if is_middle:
        found += (
            f'<circle cx="{number(x)}" cy="{number(y)}" r="{number(radius - 3.4)}" '
            f'stroke="{tone.strong}" stroke-width="1.2"{dashes}/>'
        )
    trigger = trigger_of(sheet.diagram, shape.xml)
    path = EVENT_ICONS.get(trigger, "")
    if not path:
        return found
    throws = is_end or shape.kind == "intermediateThrowEvent"
    size = radius * (1.02 if is_middle else 1.1)
    left, top = x - size / 2, y - size / 2
    found += icon(
        path, left, top, size, colour=tone.strong, filled=tone.strong if throws else "none", width=1.2
    )
    return found + (_sealed(left, top, size, tone.strong) if throws and trigger == "message" else "")


def _sealed(x: float, y: float, size: float, colour: str) -> str:
    """A dark envelope: something is sent, not received."""
    return icon(ENVELOPE, x, y, size, colour=colour, filled=colour, width=1) + icon(
        ENVELOPE_FLAP, x, y, size, colour=PAPER, width=1.2
    )


# Attribute by which an event says that its activity goes on.
_STAYS = {"boundaryEvent": "cancelActivity", "startEvent": "isInterrupting"}


def _gateway(sheet: Sheet, shape: Shape) -> str:
    box, tone = shape.box, sheet.tone(shape.id)
    x, y = box.middle
    size = min(box.width, box.height) * 0.46
    return (
        f'<path d="M{number(x)} {number(box.y)}L{number(box.right)} {number(y)}L{number(x)} '
        f'{number(box.bottom)}L{number(box.x)} {number(y)}Z" fill="{tone.soft}" stroke="{tone.strong}" '
        f'stroke-width="{number(tone.width)}"/>'
        + icon(
            GATEWAY_ICONS[shape.kind],
            x - size / 2,
            y - size / 2,
            size,
            colour=tone.strong,
            width=1.2 if shape.kind == "eventBasedGateway" else 2.4,
        )
    )


# --- data and notes ---------------------------------------------------------------------------


def _data(sheet: Sheet, shape: Shape) -> str:
    box, fold = shape.box, min(12.0, shape.box.width / 3)
    return (
        f'<path d="M{number(box.x)} {number(box.y)}H{number(box.right - fold)}L{number(box.right)} '
        f"{number(box.y + fold)}V{number(box.bottom)}H{number(box.x)}ZM{number(box.right - fold)} "
        f'{number(box.y)}V{number(box.y + fold)}H{number(box.right)}" fill="{PAPER}" stroke="{INK_3}" '
        'stroke-width="1.3"/>'
    )


def _store(sheet: Sheet, shape: Shape) -> str:
    box = shape.box
    rx, ry = box.width / 2, min(8.0, box.height / 6)
    arc = f"a{number(rx)} {number(ry)} 0 0"
    return (
        f'<path d="M{number(box.x)} {number(box.y + ry)}{arc} 1 {number(box.width)} 0'
        f"{arc} 1 {number(-box.width)} 0V{number(box.bottom - ry)}{arc} 0 {number(box.width)} 0"
        f'V{number(box.y + ry)}" fill="{PAPER}" stroke="{INK_3}" stroke-width="1.3"/>'
    )


def _note(sheet: Sheet, shape: Shape) -> str:
    box = shape.box
    bracket = (
        f'<path d="M{number(box.x + 9)} {number(box.y)}H{number(box.x)}V{number(box.bottom)}'
        f'H{number(box.x + 9)}" stroke="{INK_3}" stroke-width="1.2"/>'
    )
    block = fit(name_of(shape.xml, sheet.language), box.width - 12, box.height, (11.5, 11.0, 10.0))
    top = box.middle[1] - block.height / 2
    return bracket + lines(block, box.x + 8, top, fill=INK_2, anchor="start")


def _group(sheet: Sheet, shape: Shape) -> str:
    box = shape.box
    return (
        f'<rect x="{number(box.x)}" y="{number(box.y)}" width="{number(box.width)}" '
        f'height="{number(box.height)}" rx="{number(_CORNER)}" stroke="{INK_3}" stroke-width="1.2" '
        'stroke-dasharray="8 4 2 4"/>'
    )


_PAINTERS: Mapping[str, tuple[str, Callable[[Sheet, Shape], str]]] = {
    "participant": ("pool", _pool),
    "lane": ("lane", _pool),
    "dataObjectReference": ("data", _data),
    "dataObject": ("data", _data),
    "dataInput": ("data", _data),
    "dataOutput": ("data", _data),
    "dataStoreReference": ("data", _store),
    "dataStore": ("data", _store),
    "textAnnotation": ("note", _note),
    "group": ("group", _group),
}


def _family(shape: Shape) -> tuple[str, Callable[[Sheet, Shape], str]]:
    """Return the class and the painter of a kind; what is not known is a box with its name."""
    kind = local_name(shape.xml)
    if kind in ACTIVITIES:
        return "node bpmn-step", _activity
    if kind in EVENTS:
        return "node bpmn-event", _event
    if kind in GATEWAYS:
        return "node bpmn-gateway", _gateway
    return _PAINTERS.get(kind, ("other", _activity))


def _sign(sheet: Sheet, shape: Shape, mark: str) -> str:
    """Return the badge at the upper right corner: colour is never the only sign."""
    if not mark or shape.kind in ("participant", "lane"):
        return ""
    tone, box = sheet.tone(shape.id), shape.box
    x, y = (box.right - 6, box.y + 3) if shape.kind in ACTIVITIES else (box.right - 3, box.y + 3)
    is_filled = mark in FILLED_SIGNS
    return (
        f'<g class="bpmn-sign" transform="translate({number(x)} {number(y)})">'
        f'<circle r="9" fill="{tone.strong}" stroke="{PAPER}" stroke-width="1.5"/>'
        f'<path d="{SIGNS[mark]}" fill="{PAPER if is_filled else "none"}" stroke="{PAPER}" '
        f'stroke-width="{"0" if is_filled else "2"}"/></g>'
    )
