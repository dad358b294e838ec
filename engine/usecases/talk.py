"""Comments on a dossier between colleagues, with mentions that notify, and notes that nobody else reads.

Comments are plain text. They are for the office, never for the applicant, and nothing is decided in them; so
they stand beside the history and not in it. Edited ones say so, deleted ones leave their place.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, or_, select

from engine.domain.calendar import local_day
from engine.domain.texts import Text
from engine.errors import Conflict, Forbidden, Invalid, NotFound, Refused
from engine.store.cases import get_dossier
from engine.store.hanging import MOST_COMMENTS, hanging_on
from engine.store.list_rows import DossierUnitRow
from engine.store.rows import AssignmentRow, DossierRow, PositionRow, UserRow
from engine.store.teamwork_rows import CommentRow, NoteRow
from engine.store.units import colleagues_in, people_of
from engine.store.work import Unit
from engine.usecases.audit import record
from engine.usecases.notifications import notify
from engine.usecases.visibility import check_visible

LONGEST_COMMENT = 2_000
LONGEST_NOTE = 4_000
MOST_MENTIONS = 10
MENTION = re.compile(r"(?<![\w@.])@([a-z0-9][a-z0-9._\-]{0,59})", re.IGNORECASE)


class BadComment(Invalid):
    code = "bad_comment"
    vi = "Nội dung trao đổi cần từ 1 đến {most} ký tự; đang có {size}."
    en = "A comment needs 1 to {most} characters; found {size}."


class NoteTooLong(Invalid):
    code = "note_too_long"
    vi = "Ghi chú riêng dài tối đa {most} ký tự; đang có {size}."
    en = "A note has at most {most} characters; found {size}."


class UnknownMention(Invalid):
    """A mentioned person does not exist or may not see the dossier: the two are told in the same words."""

    code = "unknown_mention"
    vi = "Không nhắc được {names}: không có người này, hoặc họ không được xem hồ sơ. Chưa gửi gì."
    en = "{names} cannot be mentioned: there is nobody so, or they may not see the dossier. Nothing was sent."


class TooManyMentions(Invalid):
    code = "too_many_mentions"
    vi = "Một trao đổi nhắc tối đa {most} người; đang nhắc {count}."
    en = "A comment mentions at most {most} people; found {count}."


class TooManyComments(Refused):
    code = "too_many_comments"
    vi = "Hồ sơ này đã có {most} trao đổi, không thêm được nữa."
    en = "This dossier has {most} comments already; there is no room for more."


class NotYourComment(Forbidden):
    code = "not_your_comment"
    vi = "Chỉ người viết mới sửa hoặc xóa được trao đổi này."
    en = "Only the author may change or delete this comment."


class CommentGone(Conflict):
    code = "comment_gone"
    vi = "Trao đổi này đã được sửa hoặc xóa sau khi bạn mở trang. Hãy tải lại trang."
    en = "This comment was changed or deleted after you opened the page. Reload the page."


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """A comment as it is shown; `text` is empty once it was deleted."""

    id: int
    version: int
    author: str
    mine: bool
    text: str
    at: datetime
    edited_at: datetime | None
    deleted_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """What is said about a dossier, the oldest first; `note` is the actor's own."""

    comments: tuple[Comment, ...]
    note: str


def talk_of(unit: Unit, dossier_id: int, *, limited: bool = False) -> Talk:
    """Return the comments on a dossier that the actor may see, and the actor's note.

    Args:
        limited: The actor's office was merely asked: only what they said, or were mentioned in.
    """
    actor = unit.actor.user_id
    rows, note = _said(unit, dossier_id)
    authors = people_of(unit, (row.author_id for row in rows))
    return Talk(
        comments=tuple(
            Comment(
                id=row.id,
                version=row.version,
                author=authors[row.author_id],
                mine=row.author_id == actor,
                text="" if row.deleted_at else row.text,
                at=row.at,
                edited_at=row.edited_at,
                deleted_at=row.deleted_at,
            )
            for row in rows
            if not limited or row.author_id == actor or actor in row.mentions
        ),
        note=note.text if note else "",
    )


def _said(unit: Unit, dossier_id: int) -> tuple[Sequence[Any], Any]:
    """Return the comments on a dossier and the actor's note, rows or records alike."""
    if (known := hanging_on(unit, dossier_id)) is not None:
        return known.comments, known.note
    of_it = select(CommentRow).where(CommentRow.dossier_id == dossier_id)
    rows = unit.session.scalars(of_it.order_by(CommentRow.id).limit(MOST_COMMENTS)).all()
    actor = unit.actor.user_id
    return rows, unit.session.get(NoteRow, (actor, dossier_id)) if actor else None


def add_comment(unit: Unit, code: str, text: str) -> int:
    """Say something about a dossier; whoever is mentioned as @login is told. Return the comment's id.

    Raises:
        NotFound: If the actor may not see the dossier.
        BadComment, UnknownMention, TooManyMentions, TooManyComments: If it cannot be said so.
    """
    row = _visible(unit, code)
    user_id = _person(unit)
    text = _read(text)
    count = select(func.count()).select_from(CommentRow).where(CommentRow.dossier_id == row.id)
    if (unit.session.scalar(count) or 0) >= MOST_COMMENTS:
        raise TooManyComments("fewer", f"there are {MOST_COMMENTS}", most=MOST_COMMENTS)
    mentions = _mentions(unit, row, text)
    comment = CommentRow(dossier_id=row.id, author_id=user_id, text=text, mentions=mentions, at=unit.now)
    unit.session.add(comment)
    unit.session.flush()
    _tell(unit, row, mentions)
    return comment.id


