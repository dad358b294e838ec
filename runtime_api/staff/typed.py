"""What people type: reading it from a request, and putting it back on the page after a refusal.

Fields of a procedure's form are named `d.<field>` and papers `c.<code>…` in the page, so that no field of a
procedure can ever meet a name of ours.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import abort, request
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage, MultiDict

from engine.domain.forms import Form, FormInvalid, input_value
from engine.domain.procedures import Component
from engine.domain.rows import gather_rows
from engine.domain.texts import Text
from engine.errors import ProcedureError
from engine.store.work import Unit
from engine.usecases.attachments import NewFile
from engine.usecases.reception import ReceivedComponent
from engine.usecases.uploads import Upload, whole_uploads
from runtime_api.i18n import language

FIELD, PAPER, SENT = "d.", "c.", ".sent"
NOTHING = Text("")
KINDS = ("original", "copy", "electronic")
LONGEST_KEY = 64


@dataclass(kw_only=True)
class Paper:
    """A line of the check-list of papers."""

    code: str
    name: Text
    need: str
    condition: Text
    copies: str
    copy_kind: int
    received: bool
    problem: Text | None = None


def new_key() -> str:
    """Return a key that lets the server tell a second click from a second dossier."""
    return secrets.token_urlsafe(18)


def submission_key() -> str:
    return request.form.get("submission_key", "")[:LONGEST_KEY]


def read_fields(form: Form | None, sent: MultiDict[str, str] | None = None) -> dict[str, Any]:
    """Return what was typed into a procedure's form, by field name."""
    sent = request.form if sent is None else sent
    fields = form.fields if form else ()
    many = {field.name for field in fields if field.type in ("multi_choice", "file")}
    names = [name.removeprefix(FIELD) for name in sent if name.startswith(FIELD)]
    found = {name: sent.getlist(FIELD + name) if name in many else sent[FIELD + name] for name in names}
    for key, file in _field_files():
        name = key.removeprefix(FIELD)
        found[name] = [*(found.get(name) or ()), file.filename]
    return gather_rows(fields, found)


NOT_TYPED = ("csrf_token", "submission_key", "version", "filing")


def typed_values(sent: MultiDict[str, str]) -> dict[str, Any]:
    """Return a page as it was filled in, by field name, so that it can be shown again another day."""
    found = {}
    for name in sent:
        if name not in NOT_TYPED and not name.startswith("_"):
            values = sent.getlist(name)
            found[name] = values[0] if len(values) == 1 else values
    return found


def defaults(form: Form | None) -> dict[str, Any]:
    """Return what stands in the controls of a form that nobody has filled in yet."""
    fields = form.fields if form else ()
    return as_people_write({field.name: input_value(field, field.default) for field in fields})


def as_people_write(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values of controls with their days as 31/12/2026; they are stored as 2026-12-31."""
    return {name: _local_day(value) for name, value in values.items()}


def papers(components: Iterable[Component], sent: MultiDict[str, str] | None = None) -> list[Paper]:
    """Return the check-list: as the procedure wants it, or as it was ticked on the page that came back."""
    return [
        paper(
            one.code,
            one.name,
            sent,
            need=one.need,
            condition=one.condition,
            copies=one.copies,
            copy_kind=KINDS.index(one.kind),
            received=one.need != "conditional",  # ticked unless it depends; space takes a tick away
        )
        for one in components
    ]


def paper(
    code: str,
    name: Text,
    sent: MultiDict[str, str] | None = None,
    *,
    need: str = "",
    condition: Text = NOTHING,
    copies: int = 1,
    copy_kind: int = 0,
    received: bool = False,
) -> Paper:
    """Return one line: as given, or as it was ticked if the page came back."""
    line = Paper(
        code=code,
        name=name,
        need=need,
        condition=condition,
        copies=str(copies),
        copy_kind=copy_kind,
        received=received,
    )
    if sent is not None:
        key = f"{PAPER}{code}"
        chosen = sent.get(f"{key}.kind", "")
        line.copies, line.received = sent.get(f"{key}.copies", line.copies)[:3], key in sent
        line.copy_kind = int(chosen) if chosen in ("0", "1", "2") else copy_kind
    return line


def read_papers(lines: Iterable[Paper]) -> list[ReceivedComponent]:
    """Return the papers that were ticked, with how many and of what kind."""
    return [
        ReceivedComponent(
            code=one.code,
            copies=_copies(one.copies),
            copy_kind=one.copy_kind,
            received=True,
            note=request.form.get(f"{PAPER}{one.code}.note", "")[:500],
        )
        for one in lines
        if one.received
    ]


def read_files(lines: Iterable[Paper] = ()) -> list[NewFile]:
    """Return the files that came, with the form or in pieces before it, each with the paper it shows."""
    lines = list(lines)
    with_form = [
        NewFile(
            component_code=code,
            file_name=file.filename or "",
            content_type=file.mimetype or "",
            stream=file.stream,  # type: ignore[arg-type]
        )
        for code, file in _sent_files(lines)
    ]
    places = [(f"{PAPER}{one.code}.file", one.code) for one in lines] + [("files", "")]
    before = [
        NewFile(component_code=code, file_name="", content_type="", upload=token)
        for name, code in places
        for token in dict.fromkeys(request.form.getlist(f"{name}{SENT}"))
    ]
    return with_form + before


def sent_files(unit: Unit) -> dict[str, list[Upload]]:
    """Return the files that came in pieces before, by the name of their place on the page."""
    found: dict[str, list[Upload]] = {}
    for name in request.form:
        if name.endswith(SENT):
            found[name.removesuffix(SENT)] = whole_uploads(unit, request.form.getlist(name))
    return found


def problems_of(refusal: ProcedureError | None) -> dict[str, Text]:
    """Return the sentence for each field that a refusal names."""
    return dict(refusal.problems) if isinstance(refusal, FormInvalid) else {}


def sentence_of(refusal: ProcedureError) -> str:
    """Return the sentence over the page; a form that is wrong in places needs none besides those."""
    return "" if isinstance(refusal, FormInvalid) else refusal.say(language())


def return_methods() -> list[tuple[str, str]]:
    return [
        ("counter", _("Tại quầy")),
        ("post", _("Qua bưu chính công ích")),
        ("electronic", _("Bản điện tử")),
    ]


def had_files() -> bool:
    return any(file.filename for file in request.files.values())


def _sent_files(lines: Iterable[Paper]) -> Iterator[tuple[str, FileStorage]]:
    for one in lines:
        for file in request.files.getlist(f"{PAPER}{one.code}.file"):
            if file.filename:
                yield one.code, file
    for key, file in _field_files():
        yield key.removeprefix(FIELD), file
    for file in request.files.getlist("files"):
        if file.filename:
            yield "", file


def _field_files() -> Iterator[tuple[str, FileStorage]]:
    """Yield the files that came for fields of the procedure's form."""
    for key, file in request.files.items(multi=True):
        if key.startswith(FIELD) and file.filename:
            yield key, file


def whole(text: str) -> int:
    """Read a number that a page of ours sent; anything else is no such page."""
    if not (text.isascii() and text.isdecimal()) or len(text) > 18:
        abort(400)
    return int(text)


def _copies(text: str) -> int:
    return int(text) if re.fullmatch(r"[0-9]{1,3}", text.strip()) else 1


def _local_day(value: Any) -> Any:
    if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d\d-\d\d(T\d\d:\d\d)?", value):
        return value
    if "T" in value:
        return f"{datetime.fromisoformat(value):%d/%m/%Y %H:%M}"
    return f"{date.fromisoformat(value):%d/%m/%Y}"
