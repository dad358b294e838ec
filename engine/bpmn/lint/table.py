"""The one table of what happens with each element and attribute of BPMN 2.0.2: its types and look-up.

The rows stand in `rows_flow` (what a token meets) and `rows_around` (everything beside it). A row
reads: name, what people call it, what happens with it and why, where it may stand, its attributes.
Whoever makes the engine execute something more, or less, changes one row.

    executed   the engine does what the standard says
    carried    kept in the file and shown; nothing depends on it, so nothing is lost
    refused    would change what the procedure does, and the engine does not do it: an error
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from engine.bpmn.lint.groups import GROUPS
from engine.domain.texts import Text

EXECUTED = "executed"
CARRIED = "carried"
REFUSED = "refused"
FATES = (EXECUTED, CARRIED, REFUSED)

FATE_WORDS = {
    EXECUTED: Text("thực thi", "executed"),
    CARRIED: Text("giữ nguyên", "carried"),
    REFUSED: Text("từ chối", "refused"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """One attribute of an element, or the text of an element that holds a reference.

    Attributes:
        kind: "text", "name", "id", "bool", "int", "free" (names a thing outside BPMN), "ref" or "choice".
        target: For "ref", the group of elements it may point to.
        choices: For "choice", the allowed values and what happens with each.
    """

    name: str
    kind: str
    fate: str = EXECUTED
    required: bool = False
    target: str = ""
    choices: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What happens with one element.

    Attributes:
        word: What people call it, as in «the user task “Appraise”».
        inside: Elements it may stand in; "" is the top of the file.
        text: Set when the element's text is a reference.
        mixed: Whether the element holds free text.
    """

    name: str
    word: Text
    fate: str
    reason: Text
    inside: frozenset[str]
    attributes: Mapping[str, Attribute]
    text: Attribute | None = None


# Attributes that whole families of elements share.
BASE = "id:id"
NAMED = f"{BASE} name:text"
ACTIVITY = f"{NAMED} isForCompensation:bool startQuantity:int completionQuantity:int default:ref(flow)"
GATEWAY = f"{NAMED} ~gatewayDirection:choice(Unspecified/Converging/Diverging/Mixed)"
EXPRESSION = f"{BASE} ~language:free ~evaluatesToTypeRef:free"


def row(
    name: str, word: str, fate: str, reason: str, inside: str, attributes: str = "", text: str = ""
) -> Row:
    """Build a row; `word` and `reason` are "Vietnamese|English", lists are separated by spaces.

    `inside` names elements, groups of them with "@", and "(file)" for the top of the file.
    """
    read = [attribute(one) for one in attributes.split()]
    return Row(
        name=name,
        word=bilingual(word),
        fate=fate,
        reason=bilingual(reason),
        inside=frozenset(_spread(inside)),
        attributes={one.name: one for one in read},
        text=attribute(f"text:{text}") if text else None,
    )


_ATTRIBUTE = re.compile(
    r"(?P<fate>[~-]?)(?P<name>\w+):(?P<kind>text|name|id|bool|int|free|ref|choice)(\((?P<more>[^)]*)\))?(?P<must>!?)"
)
_FATE_SIGNS = {"": EXECUTED, "~": CARRIED, "-": REFUSED}


def attribute(source: str) -> Attribute:
    """Read "name:kind(more)!": "~" before the name is carried, "-" refused, "!" at the end required.

    `more` is the target of a reference or the choices separated by "/", each with its own sign.
    """
    match = _ATTRIBUTE.fullmatch(source)
    if match is None:
        raise ValueError(f"not an attribute of the table: {source}")
    kind, more = match["kind"], match["more"] or ""
    choices = dict(_choice(one) for one in more.split("/")) if kind == "choice" else {}
    return Attribute(
        name=match["name"],
        kind=kind,
        fate=_FATE_SIGNS[match["fate"]],
        required=bool(match["must"]),
        target=more if kind == "ref" else "",
        choices=choices,
    )


def _choice(source: str) -> tuple[str, str]:
    value = source.lstrip("~-")
    return value, _FATE_SIGNS[source[: len(source) - len(value)]]


def _spread(inside: str) -> Iterator[str]:
    for one in inside.split():
        if one.startswith("@"):
            yield from GROUPS[one[1:]]
        else:
            yield "" if one == "(file)" else one


def bilingual(source: str) -> Text:
    vi, _, en = source.partition("|")
    return Text(vi, en)


def index(rows: Iterable[Row]) -> dict[str, Row]:
    """Return the rows by name.

    Raises:
        ValueError: If two rows have the same name; one of them would be a rule that nobody applies.
    """
    table: dict[str, Row] = {}
    for one in rows:
        if one.name in table:
            raise ValueError(f"two rows for {one.name}")
        table[one.name] = one
    return table
