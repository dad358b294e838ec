"""motcua simulate: many dossiers through a procedure, with so many people, on a fake clock."""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from bpmn_library.packages import Entry
from engine.domain.access import SYSTEM
from engine.domain.calendar import WorkingCalendar
from engine.domain.procedures import Limit
from engine.simulation.loads import (
    DAY,
    BadLoad,
    Given,
    Load,
    Shares,
    Spread,
    asked_variables,
    complete,
    waits_outside,
)
from engine.simulation.reports import Comparison, Estimate, Report, compare, simulate
from engine.usecases.learning import Learnt, learn
from runtime_api.cli import GOOD, language, say
from runtime_api.commands.environment import installation
from runtime_api.commands.printing import add_json, print_json, print_table
from runtime_api.commands.reading import read_object
from runtime_api.commands.subjects import procedure_at
from runtime_api.national_calendar import national_calendar

REPETITIONS = 5
_UNITS = {"m": 1.0, "h": 60.0}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "file", type=Path, metavar="FILE", help=say("tệp BPMN, thư mục thủ tục", "BPMN or folder")
    )
    parser.add_argument(
        "--arrivals", metavar="N", help=say("hồ sơ mỗi ngày làm việc", "dossiers a working day")
    )
    parser.add_argument(
        "--staff",
        default="",
        metavar="ROLE=N,…",
        help=say("số người; *=N: các vai trò còn lại", "people; *=N: the rest"),
    )
    parser.add_argument(
        "--days", type=int, default=60, metavar="N", help=say("ngày làm việc", "working days")
    )
    parser.add_argument("--seed", type=int, default=1, metavar="S")
    parser.add_argument(
        "--repeat", type=int, default=REPETITIONS, metavar="N", help=say("số lần lặp", "repetitions")
    )
    parser.add_argument(
        "--time", action="append", default=[], metavar="STEP=2h-4h-8h",
        help=say("ngắn nhất-thường-dài nhất; m, h hoặc d", "shortest-usual-longest; m, h or d"),
    )  # fmt: skip
    parser.add_argument(
        "--chance", action="append", default=[], metavar="STEP=a:0.7,b:0.3",
        help=say("tỷ lệ chọn nút, hoặc giá trị của biến", "shares of outcomes, or of a variable's values"),
    )  # fmt: skip
    parser.add_argument(
        "--data", default="{}", metavar="JSON", help=say("dữ liệu của mọi hồ sơ", "data of every dossier")
    )
    parser.add_argument("--from", dest="first", type=date.fromisoformat, default=date.today(), metavar="DATE")
    parser.add_argument(
        "--limit", type=int, metavar="N", help=say("thời hạn, ngày làm việc", "limit in working days")
    )
    parser.add_argument(
        "--learn", action="store_true", help=say("học từ lịch sử của hệ thống", "learn from history")
    )
    parser.add_argument(
        "--against", type=Path, metavar="FILE", help=say("so với sơ đồ này", "compare with this diagram")
    )
    parser.add_argument(
        "--against-staff", default="", metavar="ROLE=N,…", help=say("so với số người này", "compare with")
    )
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    entry = procedure_at(arguments.file)
    learnt = _learnt(entry) if arguments.learn else Learnt()
    staff = _staff(arguments.staff)
    report = _simulated(entry, _load(entry, arguments, staff, learnt), arguments)
    other = None
    if arguments.against or arguments.against_staff:
        variant = procedure_at(arguments.against) if arguments.against else entry
        staff = {**staff, **_staff(arguments.against_staff)}
        other = _simulated(variant, _load(variant, arguments, staff, learnt), arguments)
    difference = compare(report, other) if other else None
    if arguments.json:
        shown = {"learnt_from": learnt.dossiers, **report.as_json()}
        if other and difference:
            shown |= {"against": other.as_json(), "difference": difference.as_json()}
        print_json(shown)
    else:
        _tell(entry, report)
        if other and difference:
            print(say("\nPhương án so sánh:", "\nThe other variant:"))
            _tell(entry, other)
            _tell_difference(difference)
        assumed = dict.fromkeys((*report.assumed, *(other.assumed if other else ())))
        _list(say("Giả định", "Assumed"), (one.say(language()) for one in assumed))
    return GOOD


def _simulated(entry: Entry, load: Load, arguments: argparse.Namespace) -> Report:
    procedure = entry.procedure
    if arguments.limit:
        procedure = replace(procedure, limit=Limit(kind="working_day", value=arguments.limit))
    return simulate(
        entry.definition,
        procedure,
        load,
        national_calendar(),
        first=arguments.first,
        days=arguments.days,
        seed=arguments.seed,
        repetitions=arguments.repeat,
    )


# --- reading -----------------------------------------------------------------------------------------


def _learnt(entry: Entry) -> Learnt:
    with installation() as engine, engine.reading(SYSTEM) as unit:
        return learn(unit, entry.key, asked_variables(entry.definition))


def _load(entry: Entry, arguments: argparse.Namespace, staff: Mapping[str, int], learnt: Learnt) -> Load:
    """Put what was said over what was learnt, and assume the rest."""
    steps = entry.definition.steps
    known = {key: Spread(*one) for key, one in learnt.times.items() if key in steps}
    chances = {key: one for key, one in learnt.chances.items() if key not in steps or _fits(steps[key], one)}
    said_times = dict(_time(entry, one) for one in arguments.time)
    said_chances = dict(_chance(one) for one in arguments.chance)
    given = Given(
        arrivals=_arrivals(arguments.arrivals, learnt),
        staff=staff,
        times={**known, **said_times},
        chances={**chances, **said_chances},
        data=read_object(arguments.data, "--data"),
    )
    return complete(entry.definition, entry.procedure, given)


