"""motcua set: standard procedure sets — which there are, whether they hold together, and bringing one in."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import select

from bpmn_library.imports import import_set
from bpmn_library.packages import Package, read_folder, read_package
from bpmn_library.preview import Choices
from bpmn_library.sets import check_set, list_sets, shipped_set
from engine.domain.access import SYSTEM, Actor
from engine.domain.texts import fold
from engine.errors import NotFound
from engine.store.rows import UserRow
from engine.store.work import Unit
from engine.usecases.accounts import load_actor
from runtime_api.cli import FINDINGS, GOOD, language, say
from runtime_api.commands.environment import installation
from runtime_api.commands.printing import add_json, print_json, print_table


def add_arguments(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="act", required=True, metavar="list|check|import")
    listing = acts.add_parser("list", help=say("các bộ có sẵn và đã nhập", "shipped and imported sets"))
    checking = acts.add_parser("check", help=say("kiểm tra một bộ", "check a set"))
    bringing = acts.add_parser("import", help=say("nhập một bộ thành bản nháp", "import a set as drafts"))
    for parser_of_act in (checking, bringing):
        parser_of_act.add_argument(
            "set", metavar="SET", help=say("mã, thư mục hoặc tệp zip", "code, folder or zip")
        )
    bringing.add_argument(
        "--as", dest="login", required=True, metavar="LOGIN", help=say("người nhập", "who imports")
    )
    bringing.add_argument("--participant", action="append", default=[], metavar="CODE=UNIT")
    bringing.add_argument("--owner", action="append", default=[], metavar="KEY=UNIT")
    bringing.add_argument("--accept", action="append", default=[], metavar="KEY")
    for parser_of_act in (listing, checking, bringing):
        add_json(parser_of_act)


def run(arguments: argparse.Namespace) -> int:
    return {"list": _list, "check": _check, "import": _import}[arguments.act](arguments)


def _list(arguments: argparse.Namespace) -> int:
    with installation() as engine, engine.reading(SYSTEM) as unit:
        lines = list_sets(unit)
    if arguments.json:
        print_json(
            [
                {
                    "code": line.code,
                    "name": line.name.as_json(),
                    "version": line.version,
                    "installed_version": line.installed_version,
                    "is_current": line.is_current,
                }
                for line in lines
            ]
        )
    else:
        print_table(
            (one.code, one.version, one.installed_version or "—", one.name.say(language())) for one in lines
        )
    return GOOD


def _check(arguments: argparse.Namespace) -> int:
    found = check_set(_package(arguments.set))
    findings = [(key, one) for key, of_one in sorted(found.items()) for one in of_one]
    if arguments.json:
        print_json(
            [
                {
                    "procedure": key,
                    "rule": one.rule,
                    "severity": one.severity,
                    "element": one.element,
                    "message": {"vi": one.message.say("vi"), "en": one.message.say("en")},
                    "line": one.line,
                }
                for key, one in findings
            ]
        )
    else:
        for key, one in findings:
            print(f"{key}: {one.severity} {one.rule} [{one.element}] {one.message.say(language())}")
    return FINDINGS if any(one.severity == "error" for _, one in findings) else GOOD


def _import(arguments: argparse.Namespace) -> int:
    package = _package(arguments.set)
    choices = Choices(
        participants=_pairs(arguments.participant),
        owners=_pairs(arguments.owner),
        accepted=frozenset(arguments.accept),
    )
    with installation() as engine:
        with engine.reading(SYSTEM) as unit:
            actor = _person(unit, arguments.login)
        with engine.unit(actor) as unit:
            done = import_set(unit, package, choices)
    if arguments.json:
        print_json(
            {
                "installed": {one.key: one.revision_id for one in done.installed},
                "skipped": {one.key: one.reason.as_json() for one in done.skipped},
                "unchanged": list(done.unchanged),
            }
        )
    else:
        for one in done.installed:
            print(say(f"{one.key}: bản nháp số {one.number}", f"{one.key}: draft number {one.number}"))
        for one in done.skipped:
            print(f"{one.key}: {one.reason.say(language())}")
        for key in done.unchanged:
            print(say(f"{key}: không đổi", f"{key}: unchanged"))
    return FINDINGS if done.skipped else GOOD


def _package(name: str) -> Package:
    """A zip file, a folder, or the code of a shipped set."""
    path = Path(name)
    if path.is_file():
        return read_package(path.read_bytes())
    return read_folder(path) if path.is_dir() else shipped_set(name)


def _person(unit: Unit, login: str) -> Actor:
    user_id = unit.session.scalar(select(UserRow.id).where(UserRow.login == fold(login)))
    if user_id is None:
        raise NotFound("an account", f"there is none called {login}", what=f"tài khoản {login}")
    return load_actor(unit, user_id)


def _pairs(words: list[str]) -> Mapping[str, str]:
    return dict(word.partition("=")[::2] for word in words)
