"""The process that fills a Word template: a file and a form in, JSON on standard input, a .docx out.

Started by `engine.documents.word`, never imported by the rest. It ends with 3 and a sentence as JSON where
the template or its facts are at fault.
"""

from __future__ import annotations

import io
import json
import sys
from typing import Any

from jinja2 import TemplateError

from engine.documents.errors import TemplateRefused
from engine.documents.language import Templates, spend
from engine.documents.word import MEMORY, PATIENCE, REFUSED, not_made
from engine.errors import ProcedureError
from engine.rendering import limit_process

LONGEST_WORD = 12_000_000  # charged characters: a row of a table in Word is 20 times as long as in HTML
ONLY_PAGES = ("qr", "ma_vach")  # they make SVG, which Word's text cannot hold


class WordTemplates(Templates):
    """The language of templates, for the XML of Word."""

    def __init__(self) -> None:
        super().__init__()
        self.trim_blocks = self.lstrip_blocks = False
        self.filters = {name: one for name, one in self.filters.items() if name not in ONLY_PAGES}
        self.filters["dong"] = lambda value: value  # docxtpl makes line breaks of line breaks


def fill(path: str, facts: dict[str, Any], form: str) -> bytes:
    from docxtpl import DocxTemplate

    template = DocxTemplate(path)
    try:
        spend(
            form,
            lambda: template.render(facts, jinja_env=WordTemplates(), autoescape=True),
            most=LONGEST_WORD,
        )
    except TemplateError as error:
        line = getattr(error, "lineno", None) or 1
        raise TemplateRefused(
            "a template of the language", str(error), line=line, why=str(error)[:200], why_en=str(error)[:200]
        ) from error
    target = io.BytesIO()
    template.save(target)
    return target.getvalue()


def main(path: str, form: str) -> None:
    limit_process(MEMORY, PATIENCE)
    facts = json.load(sys.stdin.buffer)
    try:
        answer = fill(path, facts, form)
    except ProcedureError as refusal:
        _say(refusal)
    except (RecursionError, MemoryError):
        _say(not_made("lồng quá sâu hoặc quá lớn", "it is nested too deeply or too large"))
    except Exception:  # whatever a broken file makes of a library: a sentence, not a trace
        _say(not_made("Word không đọc được kết quả", "Word could not read what came of it"))
    else:
        sys.stdout.buffer.write(answer)


def _say(refusal: ProcedureError) -> None:
    told = {"code": refusal.code, "facts": refusal.facts}
    sys.stdout.buffer.write(json.dumps(told, default=str).encode())
    sys.exit(REFUSED)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
