"""motcua init: an empty installation becomes one that the IT staff can sign in to."""

from __future__ import annotations

import argparse
import getpass
import sys

from sqlalchemy import func, select

from engine.domain.access import SYSTEM
from engine.domain.calendar import local_day
from engine.domain.texts import Text
from engine.errors import Refused
from engine.store.rows import LevelRow, RoleRow, UserRow
from engine.store.schema import upgrade
from engine.store.work import Unit
from engine.usecases import accounts, organisation
from runtime_api.cli import GOOD, say
from runtime_api.commands.environment import installation
from runtime_api.national_calendar import add_national_calendar

LEVELS = (("province", "Cấp tỉnh", "Province", 1), ("commune", "Cấp xã", "Commune", 3))
ROLES = {
    "RECEPTION": ("Công chức tiếp nhận", "Reception officer"),
    "RETURN_DESK": ("Công chức trả kết quả", "Return desk officer"),
    "COORDINATOR": ("Điều phối Bộ phận Một cửa", "Coordinator of the one-stop shop"),
    "HEAD": ("Lãnh đạo phòng", "Head of division"),
    "SPECIALIST": ("Chuyên viên thụ lý", "Specialist"),
    "SIGNATORY": ("Lãnh đạo đơn vị", "Signatory"),
    "CLERK": ("Văn thư", "Records clerk"),
    "TREASURER": ("Thủ quỹ, kế toán", "Treasurer"),
    "OPINION": ("Người cho ý kiến", "Opinion giver"),
    "COUNCIL": ("Thành viên hội đồng", "Council member"),
    "FIRE_POLICE": ("Cảnh sát phòng cháy, chữa cháy", "Fire police officer"),
    "CIVIL_STATUS": ("Công chức tư pháp – hộ tịch", "Civil status officer"),
    "PROC_AUTHOR": ("Người xây dựng quy trình", "Procedure author"),
    "PROC_APPROVER_UNIT": ("Lãnh đạo duyệt quy trình", "Unit approver of procedures"),
    "PROC_APPROVER_PROV": ("Kiểm soát thủ tục hành chính tỉnh", "Provincial approver of procedures"),
    "SUPERVISOR": ("Lãnh đạo giám sát", "Supervisor"),
    "IT_ADMIN": ("Cán bộ CNTT", "IT staff"),
}


class AlreadySetUp(Refused):
    """The database has people in it."""

    code = "already_set_up"
    vi = "Cơ sở dữ liệu này đã có {count} tài khoản, nên không khởi tạo lại."
    en = "This database already has {count} accounts, so it is not set up again."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--login", default="admin", help=say("tên đăng nhập đầu tiên", "the first login"))
    parser.add_argument("--name", default="Cán bộ CNTT", help=say("họ và tên", "full name"))
    office = "Ủy ban nhân dân tỉnh"
    parser.add_argument("--unit-name", default=office, help=say("tên đơn vị", "name of the office"))
    parser.add_argument("--unit-code", default="ubnd", help=say("mã ngắn của đơn vị", "its short code"))
    parser.add_argument("--identity-code", default="H00", help=say("mã định danh", "its national code"))


def run(arguments: argparse.Namespace) -> int:
    with installation() as engine:
        upgrade(engine.database)
        with engine.unit(SYSTEM) as unit:
            count = unit.session.scalar(select(func.count()).select_from(UserRow))
            if count:
                raise AlreadySetUp("an empty database", f"there are {count} accounts", count=count)
            password = _ask_password()
            _add_basics(unit)
            _add_first_person(unit, arguments, password)
    print(
        say(
            f"Đã tạo cơ sở dữ liệu. Đăng nhập bằng “{arguments.login}” sau khi chạy “motcua serve”.",
            f"The database is ready. Sign in as “{arguments.login}” once “motcua serve” runs.",
        )
    )
    return GOOD


def _ask_password() -> str:
    """From the terminal without an echo, or the first line of what a script pipes in."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    return getpass.getpass(say("Mật khẩu mới (ít nhất 10 ký tự): ", "New password (10 characters or more): "))


def _add_basics(unit: Unit) -> None:
    unit.session.add_all(LevelRow(code=c, name_vi=vi, name_en=en, rank=rank) for c, vi, en, rank in LEVELS)
    unit.session.add_all(RoleRow(code=code, name_vi=vi, name_en=en) for code, (vi, en) in ROLES.items())
    add_national_calendar(unit)
    unit.session.flush()


def _add_first_person(unit: Unit, arguments: argparse.Namespace, password: str) -> None:
    today = local_day(unit.now)
    office = organisation.create_unit(
        unit,
        organisation.NewUnit(
            code=arguments.unit_code,
            identity_code=arguments.identity_code,
            name=Text(arguments.unit_name),
            kind="committee",
            level_code="province",
            effective_from=today,
        ),
    )
    user_id = accounts.create_user(unit, arguments.login, arguments.name, password)
    title = Text("Cán bộ CNTT", "IT staff")
    code = f"{arguments.unit_code}-it"
    chair = organisation.create_position(unit, office, code, title, ["IT_ADMIN"], today)
    organisation.assign(unit, user_id, chair, today)
