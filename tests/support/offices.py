"""Small organisations for tests that do not need the whole demo province."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime

from engine.domain.access import SYSTEM
from engine.domain.texts import Text
from engine.runtime import Engine
from engine.store.rows import CalendarRow, LevelRow, RoleRow
from engine.usecases import accounts, organisation

OPENED = date(2025, 7, 1)
PASSWORD = "a password for tests"
ROLES = ("RECEPTION", "SPECIALIST", "IT_ADMIN")


def add_basics(engine: Engine) -> None:
    """Write levels, roles and a national calendar."""
    with engine.unit(SYSTEM) as unit:
        unit.session.add_all(
            [
                LevelRow(code="province", name_vi="Tỉnh", rank=1),
                LevelRow(code="commune", name_vi="Xã", rank=3),
                *(RoleRow(code=code, name_vi=code) for code in ROLES),
                CalendarRow(
                    code="vn",
                    name_vi="Việt Nam",
                    scope="national",
                    week=[0, 1, 2, 3, 4],
                    sessions=[["07:00", "11:00"], ["13:00", "17:00"]],
                    valid_from=date(2024, 1, 1),
                    version=1,
                ),
            ]
        )


def add_office(engine: Engine, code: str, parent_id: int | None = None, **more: object) -> int:
    new = organisation.NewUnit(
        **{
            "code": code,
            "identity_code": f"H12.{code}",
            "name": Text(f"Đơn vị {code}", f"Unit {code}"),
            "kind": "department",
            "level_code": "province",
            "effective_from": OPENED,
            "parent_id": parent_id,
            **more,
        }
    )
    with engine.unit(SYSTEM) as unit:
        return organisation.create_unit(unit, new)


def add_person(engine: Engine, login: str, office: int | None = None, roles: Iterable[str] = ()) -> int:
    """Open an account, and a chair in `office` if one is named."""
    with engine.unit(SYSTEM) as unit:
        user_id = accounts.create_user(unit, login, f"Người {login}", PASSWORD)
        if office is not None:
            title = Text(f"Ghế của {login}")
            chair = organisation.create_position(unit, office, f"chair-{login}", title, roles, OPENED)
            organisation.assign(unit, user_id, chair, OPENED)
        return user_id


def moment(day: date, hour: int = 9) -> datetime:
    """`hour` o'clock of a day in Vietnam."""
    return datetime(day.year, day.month, day.day, hour - 7, tzinfo=UTC)
