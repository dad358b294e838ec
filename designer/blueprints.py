"""All pages of the designer, for the application that serves them, and the tabs of a revision's content."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from designer import (
    compare_pages,
    decision_pages,
    draft_pages,
    editor_pages,
    exchange_pages,
    form_pages,
    law_pages,
    letter_pages,
    outline_pages,
    review_pages,
    study_pages,
    terms_pages,
    trial_pages,
)
from designer.requests import language
from engine.domain.texts import Text
from engine.domain.timewords import say_number

DESIGNER = (
    editor_pages.bp,
    outline_pages.bp,
    draft_pages.bp,
    trial_pages.bp,
    compare_pages.bp,
    review_pages.bp,
    form_pages.bp,
    study_pages.bp,
    terms_pages.bp,
    decision_pages.bp,
    letter_pages.bp,
    exchange_pages.bp,
    law_pages.bp,
)
TABS = (
    ("designer.revision", Text("Tổng quan", "Overview")),
    ("outline.table", Text("Bảng các bước", "Table of steps")),
    ("forms.list_all", Text("Biểu mẫu", "Forms")),
    ("terms.show", Text("Giấy tờ và phí", "Papers and fee")),
    ("decisions.list_all", Text("Quyết định", "Decisions")),
    ("letters.list_all", Text("Mẫu văn bản", "Letters")),
    ("trials.list_scenarios", Text("Kịch bản thử", "Scenarios")),
    ("studies.show_impact", Text("Tác động", "Impact")),
    ("studies.show_what_if", Text("Mô phỏng", "What if")),
    ("exchange.files", Text("Tệp", "Files")),
    ("drafts.said", Text("Ghi chú", "Comments")),
)


@editor_pages.bp.app_context_processor
def _tabs() -> dict[str, Any]:
    return {"content_tabs": TABS, "decimal": _decimal}


def _decimal(value: float) -> str:
    """Return a number as people write it, with at most two decimals."""
    return say_number(Decimal(str(round(float(value), 2))).normalize() + 0, language())
