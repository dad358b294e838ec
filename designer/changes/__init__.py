"""What differs between two revisions, in sentences that an approver reads: who, how long, what, where to.

Only what matters: where boxes stand, colours and the order of the file are no differences.
"""

from __future__ import annotations

from designer.changes.change import ADDED, CHANGED, REMOVED, TOPICS, Change
from designer.changes.content import compare_content, compare_participants
from designer.changes.marks import marks_of
from designer.changes.steps import compare

__all__ = [
    "ADDED",
    "CHANGED",
    "REMOVED",
    "TOPICS",
    "Change",
    "compare",
    "compare_content",
    "compare_participants",
    "marks_of",
]
