"""WCAG 2.2 AA by axe-core, run inside the page of a real browser. Only tests ever load it.

from accessibility import check_accessible
check_accessible(page)
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

AXE = Path(__file__).parents[2] / "runtime_api" / "assets" / "node_modules" / "axe-core" / "axe.min.js"
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
LEVELS = [*WCAG, "best-practice"]

# The diagram of bpmn-js is not ours to mend; its page has the outline beside it for readers.
NOT_OURS = [".bjs-container"]


def check_accessible(page: Any, *, without: tuple[str, ...] = ()) -> None:
    """Fail with a line for each place on the page that breaks a rule of `LEVELS`.

    Args:
        without: Selectors of parts to leave out.
    """
    found = violations(page, without=without)
    assert not found, f"{page.url}\n" + "\n".join(found)


def violations(page: Any, *, without: tuple[str, ...] = (), levels: list[str] = LEVELS) -> list[str]:
    """Return a line for each place that breaks a rule: the rule, where, and what is missing."""
    if not page.evaluate("() => Boolean(window.axe)"):
        page.evaluate(_axe())
    out = [[one] for one in (*NOT_OURS, *without)]
    result = page.evaluate(
        "([exclude, values]) => axe.run({exclude}, {runOnly: {type: 'tag', values},"
        " resultTypes: ['violations'], preload: false})",
        [out, levels],
    )
    return [
        f"{rule['id']}: {' '.join(map(str, node['target']))}: {' '.join(node['failureSummary'].split())}"
        for rule in result["violations"]
        for node in rule["nodes"]
    ]


@lru_cache(maxsize=1)
def _axe() -> str:
    """Return the program; it is evaluated, not inserted, so that the page's own policy stays in force."""
    if not AXE.is_file():
        pytest.skip("axe-core is not fetched here: ./run.sh assets")
    return AXE.read_text(encoding="utf-8")
