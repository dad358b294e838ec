"""House rules that a reader would notice: words, errors in two languages, docstrings."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
import subprocess
from collections import Counter
from functools import cache
from pathlib import Path
from string import Formatter

import pytest

from engine.errors import ProcedureError

ROOT = Path(__file__).parents[1]
PACKAGES = ("engine", "designer", "bpmn_library", "admin", "runtime_api")
KINDS = {"error", "not_found", "forbidden", "invalid", "refused", "conflict"}
# Written apart, so that this file does not contain what it looks for.
FORBIDDEN = [
    "registry." + "npmjs",
    "pypi." + "org",
    "files.python" + "hosted",
    "/wo" + "rk/main",
    "/wo" + "rk/shared",
    "TO" + "DO",
    "FIX" + "ME",
]
TEXT = {
    ".py",
    ".md",
    ".html",
    ".css",
    ".js",
    ".mjs",
    ".json",
    ".cfg",
    ".toml",
    ".sh",
    ".po",
    ".bpmn",
    ".txt",
    "",
}


@cache
def committed() -> tuple[Path, ...]:
    """The files of the project: what git follows and what is about to be added."""
    asked = ["git", "-C", str(ROOT), "ls-files", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(asked, capture_output=True, text=True, check=False).stdout.splitlines()
    return tuple(path for name in names if (path := ROOT / name).is_file() and path.suffix in TEXT)


@cache
def errors() -> tuple[type[ProcedureError], ...]:
    """Every refusal that any module of ours defines."""
    for package in PACKAGES:
        found = importlib.import_module(package)
        for module in pkgutil.walk_packages(found.__path__, f"{package}."):
            if ".migrations" not in module.name:
                importlib.import_module(module.name)
    known: list[type[ProcedureError]] = []
    waiting = [ProcedureError]
    while waiting:
        kind = waiting.pop()
        known.append(kind)
        waiting.extend(kind.__subclasses__())
    return tuple(sorted({kind for kind in known if kind.__module__.split(".")[0] in PACKAGES}, key=repr))


@pytest.mark.parametrize("word", FORBIDDEN)
def test_no_file_contains_what_does_not_belong_here(word):
    found = [str(path.relative_to(ROOT)) for path in committed() if word in path.read_text(encoding="utf-8")]

    assert found == []


def test_every_refusal_has_a_code_of_its_own():
    codes = Counter(kind.__dict__.get("code") for kind in errors())

    assert {kind.__name__ for kind in errors() if "code" not in kind.__dict__} == set()
    assert {code for code, count in codes.items() if count > 1} == set()
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*", code) for code in codes)


def test_every_refusal_speaks_both_languages():
    general = {sentence for kind in errors() if kind.code in KINDS for sentence in (kind.vi, kind.en)}
    silent = [
        f"{kind.__module__}.{kind.__name__}"
        for kind in errors()
        if kind.code not in KINDS and kind.say is ProcedureError.say and general & {kind.vi, kind.en}
    ]

    assert silent == []


def test_both_sentences_of_a_refusal_can_be_filled():
    for kind in errors():
        for sentence in (kind.vi, kind.en):
            assert list(Formatter().parse(sentence)), f"{kind.__name__} says nothing"
        assert kind.vi != kind.en or kind.vi.startswith("{"), f"{kind.__name__} is not translated"


def test_every_module_says_what_lives_in_it():
    silent = [
        str(path.relative_to(ROOT))
        for path in committed()
        if path.suffix == ".py"
        and path.read_text(encoding="utf-8").strip()
        and not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]

    assert silent == []


def test_every_dependency_has_its_line():
    record = (ROOT / "docs" / "decisions" / "0002-dependencies.md").read_text(encoding="utf-8").lower()
    lines = (ROOT / "setup.cfg").read_text(encoding="utf-8").splitlines()
    named = {
        match[1] for line in lines if (match := re.match(r"^    ([A-Za-z][\w-]+)(\[.*\])?[=><]=?", line))
    }

    assert len(named) > 15
    assert {name for name in named if f"{name.lower()}" not in record} == set()
