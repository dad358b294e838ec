"""Accounts: opened, closed and unlocked by use cases; what a person may do follows from assignments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask.typing import ResponseReturnValue
from flask_admin.actions import action
from sqlalchemy import select

from admin.commands import NEW, Command, Field
from admin.views.base import Facet, OfficeView, lazy
from admin.views.organisation import listed
from engine.domain.texts import Text
from engine.store.rows import UserRow
from engine.store.token_rows import ApiTokenRow
from engine.store.work import Unit
from engine.usecases import accounts, tokens


def _create_user(unit: Unit, _key: str, values: Mapping[str, Any]) -> Text:
    accounts.create_user(
        unit,
        values["login"],
        values["full_name"],
        values["password"],
        phone=values["phone"],
        email=values["email"],
    )
    return Text(
        "Đã mở tài khoản {login}. Người này chưa làm được gì cho đến khi được phân công.",
        "The account {login} was opened. The person can do nothing until assigned.",
    ).filled(login=values["login"])


def _disable_user(unit: Unit, key: str, values: Mapping[str, Any]) -> Text:
    accounts.disable_user(unit, int(key), values["reason"])
    return Text(
        "Đã khóa tài khoản; mọi máy đang đăng nhập đã bị đăng xuất.", "The account is closed and signed out."
    )


def _reset_password(unit: Unit, key: str, values: Mapping[str, Any]) -> Text:
    accounts.reset_password(unit, int(key), values["password"])
    return Text(
        "Đã đặt mật khẩu mới; người này phải đăng nhập lại.",
        "The new password is set; the person signs in anew.",
    )


class UserView(OfficeView):
    about = Text(
        "Tài khoản không bị xóa; khóa lại khi người đó nghỉ việc.",
        "Accounts are never deleted; they are closed when somebody leaves.",
    )
    column_list = ("full_name", "login", "is_active", "phone", "created_at")
    column_details_list = ("full_name", "login", "is_active", "language", "phone", "email", "created_at")
    column_sortable_list = ("full_name", "login", "created_at")
    column_searchable_list = ("full_name", "login")
    column_default_sort = "full_name"
    masked = frozenset({"phone", "email"})
    column_labels = {
        "full_name": lazy("Họ tên", "Name"),
        "login": lazy("Tên đăng nhập", "Login"),
        "is_active": lazy("Đang mở", "Open"),
        "language": lazy("Ngôn ngữ", "Language"),
        "phone": lazy("Điện thoại", "Telephone"),
        "email": lazy("Thư điện tử", "E-mail"),
        "created_at": lazy("Mở lúc", "Opened"),
    }
    facets = (
        Facet(
            UserRow.is_active,
            Text("Tài khoản", "Account"),
            listed({"1": Text("đang mở", "open"), "0": Text("đã khóa", "closed")}),
        ),
    )
    commands = (
        Command(
            name="create",
            label=Text("Mở tài khoản", "Open an account"),
            on=NEW,
            run=_create_user,
            fields=(
                Field(name="full_name", label=Text("Họ tên", "Name")),
                Field(
                    name="login",
                    label=Text("Tên đăng nhập", "Login"),
                    hint=Text("Chữ không dấu, ví dụ an.nv", "Plain letters, such as an.nv"),
                ),
                Field(name="password", label=Text("Mật khẩu ban đầu", "First password"), kind="password"),
                Field(name="phone", label=Text("Điện thoại", "Telephone"), needed=False),
                Field(name="email", label=Text("Thư điện tử", "E-mail"), needed=False),
            ),
        ),
        Command(
            name="disable",
            label=Text("Khóa tài khoản", "Close the account"),
            tone="danger",
            run=_disable_user,
            may=lambda row: row.is_active,
            fields=(Field(name="reason", label=Text("Lý do", "Reason"), kind="long"),),
        ),
        Command(
            name="reset",
            label=Text("Đặt lại mật khẩu", "Set a new password"),
            run=_reset_password,
            may=lambda row: row.is_active,
            fields=(Field(name="password", label=Text("Mật khẩu mới", "New password"), kind="password"),),
        ),
    )

    @action("unlock", lazy("Cho đăng nhập lại ngay", "Let sign in again at once"))
    def unlock(self, ids: list[str]) -> None:
        done = Text(
            "Đã mở khóa đăng nhập cho {count} tài khoản.", "{count} accounts may try to sign in again."
        )
        self.each(ids, accounts.unlock_user, done)

    @action("enable", lazy("Mở lại tài khoản", "Open again"))
    def enable(self, ids: list[str]) -> None:
        self.each(
            ids,
            accounts.enable_user,
            Text("Đã mở lại {count} tài khoản.", "{count} accounts were opened again."),
        )


@dataclass(frozen=True, slots=True)
class IssuedKey:
    """A key that is shown once."""

    name: str
    key: str


def _issue_token(unit: Unit, _key: str, values: Mapping[str, Any]) -> IssuedKey:
    key = tokens.issue_token(unit, int(values["account"]), values["name"], values["days"])
    return IssuedKey(values["name"], key)


def _revoke_token(unit: Unit, key: str, values: Mapping[str, Any]) -> Text:
    tokens.revoke_token(unit, int(key), values["reason"])
    return Text("Khóa không còn dùng được.", "The key holds no more.")


def _open_accounts(session: Any) -> list[tuple[str, str]]:
    rows = session.execute(
        select(UserRow.id, UserRow.full_name, UserRow.login)
        .where(UserRow.is_active)
        .order_by(UserRow.full_name, UserRow.id)
    )
    return [(str(one.id), f"{one.full_name} ({one.login})") for one in rows]


class TokenView(OfficeView):
    about = Text(
        "Khóa để chương trình khác làm việc thay một tài khoản. Mỗi chương trình nên có tài khoản riêng.",
        "Keys by which programs act as an account. Each program should have an account of its own.",
    )
    column_list = ("name", "user", "created_at", "ends_on", "revoked_at")
    column_details_list = ("name", "user", "created_at", "ends_on", "revoked_at", "revoke_reason")
    column_sortable_list = ("name", "created_at", "ends_on", "revoked_at")
    column_default_sort = ("created_at", True)
    column_labels = {
        "name": lazy("Tên", "Name"),
        "user": lazy("Tài khoản", "Account"),
        "created_at": lazy("Cấp lúc", "Issued"),
        "ends_on": lazy("Hạn", "Until"),
        "revoked_at": lazy("Thu hồi lúc", "Taken back"),
        "revoke_reason": lazy("Lý do thu hồi", "Why it was taken back"),
    }
    commands = (
        Command(
            name="issue",
            label=Text("Cấp khóa", "Issue a key"),
            explain=Text("Khóa chỉ hiện một lần.", "The key is shown once."),
            on=NEW,
            run=_issue_token,
            fields=(
                Field(
                    name="account", label=Text("Tài khoản", "Account"), kind="choice", options=_open_accounts
                ),
                Field(name="name", label=Text("Dùng cho chương trình nào", "For which program")),
                Field(
                    name="days",
                    label=Text("Dùng được bao nhiêu ngày", "Holds for how many days"),
                    kind="number",
                    default=lambda _row: "90",
                ),
            ),
        ),
        Command(
            name="revoke",
            label=Text("Thu hồi", "Take back"),
            run=_revoke_token,
            may=lambda row: row.revoked_at is None,
            tone="danger",
            fields=(Field(name="reason", label=Text("Lý do", "Reason"), kind="long"),),
        ),
    )

    def show_once(self, command: Command, model: Any, answer: IssuedKey) -> ResponseReturnValue:
        return self.render("office/key.html", issued=answer)

    def title_of(self, model: ApiTokenRow) -> str:
        return model.name
