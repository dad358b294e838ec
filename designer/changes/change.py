"""One difference between two revisions, and the headings that differences are listed under."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.domain.texts import Text

ADDED, REMOVED, CHANGED = "added", "removed", "changed"
SIGNS = {ADDED: "+", REMOVED: "−", CHANGED: "~"}

STEPS, FORMS, PAPERS, MONEY = "steps", "forms", "papers", "money"
LAW, DECISIONS, LETTERS, TEXTS, TRIALS = "law", "decisions", "letters", "texts", "trials"
TOPICS: Mapping[str, Text] = {
    STEPS: Text("Các bước và đường đi", "Steps and ways"),
    FORMS: Text("Biểu mẫu", "Forms"),
    PAPERS: Text("Thành phần hồ sơ, kết quả", "Papers and results"),
    MONEY: Text("Phí, lệ phí", "Fees"),
    LAW: Text("Thời hạn, căn cứ pháp lý", "Limit and legal basis"),
    DECISIONS: Text("Bảng quyết định", "Decision tables"),
    LETTERS: Text("Mẫu văn bản, phiếu", "Letters and slips"),
    TEXTS: Text("Tên gọi, câu chữ, tùy chọn", "Names, texts, options"),
    TRIALS: Text("Kịch bản thử", "Test scenarios"),
}
NOTHING = Text("(không)", "(none)")


@dataclass(frozen=True, slots=True)
class Change:
    """One difference; `element` is what it is about on the diagram, "" for the procedure as a whole."""

    kind: str
    element: str
    text: Text
    topic: str = STEPS

    @property
    def sign(self) -> str:
        return SIGNS[self.kind]


def said(topic: str, vi: str, en: str, kind: str = CHANGED) -> Change:
    """Return a difference of the procedure as a whole."""
    return Change(kind, "", Text(vi, en), topic)


def pair(old: object, new: object) -> Text:
    """Return “old → new” in both languages; what is empty is said to be so."""
    ends = [
        one if isinstance(one, Text) else Text(str(one) if one not in (None, "") else "")
        for one in (old, new)
    ]
    ends = [one or NOTHING for one in ends]
    return Text(f"{ends[0].vi} → {ends[1].vi}", f"{ends[0].say('en')} → {ends[1].say('en')}")
