"""Finding dossiers by words, in the way of each database: FTS5 on SQLite, tsvector on PostgreSQL.

Neither knows anything of diacritics or of our language: the words come folded from `engine.domain.searching`,
so both find the same. PostgreSQL needs no extension. The question stands in the text of the statement, not
among its parameters, because a plan for any question at all is a bad one for most; it consists of letters
and digits only.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import (
    Boolean,
    ColumnElement,
    FromClause,
    String,
    bindparam,
    cast,
    column,
    exists,
    literal,
    literal_column,
    or_,
    select,
    table,
)
from sqlalchemy.dialects.postgresql import TSQUERY

from engine.domain.searching import PERSONAL, AskedWord
from engine.store.rows import DossierRow

_SEARCH = table("dossier_search", column("dossier_id"), column("words"), column("is_open", Boolean))
_FTS = table("dossier_search", column("rowid"))


def found_dossiers(
    dialect: str, asked: Sequence[AskedWord], *, personal: bool, at_work: bool = False
) -> FromClause:
    """Return all dossiers that have the words, as a FROM with `dossier_id`; to be narrowed, ordered and cut.

    Args:
        personal: Whether numbers may also match identity numbers, telephones and parcels.
        at_work: Only open steps are looked for, so ended dossiers may be left out where that is faster.
    """
    if dialect == "sqlite":
        matches = literal_column("dossier_search").op("MATCH")(_verbatim(_for_fts(asked, personal)))
        return select(_FTS.c.rowid.label("dossier_id")).where(matches).subquery()
    open_only = [_SEARCH.c.is_open] if at_work else []
    return select(_SEARCH.c.dossier_id).where(*open_only, _matches(asked, personal)).subquery()


def has_words(
    dialect: str, dossier_id: ColumnElement[int], asked: Sequence[AskedWord], *, personal: bool
) -> ColumnElement[bool]:
    """Return the condition that a row's dossier has the words, looked at row by row, never all at once."""
    if dialect == "sqlite":
        padded = literal(" ") + DossierRow.search_text + literal(" ")
        likes = [or_(*(padded.contains(one) for one in _likes(word, personal))) for word in asked]
        return exists(select(DossierRow.id).where(DossierRow.id == dossier_id, *likes))
    # No EXISTS and no IN: PostgreSQL would turn them into a join and read every dossier that has the words.
    return select(_matches(asked, personal)).where(_SEARCH.c.dossier_id == dossier_id).scalar_subquery()


def _matches(asked: Sequence[AskedWord], personal: bool) -> ColumnElement[bool]:
    return _SEARCH.c.words.bool_op("@@")(cast(_verbatim(_for_tsquery(asked, personal)), TSQUERY))


def _verbatim(question: str) -> ColumnElement[str]:
    return bindparam(None, question, String(), literal_execute=True)


def _for_tsquery(asked: Sequence[AskedWord], personal: bool) -> str:
    return " & ".join(
        "(" + " | ".join(f"'{one}'{':*' if word.is_prefix else ''}" for one in _meant(word, personal)) + ")"
        for word in asked
    )


def _for_fts(asked: Sequence[AskedWord], personal: bool) -> str:
    return " AND ".join(
        "(" + " OR ".join(f'"{one}"{" *" if word.is_prefix else ""}' for one in _meant(word, personal)) + ")"
        for word in asked
    )


def _likes(word: AskedWord, personal: bool) -> list[str]:
    return [f" {one}" if word.is_prefix else f" {one} " for one in _meant(word, personal)]


def _meant(word: AskedWord, personal: bool) -> list[str]:
    return [word.text, PERSONAL + word.text] if personal and word.may_be_personal else [word.text]