def edit_comment(unit: Unit, comment_id: int, text: str, version: int) -> str:
    """Change an own comment, visibly; people newly mentioned are told. Return the dossier's code."""
    comment, row = _own(unit, comment_id, version)
    text = _read(text)
    mentions = _mentions(unit, row, text)
    _tell(unit, row, [one for one in mentions if one not in comment.mentions])
    comment.text, comment.mentions, comment.edited_at = text, mentions, unit.now
    record(unit, f"dossier:{row.id}", "comment.edited", {"comment": comment.id})
    return row.code


def delete_comment(unit: Unit, comment_id: int, version: int) -> str:
    """Take back an own comment; its place stays. Return the dossier's code."""
    comment, row = _own(unit, comment_id, version)
    comment.text, comment.mentions, comment.deleted_at = "", [], unit.now
    record(unit, f"dossier:{row.id}", "comment.deleted", {"comment": comment.id})
    return row.code


def keep_note(unit: Unit, code: str, text: str) -> None:
    """Write down something about a dossier for oneself; an empty text takes the note away."""
    row = _visible(unit, code)
    user_id = _person(unit)
    text = _tidy(text)
    if len(text) > LONGEST_NOTE:
        raise NoteTooLong("a shorter note", f"{len(text)}", size=len(text), most=LONGEST_NOTE)
    unit.session.execute(delete(NoteRow).where(NoteRow.user_id == user_id, NoteRow.dossier_id == row.id))
    if text:
        unit.session.add(NoteRow(user_id=user_id, dossier_id=row.id, text=text, changed_at=unit.now))


def may_be_mentioned(unit: Unit, dossier_id: int, most: int = 200) -> list[tuple[str, str]]:
    """Return login and name of colleagues whose unit sees the dossier, by name, for the list of offers."""
    if (known := hanging_on(unit, dossier_id)) is not None:
        day = local_day(unit.now)
        people = {one for office in known.offices for one in colleagues_in(unit, office, day)}
        others = sorted(one for one in people if one[1] != unit.actor.user_id)
        return [(login, name) for name, _, login in others[:most]]
    rows = unit.session.execute(
        _people(unit, dossier_id)
        .where(UserRow.id != unit.actor.user_id)
        .order_by(UserRow.full_name, UserRow.id)
        .limit(most)
    )
    return [(one.login, one.full_name) for one in rows]


def _people(unit: Unit, dossier_id: int):
    """People who hold a chair today in a unit that sees the dossier."""
    today = local_day(unit.now)
    return (
        select(UserRow.id, UserRow.login, UserRow.full_name)
        .join(AssignmentRow, AssignmentRow.user_id == UserRow.id)
        .join(PositionRow, PositionRow.id == AssignmentRow.position_id)
        .join(DossierUnitRow, DossierUnitRow.unit_id == PositionRow.unit_id)
        .where(
            DossierUnitRow.dossier_id == dossier_id,
            UserRow.is_active,
            AssignmentRow.starts_on <= today,
            or_(AssignmentRow.ends_on.is_(None), AssignmentRow.ends_on >= today),
        )
        .distinct()
    )


def _mentions(unit: Unit, row: DossierRow, text: str) -> list[int]:
    """Return ids of the people mentioned in a text."""
    logins = list(dict.fromkeys(one.lower().rstrip(".-_") for one in MENTION.findall(text)))
    if len(logins) > MOST_MENTIONS:
        raise TooManyMentions("fewer", f"{len(logins)}", most=MOST_MENTIONS, count=len(logins))
    if not logins:
        return []
    found = {
        login: user_id
        for user_id, login, _ in unit.session.execute(_people(unit, row.id).where(UserRow.login.in_(logins)))
    }
    if unknown := [one for one in logins if one not in found]:
        names = ", ".join(f"@{one}" for one in unknown)
        raise UnknownMention("people who see the dossier", names, names=names)
    return [found[one] for one in logins]


def _tell(unit: Unit, row: DossierRow, people: list[int]) -> None:
    if people:
        text = Text(
            f"{unit.actor.name} nhắc bạn trong trao đổi về hồ sơ {row.code}",
            f"{unit.actor.name} mentioned you in a comment on dossier {row.code}",
        )
        notify(unit, people, "talk.mention", text, dossier_id=row.id)


def _own(unit: Unit, comment_id: int, version: int) -> tuple[CommentRow, DossierRow]:
    comment = unit.session.get(CommentRow, comment_id)
    if comment is None:
        raise NotFound("the comment to exist", "there is none", what="trao đổi")
    row = get_dossier(unit, comment.dossier_id)
    check_visible(unit, row)
    if comment.author_id != unit.actor.user_id:
        raise NotYourComment("an own comment", "it is another's")
    if comment.deleted_at is not None or comment.version != version:
        raise CommentGone("the comment as it was shown", "it changed")
    return comment, row


def _visible(unit: Unit, code: str) -> DossierRow:
    row = get_dossier(unit, code)
    check_visible(unit, row)
    return row


def _read(text: str) -> str:
    text = _tidy(text)
    if not 0 < len(text) <= LONGEST_COMMENT:
        raise BadComment("a comment", f"{len(text)} characters", size=len(text), most=LONGEST_COMMENT)
    return text


def _tidy(text: str) -> str:
    """Keep letters, signs and line ends; signs that steer a terminal or the direction of text fall away."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    kept = (one for one in text if one in "\n\t" or unicodedata.category(one) not in ("Cc", "Cf", "Cs", "Co"))
    return re.sub(r"\n{3,}", "\n\n", "".join(kept)).strip()


def _person(unit: Unit) -> int:
    if unit.actor.user_id is None:
        raise NotFound("a person", "the system says nothing", what="người viết")
    return unit.actor.user_id
