"""motcua bench: what a step costs here, beside the bare transaction and stock SpiffWorkflow."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from typing import Any

from runtime_api.bench.lateness import Load, measure_lateness
from runtime_api.bench.pages import measure_pages
from runtime_api.bench.run import measure
from runtime_api.cli import GOOD, say
from runtime_api.commands.printing import add_json, print_json, print_table


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--database", default="", metavar="URL", help=say("CSDL trống", "an empty database"))
    parser.add_argument(
        "--dossiers", type=int, default=1000, metavar="N", help=say("số hồ sơ đang mở", "open dossiers")
    )
    parser.add_argument(
        "--workers", type=int, default=8, metavar="N", help=say("số kết nối nhiều nhất", "most connections")
    )
    parser.add_argument("--rounds", type=int, default=4, metavar="N", help=say("số vòng đo", "rounds"))
    parser.add_argument(
        "--memory-rounds", type=int, default=2000, metavar="N", help=say("số lần bổ sung", "rework rounds")
    )
    parser.add_argument(
        "--timers",
        type=int,
        metavar="N",
        help=say("chỉ đo độ trễ của hẹn giờ, N đang chờ", "only how late timers fire while N wait"),
    )
    parser.add_argument(
        "--seconds", type=int, default=60, metavar="S", help=say("đo hẹn giờ bao lâu", "how long, for timers")
    )
    parser.add_argument(
        "--pages",
        type=int,
        metavar="N",
        help=say("chỉ đo các trang giữa N hồ sơ", "only what pages cost among N dossiers"),
    )
    parser.add_argument(
        "--requests", type=int, default=100, metavar="N", help=say("số lần mở mỗi trang", "requests per page")
    )
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    if arguments.pages is not None:
        return _run_pages(arguments)
    if arguments.timers is not None:
        return _run_timers(arguments)
    found = measure(
        arguments.database,
        max(1, arguments.dossiers),
        max(1, arguments.workers),
        max(1, arguments.rounds),
        max(1, arguments.memory_rounds),
    )
    if arguments.json:
        print_json(found)
        return GOOD
    machine = found["machine"]
    print(f"{machine['cpus']} × {machine['cpu']}, Python {machine['python']}, load {machine['load']}")
    _print_memory(found["memory"])
    for name, database in found["databases"].items():
        _print_database(name, database)
    return GOOD


def _run_timers(arguments: argparse.Namespace) -> int:
    load = Load(
        pending=max(0, arguments.timers),
        seconds=max(1, arguments.seconds),
        missed=min(500, max(1, arguments.timers)),
        workers=max(1, arguments.workers),
    )
    found = measure_lateness(arguments.database, load)
    if arguments.json:
        print_json(found)
        return GOOD
    lines = [("", say("tiến trình", "workers"), *_LATENESS)]
    for name, one in found["databases"].items():
        lines.append((name, one["workers"], *(one[key] for key in _LATENESS)))
    print_table(lines)
    return GOOD


def _run_pages(arguments: argparse.Namespace) -> int:
    def tell(line: str) -> None:
        print(line, file=sys.stderr, flush=True)

    found = measure_pages(arguments.database, max(1, arguments.pages), max(1, arguments.requests), tell)
    if arguments.json:
        print_json(found)
        return GOOD
    for name, one in found["databases"].items():
        words = say("hồ sơ, bước đang mở, MB", "dossiers, open steps, MB")
        numbers = ", ".join(str(one[key]) for key in ("dossiers", "open_steps"))
        print(f"\n{one['version']} ({name}) {words}: {numbers}, {one['bytes'] // 1_000_000}")
        lines = [("", "p50 ms", "p95 ms", "max ms", say("xử lý p95", "cpu p95"))]
        lines += [(kind, *(line[key] for key in _PAGES)) for kind, line in one["pages"].items()]
        print_table(lines)
        print()
        ratio = say("lần trang nhỏ nhất", "times the smallest page")
        counter = [(say("tiếp nhận", "reception"), "p50 ms", "p95 ms", "max ms", ratio)]
        for kind, line in one["reception"].items():
            counter.append((kind, *(line[key] for key in _RECEPTION)))
        print_table(counter)
    return GOOD


_PAGES = ("p50_ms", "p95_ms", "max_ms", "cpu_ms")
_RECEPTION = ("p50_ms", "p95_ms", "max_ms", "ratio")
_LATENESS = (
    "still_waiting", "fired", "fired_twice", "missed",
    "late_p50_ms", "late_p95_ms", "late_max_ms", "missed_in_three_days", "caught_up_seconds",
)  # fmt: skip


def _print_memory(memory: dict[str, Any]) -> None:
    ratios, last = memory["ratios"], memory["rounds"]
    print(
        "\n"
        + say(
            f"Trong bộ nhớ: bước ở vòng {last} / vòng 1 = {ratios['late_over_early']}; "
            f"SpiffWorkflow / Một Cửa = {ratios['stock_over_ours']}.",
            f"In memory: a step at round {last} / round 1 = {ratios['late_over_early']}; "
            f"SpiffWorkflow / Một Cửa = {ratios['stock_over_ours']}.",
        )
    )
    stock = memory["stock"]
    print_table(
        [
            ("", say("vòng", "round"), "p50 ms", "p95 ms", say("byte trạng thái", "bytes of state")),
            _memory_row("Một Cửa", 1, memory["round_1"]),
            _memory_row("Một Cửa", last, memory["last_round"]),
            _memory_row("SpiffWorkflow", 1, stock["round_1"]),
            _memory_row("SpiffWorkflow", stock["rounds"], stock["last_round"]),
        ]
    )


def _memory_row(name: str, number: int, line: dict[str, Any]) -> Sequence[object]:
    return name, number, line["p50_ms"], line["p95_ms"], line["state_bytes"]


def _print_database(name: str, found: dict[str, Any]) -> None:
    ratios, timers = found["ratios"], found["timers"]
    shares, grown = (
        ", ".join(f"{count}: {share}" for count, share in ratios[name].items())
        for name in ("throughput_ours_over_bare", "full_over_empty_p50")
    )
    print(
        f"\n{found['version']} ({name}; {', '.join(f'{k}={v}' for k, v in found['durability'].items())})\n"
        + say(
            f"Bước bền vững / giao dịch trần, theo số kết nối: {shares}. "
            f"Có {found['open_dossiers']} hồ sơ / gần trống: {grown}.",
            f"Durable step / bare transaction, by connections: {shares}. "
            f"With {found['open_dossiers']} dossiers / nearly empty: {grown}.",
        )
    )
    head = (say("kết nối", "connections"), "", say("bước/s", "steps/s"), "p50 ms", "p95 ms")
    print_table([head, *_step_rows(found["steps"])])
    print(say("Khi có ", "With ") + f"{found['open_dossiers']}" + say(" hồ sơ:", " dossiers:"))
    print_table([head, *_step_rows(found["steps_when_full"])])
    print(
        say("Câu lệnh mỗi bước", "Statements per step") + f": {found['statements_per_step']}; "
        + say("dòng ghi", "rows written") + f": {found['rows_per_step']}; "
        + say("byte mỗi hồ sơ mở", "bytes per open dossier") + f": {found['bytes_per_open_dossier']}; "
        + say("trạng thái", "state") + f": {found['state_bytes']} B"
    )  # fmt: skip
    print(
        say(
            f"Hẹn giờ: {timers['pending']} đang chờ, một lượt tìm {timers['look_p50_ms']} ms, "
            f"{timers['fired_per_second']}/s với {timers['workers']} tiến trình, "
            f"hai lần: {timers['fired_twice']}, sót: {timers['missed']}.",
            f"Timers: {timers['pending']} waiting, one look takes {timers['look_p50_ms']} ms, "
            f"{timers['fired_per_second']}/s with {timers['workers']} workers, "
            f"twice: {timers['fired_twice']}, missed: {timers['missed']}.",
        )
    )


def _step_rows(steps: list[dict[str, Any]]) -> Iterator[Sequence[object]]:
    for line in steps:
        for side, label in (("ours", "Một Cửa"), ("bare", say("trần", "bare"))):
            one = line[side]
            yield line["connections"], label, one["per_second"], one["p50_ms"], one["p95_ms"]
