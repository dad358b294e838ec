"""What differs between the decision tables of two revisions: rows gone and new, by their cells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from designer.changes.change import ADDED, DECISIONS, REMOVED, Change, pair, said
from engine.errors import ProcedureError
from engine.execution.dmn.model import Decision, Rule, Table
from engine.execution.dmn.parse import parse_decisions

MOST_ROWS = 20  # of one table that are told one by one


def compare_decisions(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    """Yield the differences of all decision files."""
    old, new = before.get("decisions") or {}, after.get("decisions") or {}
    for name in dict.fromkeys((*old, *new)):
        if name not in new:
            yield said(DECISIONS, f"Bỏ bảng “{name}”.", f"The decisions “{name}” are gone.", REMOVED)
        elif name not in old:
            yield said(DECISIONS, f"Thêm bảng “{name}”.", f"New decisions “{name}”.", ADDED)
        elif old[name] != new[name]:
            found = list(_file(old[name], new[name]))
            # Layout and spaces of the file are no difference.
            yield from found


def _file(before: str, after: str) -> Iterator[Change]:
    try:
        old, new = (
            {one.id: one for one in parse_decisions(text.encode()).elements.values()}
            for text in (before, after)
        )
    except ProcedureError:
        yield said(
            DECISIONS,
            "Tệp quyết định thay đổi và có bản không đọc được.",
            "A decision file differs and one cannot be read.",
        )
        return
    for ident in dict.fromkeys((*old, *new)):
        one = new.get(ident) or old[ident]
        name = getattr(one, "name", "") or one.variable.name or ident
        if ident not in new:
            yield said(DECISIONS, f"Bỏ quyết định “{name}”.", f"The decision “{name}” is gone.", REMOVED)
        elif ident not in old:
            yield said(DECISIONS, f"Thêm quyết định “{name}”.", f"New decision “{name}”.", ADDED)
        elif old[ident] != new[ident]:
            yield from _element(name, old[ident], new[ident])


def _element(name: str, old: Any, new: Any) -> Iterator[Change]:
    tables = [one.expression for one in (old, new) if isinstance(one, Decision)]
    if len(tables) != 2 or not all(isinstance(one, Table) for one in tables):
        yield said(DECISIONS, f"Quyết định “{name}” thay đổi.", f"The decision “{name}” differs.")
        return
    before, after = tables
    found = list(_table(name, before, after))
    yield from found or [said(DECISIONS, f"Quyết định “{name}” thay đổi.", f"The decision “{name}” differs.")]


def _table(name: str, old: Table, new: Table) -> Iterator[Change]:
    def say(vi: str, en: str, kind: str = "changed") -> Change:
        return said(DECISIONS, f"Bảng “{name}”: {vi}.", f"The table “{name}”: {en}.", kind)

    if (old.hit_policy, old.aggregation) != (new.hit_policy, new.aggregation):
        ends = pair(
            f"{old.hit_policy} {old.aggregation}".strip(), f"{new.hit_policy} {new.aggregation}".strip()
        )
        yield say(f"quy tắc chọn {ends.vi}", f"hit policy {ends.en}")
    heads_old, heads_new = _heads(old), _heads(new)
    if heads_old != heads_new:
        ends = pair(", ".join(heads_old), ", ".join(heads_new))
        yield say(f"các cột {ends.vi}", f"columns {ends.en}")
    else:
        if (old.inputs, old.outputs) != (new.inputs, new.outputs):
            yield say(
                "kiểu hoặc giá trị cho phép của cột thay đổi", "types or allowed values of columns differ"
            )
    gone = [rule for rule in old.rules if rule not in new.rules]
    fresh = [rule for rule in new.rules if rule not in old.rules]
    for rule in gone[:MOST_ROWS]:
        yield say(f"bỏ dòng {_row(old, rule)}", f"the row {_row(old, rule)} is gone", REMOVED)
    for rule in fresh[:MOST_ROWS]:
        yield say(f"thêm dòng {_row(new, rule)}", f"new row {_row(new, rule)}", ADDED)
    left = len(gone[MOST_ROWS:]) + len(fresh[MOST_ROWS:])
    if left:
        yield say(f"và {left} dòng khác thay đổi", f"and {left} more rows differ")
    if not gone and not fresh and old.rules != new.rules:
        yield say("thứ tự các dòng thay đổi", "the order of the rows differs")


def _heads(table: Table) -> list[str]:
    return [one.label or one.expression for one in table.inputs] + [
        one.name or one.label for one in table.outputs
    ]


def _row(table: Table, rule: Rule) -> str:
    tests = [
        f"{column.label or column.expression}: {cell}"
        for column, cell in zip(table.inputs, rule.tests, strict=False)
        if cell.strip() not in ("", "-")
    ]
    return f"({'; '.join(tests) or '—'} ⇒ {', '.join(rule.results)})"
