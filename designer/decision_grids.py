"""Decision tables as grids: a DMN file read for a page, and what was typed written back in place.

Only what the grid shows is changed: ids, annotations, the requirements graph and its picture stay as other
tools wrote them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lxml import etree

from designer.form_editing import free_name
from engine.bpmn.xml import parse_xml
from engine.domain.procedures import Procedure
from engine.domain.texts import Text
from engine.errors import Invalid, NotFound, ProcedureError
from engine.execution.dmn.model import Decision, Table
from engine.execution.dmn.parse import parse_decisions

DMN = "https://www.omg.org/spec/DMN/20211108/MODEL/"
MOST_ROWS, MOST_COLUMNS, MOST_FILES = 200, 12, 20
MOST_BYTES = 512 * 1024
POLICIES: Mapping[str, Text] = {
    "UNIQUE": Text("đúng một dòng áp dụng", "exactly one row holds"),
    "FIRST": Text("lấy dòng đầu tiên áp dụng", "the first row that holds"),
    "ANY": Text("nhiều dòng áp dụng, cùng kết quả", "several rows hold, with one result"),
    "PRIORITY": Text("lấy kết quả ưu tiên cao nhất", "the result of the highest priority"),
    "COLLECT": Text("lấy mọi dòng áp dụng", "every row that holds"),
    "RULE ORDER": Text("mọi dòng, theo thứ tự dòng", "every row, in their order"),
    "OUTPUT ORDER": Text("mọi dòng, theo ưu tiên kết quả", "every row, by priority of results"),
}
TYPES: Mapping[str, Text] = {
    "": Text("— tự đoán —", "— guessed —"),
    "string": Text("chữ", "text"),
    "number": Text("số", "number"),
    "boolean": Text("có / không", "yes / no"),
    "date": Text("ngày", "date"),
}


class BadGrid(Invalid):
    """A decision file or what was typed into a table cannot be used."""

    code = "bad_grid"
    vi = "Chưa lưu bảng quyết định: {reason_vi}"
    en = "The decision table was not saved: {reason}"


@dataclass(frozen=True, slots=True)
class Grid:
    """One decision of a file; `table` is None where its logic is no table."""

    id: str
    name: str
    table: Table | None


def grids_of(text: str) -> list[Grid]:
    """Return the decisions of a file.

    Raises:
        BadXml, BadDecisionFile: If it cannot be read.
    """
    return [
        Grid(one.id, one.name, one.expression if isinstance(one.expression, Table) else None)
        for one in parse_decisions(text.encode()).elements.values()
        if isinstance(one, Decision)
    ]


def decisions_of(content: Procedure) -> list[tuple[str, str]]:
    """Return id and name of every decision of the procedure; a file that cannot be read has none."""
    found = []
    for text in content.decisions.values():
        try:
            found += [(one.id, one.name or one.id) for one in grids_of(text)]
        except ProcedureError:
            continue
    return found


def grid_of(content: Mapping[str, Any], file: str, decision: str) -> Grid:
    """Return one decision.

    Raises:
        NotFound: If there is none.
    """
    text = (content.get("decisions") or {}).get(file)
    found = next((one for one in grids_of(text) if one.id == decision), None) if text else None
    if found is None:
        raise NotFound("a decision", f"there is none called {decision[:60]!r}", what="bảng quyết định")
    return found


def new_file(content: dict[str, Any], name: str, field: str, result: str) -> str:
    """Add a file with one table that asks one field; return the file's name."""
    files = content.setdefault("decisions", {})
    if len(files) >= MOST_FILES:
        raise _bad(f"tối đa {MOST_FILES} tệp quyết định.", f"at most {MOST_FILES} decision files.")
    key = free_name(name, files, "quyet_dinh").replace("_", "-")
    output = free_name(result or "ket_qua", (), "ket_qua")
    root = etree.Element(
        f"{{{DMN}}}definitions",
        nsmap={None: DMN},
        id=f"d_{key}",
        name=name,
        namespace=f"urn:motcua:decision:{key}",
    )
    data = etree.SubElement(root, f"{{{DMN}}}inputData", id=f"in_{field}", name=field)
    etree.SubElement(data, f"{{{DMN}}}variable", name=field)
    decision = etree.SubElement(root, f"{{{DMN}}}decision", id=free_name(name, (), "quyet_dinh"), name=name)
    etree.SubElement(decision, f"{{{DMN}}}variable", name=output)
    needs = etree.SubElement(decision, f"{{{DMN}}}informationRequirement", id=f"r_{field}")
    etree.SubElement(needs, f"{{{DMN}}}requiredInput", href=f"#in_{field}")
    table = etree.SubElement(decision, f"{{{DMN}}}decisionTable", hitPolicy="UNIQUE")
    column = etree.SubElement(table, f"{{{DMN}}}input", label=field)
    etree.SubElement(etree.SubElement(column, f"{{{DMN}}}inputExpression"), f"{{{DMN}}}text").text = field
    etree.SubElement(table, f"{{{DMN}}}output", name=output)
    files[key] = _text(root)
    return key


