"""All pages of the designer, for the application that serves them, and the tabs of a revision's content."""

from __future__ import annotations

from typing import Any

from designer import (
    compare_pages,
    draft_pages,
    editor_pages,
    form_pages,
    outline_pages,
    review_pages,
    trial_pages,
)
from engine.domain.texts import Text

DESIGNER = (
    editor_pages.bp,
    outline_pages.bp,
    draft_pages.bp,
    trial_pages.bp,
    compare_pages.bp,
    review_pages.bp,
    form_pages.bp,
)
TABS = (
    ("designer.revision", Text("Tổng quan", "Overview")),
    ("outline.table", Text("Bảng các bước", "Table of steps")),
    ("forms.list_all", Text("Biểu mẫu", "Forms")),
    ("trials.list_scenarios", Text("Kịch bản thử", "Scenarios")),
    ("drafts.said", Text("Ghi chú", "Comments")),
)


@editor_pages.bp.app_context_processor
def _tabs() -> dict[str, Any]:
    return {"content_tabs": TABS}
