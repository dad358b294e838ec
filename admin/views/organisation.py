"""Offices, chairs and who sits where: read as rows, changed by the use cases of the organisation."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin.commands import NEW, Command, Field
from admin.views.base import Facet, OfficeView, language, lazy, two_languages
from engine.domain.calendar import ZONE
from engine.domain.texts import Text
from engine.store.rows import LevelRow, PositionRow, RoleRow, UnitRow, UserRow
from engine.store.work import Unit
from engine.usecases import organisation
from engine.usecases.organisation import NewUnit, Successor

FROM = Text("Từ ngày", "From")
LAST_DAY = Text("Ngày cuối cùng", "Last day")
RELATIONS = {
    "merge": Text("sáp nhập", "merged"),
    "split": Text("chia tách", "split"),
    "rename": Text("đổi tên", "renamed"),
    "abolish": Text("giải thể", "abolished"),
    "transfer_function": Text("chuyển chức năng", "functions transferred"),
}
KINDS = {
    "committee": Text("ủy ban nhân dân", "people’s committee"),
    "centre": Text("trung tâm phục vụ hành chính công", "service centre"),
    "department": Text("sở, ban, ngành", "department"),
    "division": Text("phòng, ban", "division"),
    "police": Text("công an", "police"),
    "tax": Text("thuế", "tax office"),
    "military": Text("quân sự", "military"),
    "other": Text("khác", "other"),
}


def open_units(session: Session) -> list[tuple[str, str]]:
    """Return the units that no last day has been set for, as options."""
    rows = session.execute(
        select(UnitRow.id, UnitRow.name_vi).where(UnitRow.effective_to.is_(None)).order_by(UnitRow.name_vi)
    )
    return [(str(key), name) for key, name in rows]


def _levels(session: Session) -> list[tuple[str, str]]:
    levels = session.scalars(select(LevelRow).order_by(LevelRow.rank))
    return [(one.code, Text(one.name_vi, one.name_en).say(language())) for one in levels]


def _roles(session: Session) -> list[tuple[str, str]]:
    rows = session.scalars(select(RoleRow).order_by(RoleRow.code))
    return [(one.code, f"{Text(one.name_vi, one.name_en).say(language())} ({one.code})") for one in rows]


def _users(session: Session) -> list[tuple[str, str]]:
    rows = session.scalars(select(UserRow).where(UserRow.is_active).order_by(UserRow.full_name))
    return [(str(one.id), f"{one.full_name} ({one.login})") for one in rows]


def _positions(session: Session) -> list[tuple[str, str]]:
    rows = session.execute(
        select(PositionRow.id, PositionRow.title_vi, UnitRow.name_vi)
        .join(UnitRow, UnitRow.id == PositionRow.unit_id)
        .where(PositionRow.effective_to.is_(None))
        .order_by(UnitRow.name_vi, PositionRow.title_vi)
    )
    return [(str(key), f"{title} · {unit}") for key, title, unit in rows]


def listed(options: Mapping[str, Text]) -> Any:
    """Return codes and their words as options of a field or facet."""
    return lambda _session: [(code, text.say(language())) for code, text in options.items()]


def _today(_row: Any) -> str:
    return f"{datetime.now(ZONE):%d/%m/%Y}"


# --- commands ---------------------------------------------------------------------------------


def _create_unit(unit: Unit, _key: str, values: Mapping[str, Any]) -> Text:
    organisation.create_unit(
        unit,
        NewUnit(
            code=values["code"],
            identity_code=values["identity_code"],
            name=Text(values["name_vi"], values["name_en"]),
            short_name=values["short_name"],
            kind=values["kind"],
            level_code=values["level_code"],
            parent_id=int(values["parent_id"]) if values["parent_id"] else None,
            effective_from=values["effective_from"],
            legal_basis=values["legal_basis"],
            address=values["address"],
            phone=values["phone"],
            geo_code=values["geo_code"],
        ),
    )
    return Text("Đã thêm đơn vị “{name}”.", "The unit “{name}” was added.").filled(name=values["name_vi"])


def _close_unit(unit: Unit, key: str, values: Mapping[str, Any]) -> Text:
    heir = int(values["successor"]) if values["successor"] else None
    relation = values["relation"] or "abolish"
    successors = [Successor(unit_id=heir, relation=relation, note=values["note"])]
    organisation.close_unit(unit, int(key), values["last_day"], successors)
    return Text(
        "Đơn vị đóng sau ngày {day}. Chức vụ và phân công của đơn vị kết thúc cùng ngày.",
        "The unit closes after {day}. Its chairs and their holders end with it.",
    ).filled(day=f"{values['last_day']:%d/%m/%Y}")


def _create_position(unit: Unit, _key: str, values: Mapping[str, Any]) -> Text:
    organisation.create_position(
        unit,
        int(values["unit_id"]),
        values["code"],
        Text(values["title_vi"], values["title_en"]),
        values["roles"],
        values["effective_from"],
    )
    return Text("Đã thêm chức vụ “{title}”.", "The position “{title}” was added.").filled(
        title=values["title_vi"]
    )


def _assign(unit: Unit, _key: str, values: Mapping[str, Any]) -> Text:
    organisation.assign(
        unit,
        int(values["user_id"]),
        int(values["position_id"]),
        values["starts_on"],
        values["ends_on"],
        is_acting=values["is_acting"],
    )
    return Text("Đã phân công, từ ngày {day}.", "The person was assigned, from {day}.").filled(
        day=f"{values['starts_on']:%d/%m/%Y}"
    )


def _end_assignment(unit: Unit, key: str, values: Mapping[str, Any]) -> Text:
    organisation.end_assignment(unit, int(key), values["ends_on"])
    return Text("Phân công kết thúc sau ngày {day}.", "The assignment ends after {day}.").filled(
        day=f"{values['ends_on']:%d/%m/%Y}"
    )


# --- views ------------------------------------------------------------------------------------


class LevelView(OfficeView):
    about = Text("Các cấp chính quyền, kể cả cấp đã bỏ.", "Levels of government, those abolished too.")
    column_list = ("code", "name_vi", "rank", "active_from", "active_to")
    column_labels = {
        "code": lazy("Mã", "Code"),
        "name_vi": lazy("Tên", "Name"),
        "rank": lazy("Thứ bậc", "Rank"),
        "active_from": lazy("Từ ngày", "From"),
        "active_to": lazy("Đến ngày", "Until"),
    }
    column_formatters = {"name_vi": two_languages("name_vi", "name_en")}
    column_default_sort = "rank"

    def title_of(self, model: LevelRow) -> str:
        return model.name_vi


class UnitView(OfficeView):
    about = Text(
        "Đơn vị không bị xóa hay đổi tên: chỉ đóng theo ngày, có đơn vị kế thừa.",
        "Units are never deleted or renamed: they close on a day, and others continue their work.",
    )
    column_list = (
        "name_vi",
        "code",
        "identity_code",
        "level_code",
        "parent",
        "effective_from",
        "effective_to",
    )
    column_details_list = (
        "name_vi", "name_en", "short_name", "code", "identity_code", "kind", "level_code", "parent",
        "geo_code", "address", "phone", "effective_from", "effective_to", "legal_basis",
    )  # fmt: skip
    column_sortable_list = ("name_vi", "code", "identity_code", "effective_from", "effective_to")
    column_searchable_list = ("name_vi", "code", "identity_code", "short_name")
    column_default_sort = "identity_code"
    column_formatters = {
        "name_vi": two_languages("name_vi", "name_en"),
        "kind": lambda _view, _context, row, _name: KINDS.get(row.kind, Text(row.kind)).say(language()),
        "level_code": lambda view, _context, row, _name: dict(_levels(view.session)).get(row.level_code),
    }
    column_labels = {
        "name_vi": lazy("Tên", "Name"),
        "name_en": lazy("Tên tiếng Anh", "Name in English"),
        "short_name": lazy("Tên ngắn", "Short name"),
        "code": lazy("Mã ngắn", "Short code"),
        "identity_code": lazy("Mã định danh", "Identity code"),
        "kind": lazy("Loại", "Kind"),
        "level_code": lazy("Cấp", "Level"),
        "parent": lazy("Trực thuộc", "Belongs to"),
        "geo_code": lazy("Mã địa bàn", "Area code"),
        "address": lazy("Địa chỉ", "Address"),
        "phone": lazy("Điện thoại", "Telephone"),
        "effective_from": lazy("Từ ngày", "From"),
        "effective_to": lazy("Đến hết ngày", "Until"),
        "legal_basis": lazy("Căn cứ", "Legal basis"),
    }
    facets = (Facet(UnitRow.level_code, Text("Cấp", "Level"), _levels),)
    commands = (
        Command(
            name="create",
            label=Text("Thêm đơn vị", "Add a unit"),
            on=NEW,
            run=_create_unit,
            fields=(
                Field(name="name_vi", label=Text("Tên", "Name in Vietnamese")),
                Field(name="name_en", label=Text("Tên tiếng Anh", "Name in English"), needed=False),
                Field(name="short_name", label=Text("Tên ngắn", "Short name"), needed=False),
                Field(
                    name="code",
                    label=Text("Mã ngắn", "Short code"),
                    hint=Text("Chữ không dấu, ví dụ sxd", "Plain letters, such as sxd"),
                ),
                Field(
                    name="identity_code",
                    label=Text("Mã định danh", "Identity code"),
                    hint=Text("Ví dụ H12.05", "Such as H12.05"),
                ),
                Field(name="kind", label=Text("Loại", "Kind"), kind="choice", options=listed(KINDS)),
                Field(name="level_code", label=Text("Cấp", "Level"), kind="choice", options=_levels),
                Field(
                    name="parent_id",
                    label=Text("Trực thuộc", "Belongs to"),
                    kind="choice",
                    needed=False,
                    options=open_units,
                ),
                Field(name="effective_from", label=FROM, kind="date", default=_today),
                Field(name="legal_basis", label=Text("Căn cứ", "Legal basis"), kind="long", needed=False),
                Field(name="address", label=Text("Địa chỉ", "Address"), needed=False),
                Field(name="phone", label=Text("Điện thoại", "Telephone"), needed=False),
                Field(name="geo_code", label=Text("Mã địa bàn", "Area code"), needed=False),
            ),
        ),
        Command(
            name="close",
            label=Text("Đóng đơn vị", "Close the unit"),
            explain=Text(
                "Sau ngày cuối cùng, đơn vị không nhận hồ sơ mới; chức vụ và phân công kết thúc cùng ngày. "
                "Hồ sơ dở dang do đơn vị kế thừa giải quyết tiếp.",
                "After the last day the unit receives nothing more; its chairs and holders end with it. "
                "Whoever continues its work goes on with its dossiers.",
            ),
            tone="danger",
            run=_close_unit,
            may=lambda row: row.effective_to is None,
            fields=(
                Field(name="last_day", label=LAST_DAY, kind="date"),
                Field(
                    name="successor",
                    label=Text("Đơn vị kế thừa", "Continued by"),
                    kind="choice",
                    needed=False,
                    options=open_units,
                ),
                Field(
                    name="relation",
                    label=Text("Hình thức", "In what way"),
                    kind="choice",
                    options=listed(RELATIONS),
                ),
                Field(name="note", label=Text("Ghi chú", "Note"), kind="long", needed=False),
            ),
        ),
    )


class PositionView(OfficeView):
    about = Text(
        "Chức vụ mang theo vai trò; quyền của một người đến từ chức vụ được phân công.",
        "A position carries roles; what a person may do follows from the positions held.",
    )
    column_list = ("title_vi", "unit", "roles", "code", "effective_from", "effective_to")
    column_details_list = ("title_vi", "title_en", "unit", "roles", "code", "effective_from", "effective_to")
    column_sortable_list = ("title_vi", "code", "effective_from", "effective_to")
    column_searchable_list = ("title_vi", "code")
    column_formatters = {"title_vi": two_languages("title_vi", "title_en")}
    column_labels = {
        "title_vi": lazy("Chức vụ", "Position"),
        "title_en": lazy("Tên tiếng Anh", "Title in English"),
        "unit": lazy("Đơn vị", "Unit"),
        "roles": lazy("Vai trò", "Roles"),
        "code": lazy("Mã", "Code"),
        "effective_from": lazy("Từ ngày", "From"),
        "effective_to": lazy("Đến hết ngày", "Until"),
    }
    facets = (Facet(PositionRow.unit_id, Text("Đơn vị", "Unit"), open_units),)
    commands = (
        Command(
            name="create",
            label=Text("Thêm chức vụ", "Add a position"),
            on=NEW,
            run=_create_position,
            fields=(
                Field(name="unit_id", label=Text("Đơn vị", "Unit"), kind="choice", options=open_units),
                Field(name="title_vi", label=Text("Tên chức vụ", "Title in Vietnamese")),
                Field(name="title_en", label=Text("Tên tiếng Anh", "Title in English"), needed=False),
                Field(name="code", label=Text("Mã", "Code"), hint=Text("Ví dụ sxd-cv2", "Such as sxd-cv2")),
                Field(name="effective_from", label=FROM, kind="date", default=_today),
                Field(name="roles", label=Text("Vai trò", "Roles"), kind="several", options=_roles),
            ),
        ),
    )


class AssignmentView(OfficeView):
    about = Text(
        "Ai giữ chức vụ nào, từ ngày nào đến ngày nào.", "Who holds which position, from which day to which."
    )
    column_list = ("user", "position", "position.unit", "starts_on", "ends_on", "is_acting")
    column_details_list = ("user", "position", "position.unit", "starts_on", "ends_on", "is_acting")
    column_sortable_list = ("starts_on", "ends_on")
    column_searchable_list = ("user.full_name", "user.login")
    column_default_sort = ("starts_on", True)
    column_labels = {
        "user": lazy("Người", "Person"),
        "user.full_name": lazy("Họ tên", "Name"),
        "user.login": lazy("Tên đăng nhập", "Login"),
        "position": lazy("Chức vụ", "Position"),
        "position.unit": lazy("Đơn vị", "Unit"),
        "starts_on": lazy("Từ ngày", "From"),
        "ends_on": lazy("Đến hết ngày", "Until"),
        "is_acting": lazy("Được giao quyền", "Acting"),
    }
    commands = (
        Command(
            name="create",
            label=Text("Phân công", "Assign a person"),
            on=NEW,
            run=_assign,
            fields=(
                Field(name="user_id", label=Text("Người", "Person"), kind="choice", options=_users),
                Field(
                    name="position_id", label=Text("Chức vụ", "Position"), kind="choice", options=_positions
                ),
                Field(name="starts_on", label=FROM, kind="date", default=_today),
                Field(name="ends_on", label=Text("Đến hết ngày", "Until"), kind="date", needed=False),
                Field(name="is_acting", label=Text("Được giao quyền", "Acting"), kind="tick", needed=False),
            ),
        ),
        Command(
            name="end",
            label=Text("Kết thúc phân công", "End the assignment"),
            explain=Text(
                "Ngày cuối cùng người này còn giữ chức vụ.",
                "The last day on which the person holds the position.",
            ),
            tone="danger",
            run=_end_assignment,
            may=lambda row: row.ends_on is None,
            fields=(Field(name="ends_on", label=LAST_DAY, kind="date", default=_today),),
        ),
    )

    def title_of(self, model: Any) -> str:
        return f"{model.user} · {model.position}"
