"""The values of an input cut where rules change their mind: single values, and the gaps between them.

Rules that only compare inputs with literals answer the same everywhere between two neighbouring literals.
One value from each piece therefore stands for all of it, and going through the pieces is a proof.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import cmp_to_key
from typing import Any

from engine.domain.texts import Text
from engine.feel.printing import show_value
from engine.feel.values import NUMBERS, Months, NumberFault, compare, from_python, kind, moment

ORDERED_KINDS = frozenset(
    (
        *("number", "date", "date and time", "time"),
        *("days and time duration", "years and months duration"),
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Domain:
    """The values that an input can have at all.

    Attributes:
        kind: Kind of its values as FEEL calls it: "number", "string", "boolean", "date"…
        values: The only values there are, e.g. the choices of a field; None for any of the kind.
        least, most: Bounds of an ordered kind, both included; None for none.
        whole: Whether a number has no digits after the point.
    """

    kind: str
    values: tuple[Any, ...] | None = None
    least: Any = None
    most: Any = None
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Segment:
    """One piece of a domain: the single value `low` = `high`, or all between the two, both excluded.

    Attributes:
        low, high: Ends; None for no end on this side. Both None: anything not named elsewhere.
        value: One value of the piece, which stands for all.
    """

    low: Any
    high: Any
    value: Any

    @property
    def is_single(self) -> bool:
        return self.low is not None and self.low is self.high

    def say(self) -> Text:
        low, high = _shown(self.low), _shown(self.high)
        if self.is_single:
            return Text(low, low)
        if self.low is None and self.high is None:
            return Text("giá trị khác", "any other value")
        if self.low is None:
            return Text(f"nhỏ hơn {high}", f"less than {high}")
        if self.high is None:
            return Text(f"lớn hơn {low}", f"more than {low}")
        return Text(f"lớn hơn {low} và nhỏ hơn {high}", f"more than {low} and less than {high}")


def cut(domain: Domain, literals: Iterable[Any]) -> list[Segment] | None:
    """Cut a domain at the literals of its kind; None if values of the kind cannot be gone through."""
    if domain.values is not None:
        return [_single(from_python(value)) for value in domain.values]
    if domain.kind == "boolean":
        return [_single(False), _single(True)]
    known = [one for one in literals if kind(one) == domain.kind]
    if domain.kind == "string":
        singles = [_single(one) for one in dict.fromkeys(known)]
        return [*singles, Segment(None, None, _another(known))]
    if domain.kind in ORDERED_KINDS:
        return _cut_ordered(domain, known)
    return None


def _single(value: Any) -> Segment:
    return Segment(value, value, value)


def _shown(value: Any) -> str:
    return f"“{value}”" if isinstance(value, str) else show_value(value)


def _another(known: list[str]) -> str:
    """A text that is none of the known ones."""
    return max((len(one) for one in known), default=0) * "·" + "·"


def _cut_ordered(domain: Domain, known: list[Any]) -> list[Segment]:
    least, most = from_python(domain.least), from_python(domain.most)
    ends = [one for one in (*known, least, most) if one is not None and _is_within(one, least, most)]
    if domain.whole:
        ends = [one for one in ends if one == one.to_integral_value()] + _neighbours(ends, least, most)
    ends = _sorted(ends)
    pieces: list[Segment] = []
    for low, high in zip([None, *ends], [*ends, None], strict=True):
        if (low is not None or least is None) and (high is not None or most is None):
            between = _between(domain, low, high)
            if between is not None:
                pieces.append(Segment(low, high, between))
        if high is not None:
            pieces.append(_single(high))
    return pieces


def _neighbours(ends: list[Decimal], least: Any, most: Any) -> list[Decimal]:
    """The whole numbers beside an end that is none."""
    found = []
    for one in ends:
        if one != one.to_integral_value():
            below = one.to_integral_value(rounding="ROUND_FLOOR")
            found += [near for near in (below, below + 1) if _is_within(near, least, most)]
    return found


def _is_within(value: Any, least: Any, most: Any) -> bool:
    return not (least is not None and (compare(value, least) or 0) < 0) and not (
        most is not None and (compare(value, most) or 0) > 0
    )


def _sorted(values: list[Any]) -> list[Any]:
    ordered = sorted(values, key=cmp_to_key(lambda a, b: compare(a, b) or 0))
    return [one for at, one in enumerate(ordered) if at == 0 or compare(ordered[at - 1], one) != 0]


def _between(domain: Domain, low: Any, high: Any) -> Any:
    """A value between two ends; None where the kind has none, e.g. between two days that follow."""
    try:
        match domain.kind:
            case "number":
                return _number_between(low, high, whole=domain.whole)
            case "date":
                return _day_between(low, high)
            case "date and time":
                return _moment_between(low, high)
            case "time":
                return _time_between(low, high)
            case "days and time duration":
                return _halfway(low, high, timedelta(days=1), timedelta(microseconds=1))
        found = _halfway(low and low.count, high and high.count, 12, 1)
    except (OverflowError, NumberFault, ValueError):
        return None
    return None if found is None else Months(found)


def _number_between(low: Decimal | None, high: Decimal | None, *, whole: bool) -> Decimal | None:
    if low is None or high is None:
        base = low if low is not None else high
        return Decimal(0) if base is None else NUMBERS.add(base, Decimal(1 if high is None else -1))
    if whole:
        return low + 1 if low + 1 < high else None
    middle = NUMBERS.divide(NUMBERS.add(low, high), Decimal(2))
    return middle if low < middle < high else None


def _day_between(low: date | None, high: date | None) -> date | None:
    day = timedelta(days=1)
    if low is None:
        return date(2000, 1, 1) if high is None else high - day
    return low + day if high is None or low + day < high else None


def _moment_between(low: datetime | None, high: datetime | None) -> datetime | None:
    hour = timedelta(hours=1)
    if low is None:
        return datetime(2000, 1, 1, tzinfo=UTC) if high is None else high - hour
    if high is None:
        return low + hour
    middle = moment(low) + (moment(high) - moment(low)) / 2
    return middle if moment(low) < middle < moment(high) else None


def _time_between(low: time | None, high: time | None) -> time | None:
    start = low or time(0)
    if high is None:
        return time(23, 59, 59, 999_999) if start < time(23, 59, 59, 999_999) else None
    if low is None and high == time(0):
        return None
    day = date(2000, 1, 1)
    first, last = datetime.combine(day, start), datetime.combine(day, high)
    return (first + (last - first) / 2).time() if last - first > timedelta(microseconds=1) else None


def _halfway(low: Any, high: Any, step: Any, smallest: Any) -> Any:
    if low is None:
        return step - step if high is None else high - step
    if high is None:
        return low + step
    return low + (high - low) // 2 if high - low > smallest else None
