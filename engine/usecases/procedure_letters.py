"""Letters that a procedure brings of its own, written for one dossier: choose, look, make.

What authors write stands in the revision that the dossier runs by; it is filled in with the facts of the
dossier and laid out by the form “letter”, so that it wears the letterhead and is kept, printed and signed
like any other paper.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from engine.documents import issuing
from engine.documents.facts import applicant_facts, dossier_facts, office_facts, signer_of
from engine.documents.language import fill
from engine.documents.marks import parts_of
from engine.domain.fields import TABLE
from engine.domain.forms import show_value
from engine.domain.procedures import Letter, Procedure
from engine.domain.texts import Text
from engine.errors import NotFound
from engine.store.contents import kept_procedure
from engine.store.papers import ask_for_paper
from engine.store.rows import DossierRow
from engine.store.work import Unit
from engine.usecases.papers import visible_dossier

LETTER = "letter"


@dataclass(frozen=True, slots=True, kw_only=True)
class LettersPage:
    """The letters that can be written for a dossier.

    Attributes:
        letters: Key and name of each.
        key: The one that is looked at; "" for none. `html` is its page as it would be made now.
    """

    code: str
    applicant: str
    letters: tuple[tuple[str, Text], ...]
    key: str = ""
    title: Text = Text("")
    html: str = ""


def letters_page(unit: Unit, code: int | str, key: str = "") -> LettersPage:
    """Return the letters for a dossier, and one of them as it would look.

    Raises:
        NotFound: If there is no such dossier for the actor, or its procedure has no such letter.
        PaperNotYours: If the actor's unit was merely asked for its opinion.
        FactUnknown, TemplateRefused, DocumentTooLong: If the letter cannot be said of this dossier.
    """
    dossier = visible_dossier(unit, code)
    known = kept_procedure(unit, dossier.revision).letters
    page = LettersPage(
        code=dossier.code,
        applicant=dossier.applicant_name,
        letters=tuple((one, letter.title) for one, letter in known.items()),
    )
    if not key:
        return page
    made = _compose(unit, dossier, key)
    return replace(page, key=key, title=_find(known, key).title, html=made.html)


def write_letter(unit: Unit, code: int | str, key: str) -> int:
    """Make a letter of a dossier and keep it; return the id of the paper.

    Raises: as `letters_page`.
    """
    dossier = visible_dossier(unit, code)
    return issuing.keep(unit, dossier, _compose(unit, dossier, key)).id


def facts_of(unit: Unit, dossier: DossierRow, procedure: Procedure) -> dict[str, Any]:
    """Return what a letter may say of a dossier; `data` are the answers as they are said on paper."""
    office = dossier.competent_unit_id
    return {
        "office": office_facts(unit, office),
        "dossier": dossier_facts(unit, dossier, ask_for_paper(unit.line, dossier.id)),
        "applicant": applicant_facts(dossier),
        "signer": signer_of(unit, office).facts(),
        "data": said_answers(procedure, dossier.data),
        "today": unit.now.isoformat(),
    }


def said_answers(procedure: Procedure, data: Mapping[str, Any]) -> dict[str, Any]:
    """Return every field of every form as it is said on paper; a table as a list of rows."""
    found: dict[str, Any] = {}
    for form in procedure.forms.values():
        for name, field in form.asked.items():
            value = data.get(name)
            if field.type == TABLE:
                rows = value if isinstance(value, list) else []
                found[name] = [
                    {one.name: _said(one, row.get(one.name)) for one in field.columns} for row in rows
                ]
            else:
                found[name] = _said(field, value)
    return found


def _compose(unit: Unit, dossier: DossierRow, key: str) -> issuing.Composed:
    procedure = kept_procedure(unit, dossier.revision)
    letter = _find(procedure.letters, key)
    filled = fill(letter.body, facts_of(unit, dossier, procedure), letter.title.vi)
    made = issuing.compose(unit, dossier, LETTER, {"name": letter.title.vi, "parts": parts_of(filled)})
    title = replace(made.form, title=letter.title.vi[:300], title_en=letter.title.say("en"))
    return replace(made, form=title)


def _find(letters: Mapping[str, Letter], key: str) -> Letter:
    found = letters.get(key)
    if found is None:
        raise NotFound("a letter", f"there is none called {key[:60]!r}", what="mẫu văn bản")
    return found


def _said(field: Any, value: Any) -> str:
    try:
        return show_value(field, value)
    except (ValueError, ArithmeticError, TypeError):  # written by an older form
        return ""
