"""Drawings and forms that come from other tools: read within bounds, repaired, given a picture."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """One repair of a drawing from outside, with what was asked and answered."""

    id: str
    text: Text
    question: Text
    answer: str
    is_made: bool


def open_drawing(
    data: bytes, *, without: Collection[str] = (), answers: Mapping[str, str] | None = None
) -> Opened:
    """Open a BPMN file of any tool.

    Args:
        without: Ids of repairs that are not wanted.
        answers: What a person said, by the id of the repair that asked.

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
    repaired = repair(data, without=without, answers=answers)
    xml = with_picture(repaired.xml)
    return Opened(given=data, xml=xml, repaired=repaired, is_laid_out=xml != repaired.xml)


def offered_repairs(opened: Opened, answers: Mapping[str, str], left_out: Collection[str]) -> list[Offered]:
    """Return the repairs that were made, and those that somebody left out, which stay on offer.

    A repair that asked goes on asking once it is answered, so that the answer can be changed.
    """
    made = {one.id: one for one in opened.repaired.done}
    first = {one.id: one for one in repair(opened.given).done} if answers or left_out else made
    every = {**{one: repair_ for one, repair_ in first.items() if one in left_out}, **made}
    return [
        Offered(
            id=one.id,
            text=one.text,
            question=one.question or first.get(one.id, one).question,
            answer=answers.get(one.id, ""),
            is_made=one.id in made,
        )
        for one in every.values()
    ]


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
