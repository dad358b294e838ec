"""The units that a rule for a step can give: `= if on_fire_list = "1" then "fire_police" else "military"`.

Where every name that the rule reads is a question with few answers, it is asked with each of them; otherwise
the codes that stand in it are taken, as far as they name a participant or a unit.
"""

from __future__ import annotations

import re
from itertools import islice, product

from engine.domain.fields import Field
from engine.domain.procedures import Procedure
from engine.feel import FeelError, compile_feel, evaluate

MOST_ASKED = 500
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')


def codes_of(rule: str, procedure: Procedure) -> frozenset[str]:
    """Return the codes that a rule can give.

    Raises:
        FeelError: If the rule is not FEEL.
    """
    names = sorted(compile_feel(rule).names)
    fields = {name: one for form in procedure.forms.values() for name, one in form.asked.items()}
    answers = [_answers(fields[name]) if name in fields else () for name in names]
    count = 1
    for one in answers:
        count *= len(one)
    if 0 < count <= MOST_ASKED:
        found = {_asked(rule, dict(zip(names, given, strict=True))) for given in product(*answers)}
        return frozenset(found - {""})
    return frozenset(islice(_QUOTED.findall(rule), MOST_ASKED))


def _answers(field: Field) -> tuple[object, ...]:
    """Return all that a question can be answered with; () where that is too much."""
    if field.type == "choice":
        return tuple(one.value for one in field.options)
    return (True, False) if field.type == "bool" else ()


def _asked(rule: str, given: dict[str, object]) -> str:
    try:
        found = evaluate(rule, given)
    except FeelError:
        return ""
    return found if isinstance(found, str) else ""
