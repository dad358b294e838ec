"""The language of templates: Jinja2 cut down until nothing in it can grow, call or reach outside.

A template may say values, choose (`if`), repeat (`for`) and use the filters of `engine.documents.words`. It
has no calls, no assignments, no arithmetic, no imports, and reads nothing but mappings and lists of plain
values. What it writes, and every turn of a loop, is charged to one budget, so time and memory are bounded
by construction and not by a watchdog.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from functools import lru_cache
from typing import Any

from jinja2 import StrictUndefined, TemplateSyntaxError, Undefined, UndefinedError, nodes
from jinja2.runtime import LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from engine.documents.errors import DocumentTooLong, FactUnknown, TemplateRefused
from engine.documents.words import FILTERS
from engine.domain.texts import Text

LONGEST_TEMPLATE = 200_000  # characters
LONGEST_DOCUMENT = 2_000_000
DEEPEST_LOOP = 3
MOST_NODES = 20_000
ROWS = "_rows"  # the filter that every loop is given; templates cannot name it

_ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.If, nodes.For, nodes.Name, nodes.Const,
    nodes.Getattr, nodes.Getitem, nodes.Filter, nodes.Test, nodes.Compare, nodes.Operand, nodes.And,
    nodes.Or, nodes.Not, nodes.CondExpr,
)  # fmt: skip
_TESTS = ("defined", "none")
_LOOP = ("index", "index0", "first", "last", "length")
_budget: ContextVar[list[int]] = ContextVar("budget")


class TooMuch(Exception):
    """The budget of one document is spent."""


class Templates(ImmutableSandboxedEnvironment):
    """The environment; `templates()` returns the one of the process."""

    def __init__(self) -> None:
        super().__init__(
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            finalize=_charged,
            cache_size=0,
        )
        self.globals = {}
        self.tests = {name: self.tests[name] for name in _TESTS}
        self.filters = {name: _spending(one) for name, one in FILTERS.items()} | {ROWS: _rows}
        self.extensions = {}

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        """Parse, refuse what is not of the language, and put every loop under the budget."""
        tree = super()._parse(source, name, filename)
        _check(tree)
        for loop in list(tree.find_all(nodes.For)):
            size = sum(len(one.data) for one in loop.find_all(nodes.TemplateData))
            loop.iter = nodes.Filter(loop.iter, ROWS, [nodes.Const(size)], [], None, None, lineno=loop.lineno)
        return tree

    def getattr(self, obj: Any, attribute: str) -> Any:
        if isinstance(obj, LoopContext) and attribute in _LOOP:
            return getattr(obj, attribute)
        return self.getitem(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        """Read a value of a mapping or a list; everything else has no parts."""
        if type(obj) is dict and type(argument) is str and argument in obj:  # nearly always
            return obj[argument]
        if isinstance(obj, Mapping) and isinstance(argument, str) and argument in obj:
            return obj[argument]
        if isinstance(obj, list) and isinstance(argument, int) and -len(obj) <= argument < len(obj):
            return obj[argument]
        return self.undefined(obj=obj, name=argument)

    def is_safe_callable(self, obj: Any) -> bool:
        return False


def check_template(source: str) -> None:
    """Check that a text is a template of this language.

    Raises:
        TemplateRefused: Naming the line and what is wrong.
    """
    _compiled(source)


def fill(source: str, facts: Mapping[str, Any], form: str = "") -> str:
    """Return the HTML that a template makes of plain facts.

    Raises:
        TemplateRefused: If it is no template of this language.
        FactUnknown: If it asks for a value that is not there.
        DocumentTooLong: If the result would be longer than `LONGEST_DOCUMENT`.
    """
    template = _compiled(source)
    return spend(form, lambda: template.render(facts))


def spend(form: str, render: Any, *, most: int = LONGEST_DOCUMENT) -> Any:
    """Call `render` within one budget, and say in words what stopped it."""
    token = _budget.set([most])
    try:
        return render()
    except TooMuch as spent:
        raise DocumentTooLong(f"at most {most} characters", "there are more", form=form, most=most) from spent
    except UndefinedError as missing:
        raise FactUnknown("a known value", str(missing), form=form, name=_named(str(missing))) from missing
    finally:
        _budget.reset(token)


@lru_cache(maxsize=1)
def templates() -> Templates:
    """Return the environment of this process."""
    return Templates()


@lru_cache(maxsize=64)
def _compiled(source: str) -> Any:
    if len(source) > LONGEST_TEMPLATE:
        most = f"{LONGEST_TEMPLATE:,}"
        raise _refuse(1, Text(f"dài quá {most} ký tự", f"it is longer than {most} characters"))
    try:
        return templates().from_string(source)
    except TemplateSyntaxError as error:
        raise _refuse(error.lineno, Text(f"lỗi cú pháp ({error.message})", str(error.message))) from error
    except (RecursionError, MemoryError) as error:
        raise _refuse(1, Text("lồng quá sâu", "nested too deeply")) from error


def _check(tree: nodes.Template) -> None:
    count = 0
    stack: list[tuple[nodes.Node, int]] = [(tree, 0)]
    while stack:
        node, depth = stack.pop()
        count += 1
        _check_node(node, depth, count)
        inner = depth + isinstance(node, nodes.For)
        stack.extend((child, inner) for child in node.iter_child_nodes())


def _check_node(node: nodes.Node, depth: int, count: int) -> None:
    kind = type(node).__name__
    if not isinstance(node, _ALLOWED):
        raise _refuse(node.lineno, Text(f"không được dùng {kind}", f"{kind} is not part of the language"))
    if count > MOST_NODES:
        raise _refuse(node.lineno, Text("quá nhiều phần", "too many parts"))
    if isinstance(node, nodes.For) and (node.recursive or depth >= DEEPEST_LOOP):
        raise _refuse(node.lineno, Text("vòng lặp lồng quá sâu", "loops nested too deeply"))
    if isinstance(node, nodes.Filter):
        _check_filter(node)
    if isinstance(node, nodes.Test) and node.name not in _TESTS:
        raise _refuse(node.lineno, Text(f"không có phép thử {node.name}", f"there is no test {node.name}"))
    name = _name_in(node)
    if name.startswith("_"):
        raise _refuse(node.lineno, Text(f"tên {name} không được dùng", f"the name {name} is not allowed"))


def _name_in(node: nodes.Node) -> str:
    """Return the name that a node reads, if it reads one."""
    if isinstance(node, nodes.Name):
        return node.name
    if isinstance(node, nodes.Getattr):
        return node.attr
    if isinstance(node, nodes.Getitem):
        if not isinstance(node.arg, nodes.Const) or not isinstance(node.arg.value, str | int):
            raise _refuse(node.lineno, Text("chỉ mục phải viết sẵn", "an index must be written out"))
        return str(node.arg.value)
    return ""


def _check_filter(node: nodes.Filter) -> None:
    fixed = all(isinstance(one, nodes.Const) for one in node.args)
    if node.name not in FILTERS or node.node is None or node.kwargs or node.dyn_args or node.dyn_kwargs:
        raise _refuse(node.lineno, Text(f"không có bộ lọc {node.name}", f"there is no filter {node.name}"))
    if not fixed or len(node.args) > 1:
        raise _refuse(node.lineno, Text(f"tham số của {node.name}", f"the arguments of {node.name}"))


def _refuse(line: int, why: Text) -> TemplateRefused:
    return TemplateRefused("a template of the language", why.en, line=line, why=why.vi, why_en=why.en)


def _charge(size: int) -> None:
    left = _budget.get(None)
    if left is None:
        return  # a template that is only compiled: constants are folded then
    left[0] -= size
    if left[0] < 0:
        raise TooMuch


def _charged(value: Any) -> Any:
    """Let a value into the document: words, numbers, ready markup; anything else says nothing."""
    if value is None:
        return ""
    if not isinstance(value, (str, int, float, Undefined)):
        raise UndefinedError("a value inside a list")
    said = value if isinstance(value, str) else str(value)
    _charge(len(said) * (1 if isinstance(value, Markup) else 2))
    return said


def _spending(apply: Any) -> Any:
    """Charge what a filter makes, so that a chain of filters cannot grow unseen."""

    def filtered(value: Any, *arguments: Any) -> Any:
        made = apply(value, *arguments)
        if isinstance(made, str):
            _charge(len(made))
        return made

    return filtered


def _rows(values: Any, size: int) -> Iterator[Any]:
    """Go through a list, and pay for the fixed text of each turn."""
    if not isinstance(values, list):
        raise UndefinedError("a list to go through")
    for value in values:
        _charge(size + 20)
        yield value


def _named(message: str) -> str:
    """Return the name out of Jinja's sentence about a missing value."""
    parts = message.split("'")
    return parts[-2][:80] if len(parts) > 2 else message[:80]