def put_file(content: dict[str, Any], name: str, data: bytes) -> None:
    """Take a DMN file from another tool.

    Raises:
        BadGrid, BadXml, BadDecisionFile: If it cannot be used.
    """
    if len(data) > MOST_BYTES:
        raise _bad(f"tệp lớn hơn {MOST_BYTES >> 10} KB.", f"the file has more than {MOST_BYTES >> 10} KB.")
    parse_decisions(data)
    files = content.setdefault("decisions", {})
    key = re.sub(r"[^A-Za-z0-9_\-]+", "-", name.rsplit(".", 1)[0]).strip("-")[:40] or "quyet-dinh"
    if key not in files and len(files) >= MOST_FILES:
        raise _bad(f"tối đa {MOST_FILES} tệp quyết định.", f"at most {MOST_FILES} decision files.")
    files[key] = _text(parse_xml(data))


def drop_file(content: dict[str, Any], name: str) -> None:
    if name not in (content.get("decisions") or {}):
        raise NotFound("a decision file", "there is none", what="tệp quyết định")
    del content["decisions"][name]


def write_grid(content: dict[str, Any], file: str, decision: str, sent: Mapping[str, str]) -> None:
    """Write what was typed into the table of a decision: columns, rows, hit policy.

    Columns are `in.0.label`, `in.0.expression`, `in.0.type`, `in.0.allowed` and `out.0.name`, `out.0.type`;
    cells `rule.0.in.0` and `rule.0.out.0`. A column without its name and a row without a cell are taken out.
    """
    grid_of(content, file, decision)
    root = parse_xml(content["decisions"][file].encode())
    element = next(one for one in root.iter("{*}decision") if one.get("id") == decision)
    if sent.get("name", "").strip():
        element.set("name", sent["name"].strip()[:200])
    table = next(iter(element.iter("{*}decisionTable")))
    _Writing(table, sent).write()
    content["decisions"][file] = _text(root)


