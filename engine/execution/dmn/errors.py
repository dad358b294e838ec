"""What is refused before a decision is evaluated.

Invalid
└── BadDecisionFile     not a DMN file, or one that refers to what it does not have
NotFound
├── NoSuchDecision      no decision, service or model of that name or id
└── WhichDecision       several decisions, and none was named
"""

from __future__ import annotations

from engine.errors import Invalid, NotFound


class BadDecisionFile(Invalid):
    """The file cannot be read as DMN."""

    code = "bad_decision_file"
    vi = "Không đọc được tệp quyết định (DMN): {why_vi}"
    en = "The decision file (DMN) cannot be read: {why}"

    def __init__(self, vi: str, en: str) -> None:
        super().__init__("a DMN file", en.rstrip("."), why_vi=vi, why=en)


class NoSuchDecision(NotFound):
    """No decision has the name or id."""

    code = "no_such_decision"
    vi = "Không có quyết định “{name}”; tệp có: {known}."
    en = "There is no decision “{name}”; the file has: {known}."


class WhichDecision(NotFound):
    """The file has several decisions that no other needs; one must be named."""

    code = "which_decision"
    vi = "Tệp có nhiều quyết định, cần nêu một: {known}."
    en = "The file has several decisions, name one: {known}."
