"""Made-up answers: for every kind of field one that its form takes, the same for the same seed.

For trial runs and for steps of a new revision that nobody has ever answered. Nobody's data is in them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from engine.domain.answers import Unreadable, check_bounds, read_answer
from engine.domain.fields import TODAY, Field
from engine.domain.forms import Form, parse_answers
from engine.usecases.evaluation import evaluate

FAMILY = ("Nguyễn", "Trần", "Lê", "Phạm", "Huỳnh", "Võ", "Đặng", "Bùi", "Hồ", "Ngô")
MIDDLE = ("Văn", "Thị", "Minh", "Ngọc", "Hữu", "Thanh", "Quốc", "Kim")
GIVEN = ("An", "Bình", "Chi", "Dũng", "Hà", "Khánh", "Lan", "Nam", "Phúc", "Thảo", "Vy")
STREETS = ("đường Phan Ngọc Hiển", "đường Trần Hưng Đạo", "đường Ngô Quyền", "ấp 4", "khóm 2")
MOST_TRIES = 12


def made_up(
    form: Form, known: Mapping[str, Any], seed: str, only: Collection[str] | None = None
) -> dict[str, Any]:
    """Return typed answers for the fields of a form, as a person would have typed them.

    Fields whose check fails are tried again with other values; what still fails stays as it is, for the
    person who looks at it.

    Args:
        known: What expressions may read besides, `today` among it.
        only: Names of the fields that are wanted; all where nothing is said.
    """
    asked = [one for one in form.asked.values() if not one.computed and (only is None or one.name in only)]
    answers: dict[str, Any] = {}
    for one in asked:
        answers[one.name] = _answer(one, Random(f"{seed}/{one.name}"), known.get("today"))
    for attempt in range(MOST_TRIES):
        wrong = parse_answers(form, answers, known, evaluate)[1].keys() & answers.keys()
        if not wrong:
            break
        for name in wrong:
            random = Random(f"{seed}/{name}/{attempt}")
            answers[name] = _answer(form.asked[name], random, known.get("today"), attempt + 1)
    return answers


def person(random: Random) -> str:
    """Return the name of somebody who does not exist."""
    return f"{random.choice(FAMILY)} {random.choice(MIDDLE)} {random.choice(GIVEN)}"


def _answer(field: Field, random: Random, today: date | None, attempt: int = 0) -> Any:
    match field.type:
        case "bool":
            return "true" if random.random() < (0.25 if not attempt else 0.5) else ""
        case "choice":
            return random.choice(field.options).value
        case "multi_choice":
            return [random.choice(field.options).value]
        case "integer" | "decimal" | "money":
            return _number(field, random, attempt)
        case "date" | "datetime":
            return _day(field, random, today)
        case "phone":
            return f"09{random.randrange(10**8):08}"
        case "id_no":
            return f"0960{random.randrange(10**8):08}"
        case "email":
            return f"nguoi.dan{random.randrange(1000)}@vidu.vn"
        case "table":
            rows = max(field.least_rows, 1)
            return [
                {one.name: _answer(one, random, today, attempt) for one in field.columns} for _ in range(rows)
            ]
        case "file":
            return ["tep-vi-du.pdf"]
    return _text(field, random)


def _number(field: Field, random: Random, attempt: int) -> str:
    """A number within the bounds; after a refusal nearer to the least or farther from it, in turn."""
    least = field.min if isinstance(field.min, Decimal) else Decimal(1)
    span = Decimal(100) * (Decimal(5) ** (attempt // 2) if attempt % 2 == 0 else Decimal(1) / 5**attempt)
    most = min(field.max, least + span) if isinstance(field.max, Decimal) else least + span
    digits = 0 if field.type != "decimal" else min(field.digits if field.digits is not None else 1, 2)
    value = least + (most - least) * Decimal(str(round(random.random(), 3)))
    if field.type == "money" and field.max is None:
        value *= 1000
    value = round(value, digits) if digits else Decimal(int(value))
    return format(max(value, least), "f").replace(".", ",")


def _day(field: Field, random: Random, today: date | None) -> str:
    now = today or date(2026, 1, 5)
    most = now if field.max == TODAY else field.max if isinstance(field.max, date) else None
    least = now if field.min == TODAY else field.min if isinstance(field.min, date) else None
    if least is not None:
        day = least + timedelta(days=random.randrange(0, 30))
        day = min(day, most) if most is not None else day
    else:
        day = (most or now) - timedelta(days=random.randrange(1, 9000))
    return f"{day:%d/%m/%Y} 08:30" if field.type == "datetime" else f"{day:%d/%m/%Y}"


def _text(field: Field, random: Random) -> str:
    name = field.name
    candidates = [
        person(random)
        if any(part in name for part in ("name", "ten", "investor", "representative", "nguoi"))
        else "",
        f"{random.randrange(1, 300)} {random.choice(STREETS)}" if "addr" in name or "dia_chi" in name else "",
        f"{field.label.vi} {random.randrange(1, 100)}",
        person(random),
        f"{random.randrange(10**11, 10**12)}",
        *(f"{random.randrange(10**12):012}"[:count] for count in range(1, 13)),
        "Ví dụ",
    ]
    for text in candidates:
        if text and _fits(field, text):
            return text
    return "Ví dụ"


def _fits(field: Field, text: str) -> bool:
    try:
        check_bounds(field, read_answer(field, text), None)
    except Unreadable:
        return False
    return True
