"""The public look-up: the state of a dossier for whoever has its code and the last four digits of a number.

A code that does not exist and a wrong number get the same answer in the same time. Tries are counted per
code and per client before anything is looked at, whether the code exists or not, so that ten thousand
combinations cannot be tried from anywhere.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, select

from engine.domain.attempts import Backoff
from engine.domain.dossiers import BadCode, DossierCode, Status
from engine.domain.names import PUBLIC_NAMES
from engine.domain.texts import Text
from engine.domain.timewords import TimeLeft, say_moment
from engine.errors import NotFound, Refused
from engine.feel.templates import fill
from engine.store import cases as rows
from engine.store import units
from engine.store.attempts import forget_old, give_back, take_try
from engine.store.rows import DossierRow
from engine.store.work import Unit
from engine.usecases.cases import Case
from engine.usecases.summaries import summary_of
from engine.usecases.visibility import Scope

HOUR = timedelta(hours=1)
PER_CODE = Backoff(free=5, first=HOUR, longest=HOUR, forget=HOUR)
PER_CLIENT = Backoff(free=30, first=HOUR, longest=HOUR, forget=HOUR)
FACTOR_DIGITS = 4
PREFIX = "lookup:"


class LookUpFailed(NotFound):
    """No such code, or the wrong digits: nobody is told which."""

    code = "look_up_failed"
    vi = (
        "Không tìm thấy hồ sơ với mã và 4 số cuối vừa nhập. Hãy xem lại mã trên Giấy tiếp nhận hồ sơ, "
        "và 4 số cuối của số điện thoại hoặc số định danh đã khai."
    )
    en = (
        "No dossier was found for this code and these 4 digits. See the code on the slip, and enter the "
        "last 4 digits of the telephone or ID number given there."
    )


class TooManyTries(Refused):
    code = "too_many_tries"
    vi = "Đã nhập sai nhiều lần. Để bảo vệ thông tin người nộp, hãy tra cứu lại sau {until}, hoặc gọi 1022."
    en = "Too many wrong tries. To protect the applicant, look it up again after {until}, or call 1022."


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicStep:
    """A milestone that the citizen sees."""

    text: Text
    at: datetime | None
    is_now: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicView:
    """What anybody with code and digits may see; no number, no address, no officer.

    Attributes:
        applicant: Masked: "Ng*** V** Á".
        now: The public sentences of the steps that are open.
        what_to_do: What is asked of the citizen; empty when nothing is.
    """

    code: str
    procedure_name: Text
    applicant: str
    status: Status
    status_text: Text
    now: tuple[Text, ...]
    at_unit: str
    received_unit: str
    accepted_at: datetime
    due_at: datetime
    provisional: bool
    time: TimeLeft | None
    what_to_do: Text
    supplement_until: datetime | None
    resolved_at: datetime | None
    returned_at: datetime | None
    steps: tuple[PublicStep, ...]


def look_up(unit: Unit, code: str, factor: str, client: str) -> PublicView:
    """Return the public state of a dossier; call it in a reading unit.

    Tries are counted in a transaction of their own, which a refusal must not undo.

    Args:
        factor: The last four digits of the applicant's telephone or ID number.
        client: Where the request comes from, e.g. the address; only its hash is kept.

    Raises:
        LookUpFailed: If the code does not exist or the digits are wrong.
        TooManyTries: If either was tried too often within the hour.
    """
    wanted = _normal(code)
    asked = select(DossierRow.id, DossierRow.applicant_phone, DossierRow.applicant_id_no)
    found = admit(unit, wanted, factor, client, asked.where(DossierRow.code == wanted))
    return _view(unit, rows.get_dossier(unit, found))


def admit(unit: Unit, wanted: str, factor: str, client: str, asked: Select[tuple[int, str, str]]) -> int:
    """Count a try and return the id that `asked` finds, if the digits are those of its telephone or number.

    Args:
        asked: Selects id, telephone and number of what is called `wanted`.

    Raises:
        LookUpFailed, TooManyTries: As for `look_up`.
    """
    _count_try(unit, wanted, client)
    found = unit.session.execute(asked).one_or_none()
    numbers = (found.applicant_phone, found.applicant_id_no) if found else ("", "")
    if not knows_digits(numbers, factor) or found is None:
        raise LookUpFailed("a known code and its digits", "they do not fit")
    with unit.engine.unit(unit.actor) as counting:
        for key in _keys(wanted, client):
            give_back(counting.session, key)
    return found.id


def mask_name(name: str) -> str:
    """Return a name that its owner recognises and others do not: "Nguyễn Văn Á" → "Ng*** V** Á"."""
    parts = name.split()
    masked = [_mask(part, 2 if at == 0 else 1) for at, part in enumerate(parts[:-1])]
    last = parts[-1:] if len(parts) > 1 and len(parts[-1]) == 1 else [_mask(one, 1) for one in parts[-1:]]
    return " ".join([*masked, *last])


def _mask(part: str, shown: int) -> str:
    return part[:shown] + "*" * max(1, min(3, len(part) - shown))


def _normal(code: str) -> str:
    try:
        return str(DossierCode.parse(code))
    except BadCode:
        return "".join(code.split()).upper()[:60]


def _count_try(unit: Unit, code: str, client: str) -> None:
    with unit.engine.unit(unit.actor) as counting:
        forget_old(counting.session, PREFIX, unit.now - 2 * HOUR)
        waits = [
            take_try(counting.session, key, unit.now, rule)
            for key, rule in zip(_keys(code, client), (PER_CODE, PER_CLIENT), strict=True)
        ]
    until = max((one for one in waits if one is not None), default=None)
    if until is not None:
        raise TooManyTries("fewer tries", "there were too many", until=say_moment(until))


def _keys(code: str, client: str) -> tuple[str, str]:
    return f"{PREFIX}code:{_digest(code)}", f"{PREFIX}client:{_digest(client)}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:40]


def knows_digits(numbers: tuple[str, str], factor: str) -> bool:
    """Say whether these are the last four digits of one of the numbers.

    Takes the same time whatever was found; both numbers are compared even if the first one fits.
    """
    digits = "".join(char for char in factor if char.isdecimal() and char.isascii())[:64]
    fits = False
    for number in numbers:
        last = "".join(char for char in number if char.isdecimal())[-FACTOR_DIGITS:]
        fits |= hmac.compare_digest(last.rjust(FACTOR_DIGITS, "x").encode(), digits.encode())
    return fits


def _view(unit: Unit, row: DossierRow) -> PublicView:
    case = Case.of(unit, row)
    summary = summary_of(case, Scope(everything=True))
    status = Status(row.status)
    known = case.context()
    known = {name: known[name] for name in PUBLIC_NAMES}
    public = [fill(case.spec(item.node_id).public, known) for item in case.items]
    wait = next((item for item in case.items if item.kind == "wait_citizen"), None)
    stop = wait and next((one for one in case.stops if one.work_item_id == wait.id), None)
    places = units.names_of(unit, (item.unit_id for item in case.items))
    return PublicView(
        code=row.code,
        procedure_name=case.procedure.name,
        applicant=mask_name(row.applicant_name),
        status=status,
        status_text=status.label,
        now=tuple(dict.fromkeys(text for text in public if text)),
        at_unit=", ".join(dict.fromkeys(places[item.unit_id] for item in case.items)),
        received_unit=summary.received_unit,
        accepted_at=row.accepted_at,
        due_at=row.current_due,
        provisional=row.due_is_provisional,
        time=summary.time,
        what_to_do=Text(stop.reason) if stop else Text(""),
        supplement_until=wait.due_at if wait else None,
        resolved_at=row.resolved_at,
        returned_at=row.returned_at,
        steps=_milestones(case, public),
    )


def _milestones(case: Case, public: list[Text]) -> tuple[PublicStep, ...]:
    """Receipt, what is going on, result, hand-over: the way of a dossier without its inner steps."""
    row = case.row
    steps = [PublicStep(text=Text("Đã tiếp nhận hồ sơ", "Dossier received"), at=row.accepted_at)]
    steps += [
        PublicStep(text=Text(f"Đã bổ sung lần {stop.round}", f"Papers received, round {stop.round}"),
                   at=stop.resumed_at)
        for stop in case.stops
        if stop.kind == "supplement" and stop.resumed_at and row.status not in ("withdrawn", "stopped")
    ]  # fmt: skip
    if row.resolved_at is None and row.ended_at is None:
        now = next((text for text in public if text), Status(row.status).label)
        steps.append(PublicStep(text=now, at=None, is_now=True))
    elif row.resolved_at is None:
        steps.append(PublicStep(text=Status(row.status).label, at=row.ended_at, is_now=True))
        return tuple(steps)
    ready = Text("Có kết quả", "Result ready")
    steps.append(
        PublicStep(text=ready, at=row.resolved_at, is_now=bool(row.resolved_at) and not row.returned_at)
    )
    given = Text("Trả kết quả", "Result handed over")
    steps.append(PublicStep(text=given, at=row.returned_at, is_now=row.returned_at is not None))
    return tuple(steps)
