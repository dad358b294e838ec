"""Letters in an office's own Word template, filled by docxtpl in a process of its own.

The language is that of all templates (`engine.documents.language`): values, `if`, `for`, filters. What
docxtpl does before and after that is somebody else's program on somebody else's file, so it runs with bounded
memory and time and nothing of ours in it. Works outside any transaction.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from engine.documents import errors
from engine.documents.word_files import check_word
from engine.domain.texts import Text
from engine.errors import ProcedureError

PATIENCE = 20  # seconds
MEMORY = 768 * 1024 * 1024
LARGEST_FACTS = 4_000_000  # bytes of JSON
CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ENVIRONMENT = ("PATH", "PYTHONPATH", "LANG", "LC_ALL", "SYSTEMROOT", "TZ")
REFUSED = 3  # how the process ends when it says a sentence
_SENTENCES: Mapping[str, type[ProcedureError]] = {
    one.code: one
    for one in (errors.TemplateRefused, errors.FactUnknown, errors.DocumentTooLong, errors.WordNotMade)
}


def fill_word(template: Path, facts: Mapping[str, Any], form: str, *, patience: float = PATIENCE) -> bytes:
    """Return a .docx in which a template is filled with plain facts.

    Args:
        template: A file that `check_word` has let in.

    Raises:
        TemplateRefused: If it uses what the language does not have; the line is the number of the paragraph.
        FactUnknown: If it asks for a value that this paper does not have.
        DocumentTooLong, WordNotMade: If it grows beyond the bounds of length, time or memory.
        WordTemplateRefused: If what came of it reaches outside.
    """
    said = json.dumps(facts, ensure_ascii=False).encode()
    if len(said) > LARGEST_FACTS:
        raise not_made("dữ liệu quá dài", "there is too much to say")
    command = [sys.executable, "-m", "engine.documents.word_process", str(template), form]
    try:
        done = subprocess.run(
            command, input=said, capture_output=True, timeout=patience, check=False, env=_environment()
        )
    except subprocess.TimeoutExpired as slow:
        raise not_made("mất quá nhiều thời gian", "it takes too long") from slow
    if done.returncode == REFUSED:
        told = json.loads(done.stdout)
        told_facts = dict(told["facts"])
        raise _SENTENCES[told["code"]](told_facts.pop("expected"), told_facts.pop("found"), **told_facts)
    if done.returncode or not done.stdout:
        raise not_made("vượt giới hạn thời gian hoặc bộ nhớ", "it goes beyond the bounds of time or memory")
    check_word(done.stdout, f"{form.replace(':', '-')}.docx")
    return done.stdout


def _environment() -> dict[str, str]:
    """Return what the process needs to find Python and us, and none of our settings."""
    return {name: value for name, value in os.environ.items() if name in ENVIRONMENT}


def not_made(vi: str, en: str) -> errors.WordNotMade:
    why = Text(vi, en)
    return errors.WordNotMade("a Word file", why.en, why=why.vi, why_en=why.en)
