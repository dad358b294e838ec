"""motcua test: play the test scenarios of a set, a procedure or one file; tell what is not as expected."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bpmn_library.packages import MANIFEST, Entry, read_folder, read_package, read_procedure
from bpmn_library.sets import shipped_set
from engine.domain.scenarios import Scenario
from engine.errors import Invalid
from engine.scenarios.coverage import picture
from engine.scenarios.files import write
from engine.scenarios.remap import remap
from engine.scenarios.reports import Opinions, Report, opinions, report
from engine.scenarios.runs import Difference, Run, recorded
from runtime_api.cli import FINDINGS, GOOD, language, say
from runtime_api.commands.printing import add_json, print_json
from runtime_api.commands.reading import read_object
from runtime_api.commands.subjects import procedure_beside

FOLDER = "scenarios"
YES = ("c", "y")


Tested = tuple[Entry, Report, Opinions]


class NotWritable(Invalid):
    """Scenarios are changed in the folder that they are written in."""

    code = "not_writable"
    vi = "Chỉ ghi lại được kịch bản khi chạy trên thư mục của thủ tục hoặc tệp BPMN; hãy chỉ tới thư mục đó."
    en = "Scenarios are only written back into the folder of a procedure or beside its BPMN file; name that."


class UnknownStep(Invalid):
    """A pair that was accepted names a step that is not there."""

    code = "unknown_step"
    vi = "“{pair}”: cần dạng BƯỚC_CŨ=BƯỚC_MỚI, bước cũ đã mất và bước mới có trong sơ đồ."
    en = "“{pair}”: expected OLD=NEW, the old step gone and the new one in the diagram."


@dataclass(frozen=True)
class Subject:
    """A procedure under test; `folder` is where its scenarios are written, None for a package."""

    entry: Entry
    folder: Path | None


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "subject",
        metavar="SET|FILE",
        help=say(
            "mã bộ, thư mục, zip, tệp BPMN hoặc tệp kịch bản", "set, folder, zip, BPMN or scenario file"
        ),
    )
    parser.add_argument("--scenario", metavar="ID", help=say("chỉ kịch bản này", "only this scenario"))
    parser.add_argument(
        "--pictures", type=Path, metavar="FOLDER", help=say("ghi hình độ phủ (SVG)", "write coverage as SVG")
    )
    parser.add_argument(
        "--remap", action="store_true", help=say("tìm lại bước đã đổi mã", "find steps whose ids changed")
    )
    parser.add_argument(
        "--accept", action="append", default=[], metavar="OLD=NEW", help=say("xác nhận", "confirm a pair")
    )
    parser.add_argument(
        "--record",
        action="store_true",
        help=say("ghi kết quả hiện nay làm kết quả mong đợi", "write what happens now as what is expected"),
    )
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    subjects = _only(list(_subjects(arguments.subject)), arguments.scenario)
    if arguments.remap or arguments.accept:
        subjects = [_remapped(one, arguments) for one in subjects]
    if arguments.record:
        subjects = [_recorded(one) for one in subjects]
    reports = [_tested(one.entry) for one in subjects]
    if arguments.pictures:
        _write_pictures(arguments.pictures, reports)
    if arguments.json:
        print_json({"passed": _is_good(reports), "procedures": [_as_json(*one) for one in reports]})
    else:
        for one in reports:
            _tell(*one)
    return GOOD if _is_good(reports) else FINDINGS


def _tested(entry: Entry) -> Tested:
    found = report(entry.definition, entry.procedure)
    return entry, found, opinions(entry.definition, entry.procedure)


# --- what is tested -------------------------------------------------------------------------------


def _subjects(name: str) -> Iterator[Subject]:
    path = Path(name)
    if path.is_dir():
        if (path / MANIFEST).is_file():
            yield from (Subject(one, path / one.key) for one in read_folder(path))
        else:
            yield Subject(read_procedure(path), path)
    elif path.suffix == ".bpmn" and path.is_file():
        yield Subject(_beside(path), path.parent)
    elif path.suffix == ".json" and path.is_file():
        folder = path.resolve().parent.parent
        diagram = next(iter(sorted(folder.glob("*.bpmn"))), folder / "process.bpmn")
        entry = _beside(diagram, [_read(path)])
        yield Subject(entry, folder)
    elif path.is_file():
        yield from (Subject(one, None) for one in read_package(path.read_bytes()))
    else:
        yield from (Subject(one, None) for one in shipped_set(name))


def _beside(diagram: Path, scenarios: list[Scenario] | None = None) -> Entry:
    """The procedure of a diagram, with the scenarios that stand beside it, or with these."""
    entry = procedure_beside(diagram)
    if scenarios is None and not entry.procedure.scenarios:
        scenarios = [_read(one) for one in sorted((diagram.parent / FOLDER).glob("*.json"))]
    return entry if scenarios is None else _with_scenarios(entry, scenarios)


def _read(path: Path) -> Scenario:
    return Scenario.from_json(read_object(path.read_text(encoding="utf-8"), str(path)))


def _only(subjects: list[Subject], ident: str | None) -> list[Subject]:
    if ident is None:
        return subjects
    chosen = [
        replace(
            one, entry=_with_scenarios(one.entry, [s for s in one.entry.procedure.scenarios if s.id == ident])
        )
        for one in subjects
    ]
    return [one for one in chosen if one.entry.procedure.scenarios]


def _with_scenarios(entry: Entry, scenarios: Iterable[Scenario]) -> Entry:
    return Entry(entry.key, replace(entry.procedure, scenarios=tuple(scenarios)), entry.xml)


# --- changing what is expected --------------------------------------------------------------------


def _remapped(subject: Subject, arguments: argparse.Namespace) -> Subject:
    """Let a person confirm where lost steps are now; what is not confirmed stays."""
    definition, scenarios = subject.entry.definition, subject.entry.procedure.scenarios
    lost = report(definition, subject.entry.procedure).lost
    pairs = dict(_pair(one) for one in arguments.accept)
    for old, new in pairs.items():
        if new not in definition.model.nodes or old in definition.model.nodes:
            raise UnknownStep("a lost step and a step that is there", f"{old}={new}", pair=f"{old}={new}")
    for one in lost:
        if one.old in pairs:
            continue
        new = f"{one.new} ({one.why.say(language())})" if one.new else one.why.say(language())
        print(f"{one.old} “{one.name.say(language())}” → {new}", file=sys.stderr)
        if (
            one.new
            and sys.stdin.isatty()
            and input(say("Đúng không? [c/K] ", "Right? [y/N] ")).lower() in YES
        ):
            pairs[one.old] = one.new
    if not pairs:
        return subject
    return _save(subject, [remap(definition, one, pairs) for one in scenarios])


def _recorded(subject: Subject) -> Subject:
    entry = subject.entry
    done = [recorded(entry.definition, entry.procedure, one) for one in entry.procedure.scenarios]
    for before, after in zip(entry.procedure.scenarios, done, strict=True):
        if len(after.acts) < len(before.acts):
            number = len(after.acts) + 1
            vi = f"{before.id}: việc {number} không làm được nữa, kịch bản dừng trước đó"
            print(
                say(vi, f"{before.id}: act {number} is not possible any more, it ends before"),
                file=sys.stderr,
            )
    return _save(subject, done)


def _save(subject: Subject, scenarios: list[Scenario]) -> Subject:
    if subject.folder is None:
        raise NotWritable("a folder", "it is a package")
    for before, after in zip(subject.entry.procedure.scenarios, scenarios, strict=True):
        if before != after:
            path = subject.folder / FOLDER / f"{after.id}.json"
            path.write_text(write(after), encoding="utf-8")
            print(say(f"đã ghi {path}", f"wrote {path}"), file=sys.stderr)
    return replace(subject, entry=_with_scenarios(subject.entry, scenarios))


def _pair(text: str) -> tuple[str, str]:
    old, _, new = text.partition("=")
    return old.strip(), new.strip()


# --- telling --------------------------------------------------------------------------------------


def _is_good(reports: list[Tested]) -> bool:
    """Nothing played is nothing shown."""
    played = any(found.runs for _, found, _ in reports)
    return played and all(found.passed and not any(second.values()) for _, found, second in reports)


def _tell(entry: Entry, found: Report, second: Opinions) -> None:
    spoken = language()
    print(f"{entry.key} {entry.procedure.name.say(spoken)}")
    if not found.runs:
        print(say("  chưa có kịch bản thử nào", "  there is no scenario"))
        return
    for one in found.runs:
        print(f"  {'✓' if one.passed else '✗'} {one.scenario.id}: {one.scenario.title.say(spoken)}")
        for difference in one.differences:
            print(f"      {difference.text.say(spoken)}")
        for difference in second[one.scenario.id] or ():
            print(f"      {difference.text.say(spoken)}")
    for lost in found.lost:
        guess = f" → {lost.new}?" if lost.new else ""
        print(f"  ? {lost.old} “{lost.name.say(spoken)}”{guess} ({lost.why.say(spoken)}; --remap)")
    ways = found.coverage
    whole = len(ways.flows) + len(ways.missed_flows)
    missed = ", ".join(ways.missed_flows)
    print(
        say("  đã đi qua", "  went through")
        + f" {len(ways.flows)}/{whole} {say('mũi tên', 'flows')} ({ways.percent}%)"
        + (f"; {say('chưa qua', 'not yet')}: {missed}" if missed else "")
    )
    print("  " + _opinion(second))


def _opinion(second: Opinions) -> str:
    compared = [one for one in second.values() if one is not None]
    if not compared:
        return say("bộ chạy thứ hai: không so được sơ đồ này", "second engine: cannot compare this diagram")
    differ = sum(1 for one in compared if one)
    if differ:
        return say(
            f"bộ chạy thứ hai: khác ở {differ}/{len(compared)} kịch bản",
            f"second engine: differs in {differ} of {len(compared)} scenarios",
        )
    return say(
        f"bộ chạy thứ hai: giống ở cả {len(compared)} kịch bản",
        f"second engine: the same in all {len(compared)} scenarios",
    )


def _as_json(entry: Entry, found: Report, second: Opinions) -> dict[str, Any]:
    ways = found.coverage
    return {
        "key": entry.key,
        "passed": found.passed and not any(second.values()),
        "scenarios": [_run_json(one, second[one.scenario.id]) for one in found.runs],
        "coverage": {
            "flows": _ways_json(ways.flows, ways.missed_flows, ways.percent),
            "nodes": _ways_json(ways.nodes, ways.missed_nodes, ways.node_percent),
        },
        "lost": [
            {"old": one.old, "name": one.name.as_json(), "new": one.new or None, "why": one.why.as_json()}
            for one in found.lost
        ],
    }


def _run_json(run: Run, second: tuple[Difference, ...] | None) -> dict[str, Any]:
    return {
        "id": run.scenario.id,
        "title": run.scenario.title.as_json(),
        "passed": run.passed,
        "acts": len(run.scenario.acts),
        "differences": [_difference_json(one) for one in run.differences],
        "second_opinion": "outside" if second is None else "differs" if second else "same",
        "second_differences": [_difference_json(one) for one in second or ()],
    }


def _difference_json(one: Difference) -> dict[str, Any]:
    message = {"vi": one.text.say("vi"), "en": one.text.say("en")}
    return {"act": one.number, "element": one.element, "message": message}


def _ways_json(covered: Iterable[str], missed: tuple[str, ...], percent: int) -> dict[str, Any]:
    there = len(list(covered))
    return {"covered": there, "all": there + len(missed), "percent": percent, "missed": list(missed)}


def _write_pictures(folder: Path, reports: list[Tested]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for entry, found, _ in reports:
        drawn = picture(entry.definition, found.coverage, language())
        (folder / f"{entry.key}.svg").write_text(drawn, encoding="utf-8")
