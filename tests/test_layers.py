"""Imports go one way, lazy ones included; modules stay readable; third parties stay where they belong."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LONGEST = 600
PACKAGES = {  # who may import whom, besides itself
    "engine": set(),
    "designer": {"engine"},
    "bpmn_library": {"designer", "engine"},
    "admin": {"engine"},
    "runtime_api": {"admin", "bpmn_library", "designer", "engine"},
}
LAYERS = {  # a part of the engine imports parts with a lower number, and itself
    "errors": 0,
    "domain": 1,
    "ports": 2,
    "settings": 2,
    "feel": 2,
    "mail": 3,
    "scanning": 3,
    "trust": 3,
    "rendering": 3,
    "bpmn": 3,
    "execution": 4,
    "store": 5,
    "documents": 6,
    "runtime": 6,
    "usecases": 7,
    "scenarios": 8,
    "simulation": 8,
}
WEB = {"flask", "werkzeug", "wtforms", "flask_admin", "flask_babel", "flask_wtf", "granian"}
SKIPPED = ("node_modules", "migrations")


def modules() -> list[Path]:
    return sorted(
        path
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        if not any(part in SKIPPED for part in path.parts)
    )


def imports_of(path: Path) -> Iterator[str]:
    """Every module that a file imports when it runs, wherever the import stands."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    only_for_types = {
        inner
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if node in only_for_types:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from _from(path, node)
        elif _is_import_call(node):
            yield node.args[0].value


def _from(path: Path, node: ast.ImportFrom) -> Iterator[str]:
    package = path.relative_to(ROOT).with_suffix("").parts
    base = ".".join(package[: len(package) - node.level]) if node.level else ""
    name = ".".join(filter(None, (base, node.module)))
    yield name
    yield from (f"{name}.{alias.name}" for alias in node.names)


def _is_import_call(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and ast.unparse(node.func) in ("importlib.import_module", "import_module", "__import__")
        and bool(node.args)
        and isinstance(node.args[0], ast.Constant)
    )


def layer_of(module: str) -> str:
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else ""


@pytest.mark.parametrize("package", PACKAGES)
def test_packages_import_only_what_lies_below(package):
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in modules()
        if path.relative_to(ROOT).parts[0] == package
        for name in imports_of(path)
        if name.split(".")[0] in PACKAGES and name.split(".")[0] not in {package, *PACKAGES[package]}
    ]
    assert wrong == []


def test_parts_of_the_engine_import_only_what_lies_below():
    wrong = []
    for path in modules():
        parts = path.relative_to(ROOT).with_suffix("").parts
        if parts[0] != "engine" or parts == ("engine", "__init__"):
            continue
        own = parts[1]
        for name in imports_of(path):
            if not name.startswith("engine."):
                continue
            other = layer_of(name)
            if other != own and LAYERS[other] >= LAYERS[own]:
                wrong.append(f"{path.relative_to(ROOT)} imports {name}")
    assert wrong == []


def test_every_part_of_the_engine_has_its_layer():
    found = {
        path.stem for path in (ROOT / "engine").iterdir()
        if path.suffix == ".py" or (path / "__init__.py").exists()
    }  # fmt: skip
    assert found - {"__init__"} == set(LAYERS)


def test_the_engine_knows_no_web():
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in modules()
        if path.relative_to(ROOT).parts[0] == "engine"
        for name in imports_of(path)
        if name.split(".")[0] in WEB
    ]
    assert wrong == []


def test_one_package_imports_spiffworkflow():
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in modules()
        if ROOT / "engine" / "execution" / "spiff" not in path.parents
        for name in imports_of(path)
        if name.split(".")[0] == "SpiffWorkflow"
    ]
    assert wrong == []


def test_xml_is_parsed_in_one_place():
    """Every other parser call would need the same care: no DOCTYPE, bounded size, depth and count."""
    calls = ("etree.parse", "etree.fromstring", "etree.XML", "etree.iterparse", "etree.XMLParser")
    wrong = [
        f"{path.relative_to(ROOT)}:{node.lineno} calls {ast.unparse(node.func)}"
        for path in modules()
        if path != ROOT / "engine" / "bpmn" / "xml.py"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(calls)
    ]
    assert wrong == []


def test_only_the_unit_of_work_commits():
    """`commit` is the line's own, under one name by which only the unit of work calls it.

    A connection of SQLite hands on its turn when its own `commit` is called; it calls nobody else's.
    """
    store = ROOT / "engine" / "store"
    allowed = {"commit": {store / "driver.py", store / "database.py"}, "make_durable": {store / "work.py"}}
    wrong = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.attr}"
        for path in modules()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and path not in allowed.get(node.attr, {path})
    ]
    assert wrong == []


def test_modules_can_be_read_at_one_sitting():
    long = {
        str(path.relative_to(ROOT)): lines
        for path in modules()
        if (lines := path.read_text(encoding="utf-8").count("\n")) > LONGEST
    }
    assert long == {}


def test_there_is_no_utils_module():
    assert [
        path for path in modules() if path.stem in ("utils", "util", "helpers", "helper", "common", "misc")
    ] == []
