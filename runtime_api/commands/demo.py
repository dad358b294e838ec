"""motcua demo: the demo province, made on first use under ./var/demo, and served on this machine only."""

from __future__ import annotations

import argparse
import os
import shutil
import socket
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from engine.domain.access import SYSTEM
from engine.errors import Refused
from engine.runtime import Engine, open_engine
from engine.settings import Settings, demo_environment
from engine.store.schema import upgrade
from runtime_api.cli import GOOD, say
from runtime_api.commands.printing import print_table
from runtime_api.demo import PASSWORD, load_province, people
from runtime_api.demo_dossiers import StoryClock, tell_stories
from runtime_api.demo_keys import PIN, give_keys
from runtime_api.demo_templates import add_letter
from runtime_api.serve import serve

FOLDER = Path("var/demo")
OFFICES_OPEN = datetime(2025, 7, 1, 1, tzinfo=UTC)  # 08:00 on the day on which the present offices began
READY = "ready"  # a file beside the database, once everything is in it


class PortTaken(Refused):
    """Something else listens on the port."""

    code = "port_taken"
    vi = "Cổng {port} đang được chương trình khác dùng. Hãy thử: motcua demo --port {other}"
    en = "Port {port} is in use by something else. Try: motcua demo --port {other}"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, default=8000, metavar="N")
    parser.add_argument(
        "--fresh", action="store_true", help=say("làm lại dữ liệu từ đầu", "make the data anew")
    )


def run(arguments: argparse.Namespace) -> int:
    _check_free(arguments.port)
    if arguments.fresh:
        shutil.rmtree(FOLDER, ignore_errors=True)
    environment = demo_environment(FOLDER.resolve(), arguments.port)
    engine = open_engine(Settings.from_env(environment))
    prepare(engine, FOLDER)
    _introduce(engine, environment["MOTCUA_PUBLIC_URL"])
    engine.database.dispose()
    os.environ.update(environment)  # what the web process reads
    serve(Settings.from_env(environment))
    return GOOD


def prepare(engine: Engine, folder: Path) -> None:
    """Fill the database of the demo unless that was done; what was begun and not finished is made anew."""
    marker = folder / READY
    if marker.exists():
        upgrade(engine.database)
        give_keys(engine, folder / "keys")
        return
    print(say("Đang dựng tỉnh mẫu…", "Making the demo province…"), flush=True)
    _empty(engine)
    upgrade(engine.database)
    past = replace(engine, clock=StoryClock(OFFICES_OPEN))
    load_province(past)
    add_letter(past)
    tell_stories(engine)
    give_keys(engine, folder / "keys")
    marker.touch()


def _empty(engine: Engine) -> None:
    engine.database.dispose()
    place = Path(engine.database.url.database or "")
    for ending in ("", "-wal", "-shm", "-turn"):
        Path(f"{place}{ending}").unlink(missing_ok=True)


def _introduce(engine: Engine, address: str) -> None:
    with engine.reading(SYSTEM) as unit:
        table = people(unit)
    print()
    print_table((one.login, one.name, one.title, one.unit) for one in table)
    print()
    print(say(f"Mật khẩu chung: {PASSWORD}", f"Password of everybody: {PASSWORD}"))
    print(say(f"PIN ký số chung: {PIN}", f"PIN of all signing keys: {PIN}"))
    print(say("Người dân:  ", "Citizens: ") + f"{address}/")
    print(say("Cán bộ:     ", "Staff:    ") + f"{address}/sign-in")
    print(say("Dừng bằng Ctrl+C.", "Stop with Ctrl+C."), flush=True)


def _check_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            other = port + 1 if port < 65535 else 8000
            raise PortTaken("a free port", f"{port} is taken", port=port, other=other) from None
