"""Drawings and forms that come from other tools: read within bounds, repaired, given a picture."""

from __future__ import annotations

import json
from dataclasses import dataclass

from engine.bpmn.drawn import with_picture
from engine.bpmn.lint.findings import Finding
from engine.bpmn.repair import Repaired, repair
from engine.bpmn.xml import parse_xml
from engine.domain.forms import Form
from engine.domain.texts import Text
from engine.errors import Invalid

MOST_FORM = 512 * 1024


class BadFile(Invalid):
    """A file cannot be taken."""

    code = "bad_file"
    vi = "Không nhận được tệp: {reason_vi}"
    en = "The file cannot be taken: {reason}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A drawing that came from outside.

    Attributes:
        given: The bytes as they came.
        xml: With the repairs that could be made, and with a picture.
        is_laid_out: It had no picture and was given one.
    """

    given: bytes
    xml: bytes
    repaired: Repaired
    is_laid_out: bool

    @property
    def left(self) -> tuple[Finding, ...]:
        return self.repaired.left


def open_drawing(data: bytes) -> Opened:
    """Open a BPMN file of any tool.

    Raises:
        BadXml: If it is not XML within the bounds (DOCTYPE, depth, size, number of nodes).
        BadFile: If it is no BPMN.
    """
    root = parse_xml(data)
    if not str(root.tag).endswith("}definitions") or "BPMN" not in str(root.tag):
        raise BadFile(
            "a BPMN file",
            f"the root is {root.tag!r:.60}",
            reason="it is no BPMN diagram.",
            reason_vi="đây không phải sơ đồ BPMN.",
        )
    repaired = repair(data)
    xml = with_picture(repaired.xml)
    return Opened(given=data, xml=xml, repaired=repaired, is_laid_out=xml != repaired.xml)


def waiting_repairs(opened: Opened) -> tuple[Text, ...]:
    """Return what was done to a drawing, in sentences."""
    return tuple(one.text for one in opened.repaired.done)


def read_form(data: bytes) -> Form:
    """Read a form that was exported here or elsewhere.

    Raises:
        BadFile: If it is no JSON or too large.
        BadForm: If it is no form; the sentence names the place.
    """
    if len(data) > MOST_FORM:
        most = MOST_FORM >> 10
        raise BadFile(
            "less", "more", reason=f"it has more than {most} KB.", reason_vi=f"tệp lớn hơn {most} KB."
        )
    try:
        source = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as bad:
        raise BadFile(
            "JSON", "it is none", reason="it is no JSON.", reason_vi="tệp không phải JSON."
        ) from bad
    if not isinstance(source, dict):
        raise BadFile("a form", "a list", reason="it is no form.", reason_vi="tệp không phải biểu mẫu.")
    return Form.from_json(source)
