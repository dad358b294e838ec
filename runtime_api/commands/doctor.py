"""motcua doctor: what may be wrong with an installation, each with its repair."""

from __future__ import annotations

import argparse
import os
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from engine.documents import pdf
from engine.domain.access import SYSTEM
from engine.domain.texts import Text
from engine.errors import ProcedureError
from engine.runtime import Engine, open_engine
from engine.settings import Settings, UnsafeSettings
from engine.store.database import clock_skew
from engine.store.rows import CalendarRow
from engine.store.schema import current, has_queue, newest
from runtime_api.cli import FINDINGS, GOOD, language, say
from runtime_api.commands.printing import add_json, print_json

CLOCK_TOLERANCE = 2.0  # seconds between this machine and the database
DISK_LEFT = 0.05
OLDEST_SQLITE = (3, 35, 0)
ASSETS = Path(__file__).parents[1] / "static" / "dist" / "manifest.json"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at; `repair` is empty when it is well."""

    name: str
    found: Text
    repair: Text = Text("")

    @property
    def is_well(self) -> bool:
        return not self.repair


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    findings = list(examine())
    if arguments.json:
        print_json([_as_json(one) for one in findings])
    else:
        for one in findings:
            print(f"{'✓' if one.is_well else '✗'} {one.name}: {one.found.say(language())}")
            if not one.is_well:
                print("    " + say("Cách sửa: ", "Repair: ") + one.repair.say(language()))
    return GOOD if all(one.is_well for one in findings) else FINDINGS


def examine() -> Iterator[Finding]:
    """Look at everything, from the settings to the disk; one trouble does not hide the next."""
    try:
        settings = Settings.from_env(os.environ)
        yield Finding("settings", Text("đọc được và an toàn", "readable and safe"))
    except UnsafeSettings as unsafe:
        repair = Text("xem docs/reference/settings.md", "see docs/reference/settings.md")
        yield Finding("settings", Text(unsafe.say("vi"), unsafe.say("en")), repair)
        try:
            settings = Settings.for_commands(os.environ)
        except UnsafeSettings:
            return
    yield _assets()
    yield _papers()
    try:
        engine = open_engine(settings)
    except (OSError, ProcedureError) as trouble:
        repair = Text("tạo thư mục và cho phép ghi", "make the folder and allow writing")
        yield Finding("files", Text(str(trouble), str(trouble)), repair)
        return
    yield from _files(settings)
    yield from _database(engine, settings)
    engine.database.dispose()


def _assets() -> Finding:
    if ASSETS.exists():
        return Finding("assets", Text("đã dựng", "built"))
    repair = Text("chạy ./run.sh assets", "run ./run.sh assets")
    return Finding("assets", Text("chưa dựng giao diện", "the browser files are not built"), repair)


def _papers() -> Finding:
    """PDF needs Pango and the typeface of the papers; without them, papers are printed from the browser."""
    missing = pdf.trouble()
    if missing:
        repair = Text(
            "cài Pango (Debian, Ubuntu: apt-get install libpango-1.0-0 libpangoft2-1.0-0)",
            "install Pango (Debian, Ubuntu: apt-get install libpango-1.0-0 libpangoft2-1.0-0)",
        )
        return Finding("pdf", missing, repair)
    if pdf.fonts_missing():
        found = Text("tạo được PDF, nhưng thiếu phông chữ", "PDF can be made; its typeface is missing")
        return Finding("pdf", found, Text("chạy ./run.sh assets", "run ./run.sh assets"))
    return Finding("pdf", Text("tạo được PDF", "PDF can be made"))


def _files(settings: Settings) -> Iterator[Finding]:
    probe = settings.files / "incoming" / "doctor"
    try:
        probe.write_bytes(b"")
        probe.unlink()
        yield Finding("files", Text(f"ghi được vào {settings.files}", f"{settings.files} is writable"))
    except OSError as trouble:
        repair = Text(f"cho phép ghi vào {settings.files}", f"allow writing to {settings.files}")
        yield Finding("files", Text(str(trouble), str(trouble)), repair)
        return
    disk = shutil.disk_usage(settings.files)
    free = Text(f"còn {disk.free // 2**30} GB", f"{disk.free // 2**30} GB left")
    is_low = disk.free < disk.total * DISK_LEFT
    yield Finding("disk", free, Text("giải phóng đĩa", "free some space") if is_low else Text(""))


def _database(engine: Engine, settings: Settings) -> Iterator[Finding]:
    try:
        at, wanted = current(engine.database), newest()
    except SQLAlchemyError as trouble:
        kind = type(trouble).__name__
        repair = Text("kiểm tra DATABASE_URL và máy chủ", "check DATABASE_URL and the server")
        yield Finding("database", Text(f"không kết nối được: {kind}", f"unreachable: {kind}"), repair)
        return
    yield Finding("database", Text("kết nối được", "reachable"))
    if settings.is_sqlite and sqlite3.sqlite_version_info < OLDEST_SQLITE:
        repair = Text("cần SQLite 3.35 trở lên", "SQLite 3.35 or newer is needed")
        yield Finding("sqlite", Text(sqlite3.sqlite_version), repair)
    if at != wanted:
        found = Text(f"{at or '—'}, cần {wanted}", f"{at or '—'}, {wanted} is needed")
        yield Finding("schema", found, Text("chạy motcua upgrade", "run motcua upgrade"))
        return
    yield Finding("schema", Text(str(at)))
    if not settings.is_sqlite:
        yield _queue(engine)
    yield _clock(engine)
    yield _calendar(engine)


def _queue(engine: Engine) -> Finding:
    if has_queue(engine.database):
        return Finding("queue", Text("có hàng đợi việc nền", "the queue for background work is there"))
    found = Text("thiếu hàng đợi việc nền, hoặc khác phiên bản", "the queue is missing or of another version")
    return Finding("queue", found, Text("chạy motcua upgrade", "run motcua upgrade"))


def _clock(engine: Engine) -> Finding:
    skew = clock_skew(engine.database, engine.clock.now())
    found = Text(f"lệch {skew:.1f} giây so với cơ sở dữ liệu", f"{skew:.1f} seconds from the database")
    repair = Text("bật đồng bộ giờ (NTP)", "turn on time synchronisation (NTP)")
    return Finding("clock", found, repair if skew > CLOCK_TOLERANCE else Text(""))


def _calendar(engine: Engine) -> Finding:
    with engine.reading(SYSTEM) as unit:
        found = unit.session.scalar(select(CalendarRow.id).where(CalendarRow.scope == "national"))
    if found is not None:
        return Finding("calendar", Text("có lịch quốc gia", "there is a national calendar"))
    repair = Text(
        "chạy motcua init, hoặc nhập lịch ở trang Quản trị", "run motcua init, or enter one in /admin"
    )
    return Finding("calendar", Text("chưa có lịch quốc gia", "there is no national calendar"), repair)


def _as_json(one: Finding) -> dict[str, object]:
    return {
        "name": one.name,
        "well": one.is_well,
        "found": {"vi": one.found.say("vi"), "en": one.found.say("en")},
        "repair": {"vi": one.repair.say("vi"), "en": one.repair.say("en")} if one.repair else None,
    }
