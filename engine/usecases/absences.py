"""Work that is given to somebody by name in a form: whoever gives it is told that the person is away.

The name is free text, for it may be anybody's. Where it is that of a colleague who has lent the own work
today, this is said beside the form, after the act, and for each dossier of an act on many.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import or_, select

from engine.domain.calendar import local_day
from engine.domain.texts import Text, fold
from engine.store import cases as rows
from engine.store.rows import AssignmentRow, PositionRow, UserRow, WorkItemRow
from engine.store.work import Unit
from engine.usecases.substitutes import said_away
from engine.usecases.visibility import check_visible

ASSIGNING = "assign"  # the kind of step that gives work to somebody
LONGEST_NAME = 200


def away_in_form(unit: Unit, item: WorkItemRow, raw: Mapping[str, Any]) -> tuple[Text, ...]:
    """Return a sentence for each person of the step's unit whom the answers name and who is away today."""
    if item.kind != ASSIGNING:
        return ()
    written = {_plain(one) for one in raw.values() if isinstance(one, str) and 0 < len(one) <= LONGEST_NAME}
    if not written:
        return ()
    today = local_day(unit.now)
    people = unit.session.execute(
        select(UserRow.id, UserRow.full_name)
        .join(AssignmentRow, AssignmentRow.user_id == UserRow.id)
        .join(PositionRow, PositionRow.id == AssignmentRow.position_id)
        .where(
            PositionRow.unit_id == item.unit_id,
            AssignmentRow.starts_on <= today,
            or_(AssignmentRow.ends_on.is_(None), AssignmentRow.ends_on >= today),
        )
        .order_by(UserRow.full_name, UserRow.id)
    )
    named = {user_id: name for user_id, name in people if _plain(name) in written}
    if not named:
        return ()
    return tuple(away_sentence(named[one], away) for one, away in said_away(unit, named).items())


def named_away(unit: Unit, task_id: int, raw: Mapping[str, Any]) -> tuple[Text, ...]:
    """The same for a step by its number.

    Raises:
        NotFound: If there is no such step that this person may see.
    """
    item = rows.get_task(unit, task_id)
    check_visible(unit, item.dossier)
    return away_in_form(unit, item, raw)


def away_sentence(name: str, away: Text) -> Text:
    return Text(
        f"{name} đang {away.vi}; việc sẽ chờ hoặc do người làm thay xử lý.",
        f"{name} is {away.en}; the work will wait, or the substitute does it.",
    )


def _plain(name: str) -> str:
    return " ".join(fold(name).split())