class _Writing:
    def __init__(self, table: Any, sent: Mapping[str, str]) -> None:
        self.table, self.sent = table, sent
        self.space = table.tag.rpartition("}")[0].lstrip("{")

    def write(self) -> None:
        policy = self.sent.get("hit_policy", "UNIQUE")
        if policy not in POLICIES:
            raise _bad("quy tắc chọn không có trong chuẩn.", "the hit policy is not in the standard.")
        self.table.set("hitPolicy", policy)
        if policy != "COLLECT":
            self.table.attrib.pop("aggregation", None)
        inputs, outputs = self._columns("in", "expression"), self._columns("out", "name")
        if not inputs or not outputs:
            raise _bad(
                "cần ít nhất một cột hỏi và một cột kết quả.", "a test and a result column are needed."
            )
        old_inputs, old_outputs = self._all("input"), self._all("output")
        rules = self._all("rule")
        self._write_columns("input", inputs, old_inputs, self._write_input)
        self._write_columns("output", outputs, old_outputs, self._write_output)
        self._write_rules(rules, inputs, outputs)

    def _columns(self, side: str, key: str) -> list[int]:
        """Return the numbers of the columns that are named."""
        return [at for at in range(MOST_COLUMNS + 2) if self.sent.get(f"{side}.{at}.{key}", "").strip()]

    def _write_columns(self, tag: str, kept: list[int], old: list[Any], write: Any) -> None:
        if len(kept) > MOST_COLUMNS:
            raise _bad(f"tối đa {MOST_COLUMNS} cột mỗi bên.", f"at most {MOST_COLUMNS} columns a side.")
        for at, one in enumerate(old):
            if at not in kept:
                self.table.remove(one)
        for at in kept:
            element = old[at] if at < len(old) else self._insert(tag)
            write(element, at)

    def _insert(self, tag: str) -> Any:
        """Put a new column behind the last one of its kind; the schema wants them in order."""
        element = etree.Element(f"{{{self.space}}}{tag}")
        before = self._all("input") if tag == "input" else self._all("input") + self._all("output")
        place = self.table.index(before[-1]) + 1 if before else 0
        self.table.insert(place, element)
        return element

    def _write_input(self, element: Any, at: int) -> None:
        asked = self.sent[f"in.{at}.expression"].strip()
        label = self.sent.get(f"in.{at}.label", "").strip()
        element.set("label", label or asked)
        expression = self._child(element, "inputExpression")
        _set(expression, "typeRef", self.sent.get(f"in.{at}.type", ""))
        self._child(expression, "text").text = asked
        allowed = self.sent.get(f"in.{at}.allowed", "").strip()
        holder = element.find(f"{{{self.space}}}inputValues")
        if allowed:
            holder = (
                holder if holder is not None else etree.SubElement(element, f"{{{self.space}}}inputValues")
            )
            self._child(holder, "text").text = allowed
        elif holder is not None:
            element.remove(holder)

    def _write_output(self, element: Any, at: int) -> None:
        element.set("name", self.sent[f"out.{at}.name"].strip())
        _set(element, "typeRef", self.sent.get(f"out.{at}.type", ""))

    def _write_rules(self, rules: list[Any], inputs: list[int], outputs: list[int]) -> None:
        numbers = sorted({int(one[1]) for key in self.sent if (one := re.match(r"rule\.(\d{1,3})\.", key))})
        if len(numbers) > MOST_ROWS + 5:
            raise _bad(f"tối đa {MOST_ROWS} dòng.", f"at most {MOST_ROWS} rows.")
        kept = 0
        for at in numbers:
            tests = [self.sent.get(f"rule.{at}.in.{column}", "").strip() for column in inputs]
            results = [self.sent.get(f"rule.{at}.out.{column}", "").strip() for column in outputs]
            rule = rules[at] if at < len(rules) else None
            if not any(results) and not any(one not in ("", "-") for one in tests):
                if rule is not None:
                    self.table.remove(rule)
                continue
            kept += 1
            if rule is None:
                rule = etree.SubElement(self.table, f"{{{self.space}}}rule")
            self._write_cells(rule, "inputEntry", [one or "-" for one in tests], 0)
            self._write_cells(rule, "outputEntry", results, len(tests))
        if kept > MOST_ROWS:
            raise _bad(f"tối đa {MOST_ROWS} dòng.", f"at most {MOST_ROWS} rows.")

    def _write_cells(self, rule: Any, tag: str, cells: list[str], place: int) -> None:
        old = rule.findall(f"{{{self.space}}}{tag}")
        for spare in old[len(cells) :]:
            rule.remove(spare)
        for at, text in enumerate(cells):
            if at < len(old):
                cell = old[at]
            else:
                cell = etree.Element(f"{{{self.space}}}{tag}")
                rule.insert(place + at, cell)
            self._child(cell, "text").text = text

    def _child(self, element: Any, tag: str) -> Any:
        found = element.find(f"{{{self.space}}}{tag}")
        return found if found is not None else etree.SubElement(element, f"{{{self.space}}}{tag}")

    def _all(self, tag: str) -> list[Any]:
        return self.table.findall(f"{{{self.space}}}{tag}")


def _set(element: Any, name: str, value: str) -> None:
    if value:
        element.set(name, value)
    else:
        element.attrib.pop(name, None)


def _text(root: Any) -> str:
    return etree.tostring(root, encoding="unicode")


def _bad(vi: str, en: str) -> BadGrid:
    return BadGrid("a decision table", en.rstrip("."), reason=en, reason_vi=vi)
