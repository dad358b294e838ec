"""The audit chain: every act leaves a line that cannot be changed, cut out or appended unnoticed.

Acts are chained by hash within one `chain` ("dossier:17"); the last link is repeated in `audit_head`, so
that a cut-off tail is noticed too. Lines name what was done and to what, never personal data: those may
have to be erased one day, the chain may not.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import bindparam, insert, select, tuple_, update

from engine.store.driver import JsonText, Prepared
from engine.store.jsontext import write_json
from engine.store.rows import AuditHeadRow, AuditRow
from engine.store.steps import Head
from engine.store.work import Unit

HEADS = "audit_heads"  # in unit.info: ends of chains as this transaction knows them
START = "0" * 64  # what the first line of a chain follows
AT_ONCE = 1_000  # lines read together when chains are walked

# Built once: every act asks the same.
_HEADS = AuditHeadRow.__table__
_LINES = AuditRow.__table__
_HEAD = Prepared(
    select(_HEADS.c.number, _HEADS.c.hash).where(_HEADS.c.chain == bindparam("of_chain")).with_for_update()
)
_LINE = insert(_LINES).values({one.name: bindparam(one.name) for one in _LINES.c if one.name != "id"})
_ADD_LINE = Prepared(_LINE)
_ADD_HEAD = Prepared(insert(_HEADS).values({one.name: bindparam(one.name) for one in _HEADS.c}))
_MOVED = (
    update(_HEADS)
    .where(_HEADS.c.chain == bindparam("of_chain"), _HEADS.c.number == bindparam("was"))
    .values(number=bindparam("number"), hash=bindparam("hash"))
)
_MOVE_HEAD = Prepared(_MOVED)
_ADD_LINE_AND_MOVE_HEAD = Prepared(_MOVED.add_cte(_LINE.cte("line")))  # SQLite has no such statement


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """The first link that does not hold.

    Attributes:
        number: Place in the chain, from 1; 0 when the chain as a whole is wrong.
        why: "changed", "missing", "head" (the tail was cut off) or "no_head".
    """

    chain: str
    number: int
    why: str


def record(
    unit: Unit,
    chain: str,
    action: str,
    data: Mapping[str, Any] | None = None,
    assignment_id: int | None = None,
) -> None:
    """Add one act to `chain`, in the transaction of the act: if this fails, the act fails.

    Args:
        chain: What the act is about, e.g. "dossier:17", "revision:4", "account:3".
        data: Plain JSON values; dates and decimals are written as text.
        assignment_id: The chair by which the person acted.

    Raises:
        StaleDataError: If the chain has grown since its end was read.
    """
    where = unit.line
    heads = unit.info.setdefault(HEADS, {})
    head = heads.get(chain)
    if head is None:
        found = where.ask(_HEAD, of_chain=chain).one_or_none()
        head = Head(*found) if found else Head(0, START)
    number, previous = head.number + 1, head.hash or START
    text = _canonical(dict(data or {}))
    link = _link(previous, chain, number, unit.now, action, unit.actor.user_id, assignment_id, text)
    line = {
        "chain": chain,
        "number": number,
        "at": unit.now,
        "action": action,
        "user_id": unit.actor.user_id,
        "assignment_id": assignment_id,
        "data": JsonText(text),
        "previous": previous,
        "hash": link,
    }
    if head.number and where.is_postgresql:
        where.change_one(_ADD_LINE_AND_MOVE_HEAD, of_chain=chain, was=head.number, **line)
    else:
        where.ask(_ADD_LINE, **line)
        if head.number:
            where.change_one(_MOVE_HEAD, of_chain=chain, was=head.number, number=number, hash=link)
        else:
            where.ask(_ADD_HEAD, chain=chain, number=number, hash=link)
    heads[chain] = Head(number, link)


def know_head(unit: Unit, chain: str, head: Head) -> None:
    """Take note of the end of a chain that was read under the lock of what the chain is about."""
    unit.info.setdefault(HEADS, {})[chain] = head


def verify_audit(unit: Unit) -> Broken | None:
    """Walk all chains; return the first link that does not hold, or None."""
    heads: dict[str, tuple[int, str]] = {
        head.chain: (head.number, head.hash)
        for head in unit.session.execute(select(AuditHeadRow.chain, AuditHeadRow.number, AuditHeadRow.hash))
    }
    ends: dict[str, tuple[int, str]] = {}
    for line in _lines(unit):
        chain, number = line["chain"], line["number"]
        last, previous = ends.get(chain, (0, START))
        if number != last + 1:
            return Broken(chain=chain, number=last + 1, why="missing")
        if line["previous"] != previous or line["hash"] != _hash(line):
            return Broken(chain=chain, number=number, why="changed")
        ends[chain] = (number, line["hash"])
    return _first_cut(heads, ends)


def _lines(unit: Unit) -> Iterator[Mapping[str, Any]]:
    """Give all lines, chain by chain, some at a time: there may be millions."""
    place = ("", 0)
    where = tuple_(AuditRow.chain, AuditRow.number)
    wanted = select(AuditRow.__table__).order_by(AuditRow.chain, AuditRow.number).limit(AT_ONCE)
    while some := unit.session.execute(wanted.where(where > place)).mappings().all():
        yield from some
        place = (some[-1]["chain"], some[-1]["number"])


def _first_cut(heads: Mapping[str, tuple[int, str]], ends: Mapping[str, tuple[int, str]]) -> Broken | None:
    for chain in sorted(heads.keys() | ends.keys()):
        if chain not in heads:
            return Broken(chain=chain, number=0, why="no_head")
        if heads[chain] != ends.get(chain):
            return Broken(chain=chain, number=heads[chain][0], why="head")
    return None


def _hash(line: Mapping[str, Any]) -> str:
    return _link(
        line["previous"], line["chain"], line["number"], line["at"], line["action"], line["user_id"],
        line["assignment_id"], _canonical(line["data"]),
    )  # fmt: skip


def _link(
    previous: str,
    chain: str,
    number: int,
    at: datetime,
    action: str,
    user_id: int | None,
    assignment_id: int | None,
    data: str,
) -> str:
    """Return the hash of a line; `data` is canonical JSON."""
    moment = (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC).isoformat(timespec="microseconds")
    content = write_json([previous, chain, number, moment, action, user_id, assignment_id])
    return hashlib.sha256(f"{content[:-1]},{data}]".encode()).hexdigest()


def _canonical(value: Any) -> str:
    return _written(value)


def _as_text(value: object) -> str:
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"the audit keeps plain values, not {type(value).__name__}")


_written = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_as_text
).encode  # made once: json.dumps would make one at every call