def _fits(spec: Any, shares: Shares) -> bool:
    """Say whether outcomes of history are still outcomes of the step."""
    return all(spec.outcome(code) is not None for code, _ in shares)


def _arrivals(text: str | None, learnt: Learnt) -> float:
    if text is None and learnt.arrivals:
        return learnt.arrivals
    found = re.fullmatch(r"(\d+(?:[.,]\d+)?)(?:/(?:day|ngay|d))?", text or "")
    if found is None:
        raise _bad(
            f"--arrivals {text or ''}", "số hồ sơ mỗi ngày làm việc, ví dụ 40", "dossiers a day, e.g. 40"
        )
    return float(found[1].replace(",", "."))


def _staff(text: str) -> dict[str, int]:
    found = {}
    for part in filter(None, (one.strip() for one in text.split(","))):
        role, _, people = part.partition("=")
        if not people.isdecimal() or len(people) > 6:
            raise _bad(part, "VAI_TRÒ=SỐ_NGƯỜI, ví dụ SPECIALIST=3", "ROLE=PEOPLE, e.g. SPECIALIST=3")
        found[role.strip()] = int(people)
    return found


def _time(entry: Entry, text: str) -> tuple[str, Spread]:
    step, _, spread = text.partition("=")
    spec = entry.definition.steps.get(step.strip())
    day = DAY if spec and waits_outside(spec) else WorkingCalendar().day_minutes
    minutes = [_minutes(one, float(day), text) for one in spread.split("-")]
    if len(minutes) not in (1, 2, 3):
        raise _bad_time(text)
    low, high = minutes[0], minutes[-1]
    return step.strip(), Spread(low, minutes[1] if len(minutes) == 3 else (low + high) / 2, high)


def _minutes(text: str, day: float, whole: str) -> float:
    found = re.fullmatch(r"\s*(\d+(?:[.,]\d+)?)\s*([mhd])\s*", text)
    if found is None:
        raise _bad_time(whole)
    return float(found[1].replace(",", ".")) * {**_UNITS, "d": day}[found[2]]


def _chance(text: str) -> tuple[str, Shares]:
    name, _, parts = text.partition("=")
    shares = []
    for part in parts.split(","):
        value, colon, share = part.rpartition(":")
        if not colon or not re.fullmatch(r"\d*\.?\d+", share.strip()):
            raise _bad(text, "BƯỚC=giá_trị:tỷ_lệ,…, ví dụ T3=pass:0.7,refuse:0.3", "STEP=value:share,…")
        shares.append((_value(value.strip()), float(share)))
    return name.strip(), tuple(shares)


def _value(text: str) -> Any:
    try:
        return json.loads(text, parse_float=Decimal)
    except ValueError:
        return text


def _bad_time(text: str) -> BadLoad:
    return _bad(
        text, "BƯỚC=ngắn-thường-dài, ví dụ T3=2h-4h-8h", "STEP=shortest-usual-longest, e.g. T3=2h-4h-8h"
    )


def _bad(given: str, vi: str, en: str) -> BadLoad:
    return BadLoad(en, given, given=given, expected_vi=vi)


# --- telling -----------------------------------------------------------------------------------------


def _tell(entry: Entry, report: Report) -> None:
    spoken = language()
    print(f"{entry.key} {entry.procedure.name.say(spoken)}")
    print_table(
        [
            (say("hồ sơ mỗi lần", "dossiers each time"), _plain(report.dossiers)),
            (say("đúng hạn", "on time"), _percent(report.on_time)),
            (say("giờ làm việc đến kết quả", "working hours to the result"), _plain(report.hours)),
            (say("9 trên 10 hồ sơ dưới", "9 of 10 stay below"), _plain(report.slowest)),
            (say("chưa xong", "not done"), _plain(report.unfinished)),
        ]
    )
    print()
    heads = (
        say("vai trò", "role"), say("người", "people"), say("bận", "busy"),
        say("hàng đợi", "queue"), say("dài nhất", "longest"), say("giờ chờ", "hours waited"),
    )  # fmt: skip
    rows = [
        (key, one.people, _percent(one.utilisation), _plain(one.queue), one.longest, _plain(one.waiting))
        for key, one in report.roles.items()
    ]
    print_table([heads, *rows])
    _list(say("Chỗ hẹp", "Narrow places"), (one.say(spoken) for one in report.bottlenecks))


def _tell_difference(found: Comparison) -> None:
    print(
        say("\nKhác biệt (sau − trước), cùng những hồ sơ:", "\nDifference (second − first), same dossiers:")
    )
    print_table(
        [
            (say("đúng hạn", "on time"), _percent(found.on_time, signed=True)),
            (
                say("giờ làm việc đến kết quả", "working hours to the result"),
                _plain(found.hours, signed=True),
            ),
            (say("chưa xong", "not done"), _plain(found.unfinished, signed=True)),
        ]
    )


def _list(title: str, lines: Iterable[str]) -> None:
    found = list(lines)
    if found:
        print(f"\n{title}:")
        for line in found:
            print(f"- {line}")


def _plain(one: Estimate, *, signed: bool = False) -> str:
    return _number(one.mean, signed) + ("" if one.margin is None else f" ± {_number(one.margin)}")


def _percent(one: Estimate, *, signed: bool = False) -> str:
    margin = "" if one.margin is None else f" ± {_number(one.margin * 100)}"
    return f"{_number(one.mean * 100, signed)}{margin} %"


def _number(value: float, signed: bool = False) -> str:
    text = f"{value:+.1f}" if signed else f"{value:.1f}"
    return text.replace(".", ",") if language() == "vi" else text
