"""What every management page shares: it reads, it masks, and it writes only by commands."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, ClassVar

from flask import Response, abort, current_app, flash, g, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_admin.contrib.sqla import ModelView
from flask_admin.form import BaseForm
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel.speaklater import LazyString
from jinja2 import pass_context
from markupsafe import Markup
from sqlalchemy import func, inspect
from sqlalchemy.orm import Query

from admin.commands import NEW, ROW, Command, read_values
from engine.domain.access import Actor, RoleMissing
from engine.domain.texts import Text, fold
from engine.domain.timewords import say_date, say_moment
from engine.errors import NotFound, ProcedureError
from engine.runtime import Engine
from engine.usecases.lookups import mask_name

IT_ADMIN = "IT_ADMIN"
PAGE_SIZE = 50
LAST_PAGE = 100_000


class Facet:
    """A drop-down above a list that narrows it to one value of a column."""

    def __init__(self, column: Any, label: Text, options: Callable[[Any], Sequence[tuple[str, str]]]) -> None:
        self.column = column
        self.name = column.key
        self.label = label
        self.options = options


class OfficeView(ModelView):
    """A list, a page for each row, and commands. Nothing is created, edited or deleted here itself.

    Attributes:
        roles: Who may look; one of them is enough.
        commands: What may be done; each calls one use case.
        facets: Drop-downs that narrow the list.
        masked: Columns of personal data, shown with most of it covered.
        folded_search: The searched column holds folded text, so the words are folded too.
    """

    can_create = False
    can_edit = False
    can_delete = False
    can_view_details = True
    can_export = False
    named_filter_urls = True
    page_size = PAGE_SIZE
    list_template = "office/list.html"
    details_template = "office/details.html"
    command_template = "office/command.html"

    roles: ClassVar[frozenset[str]] = frozenset({IT_ADMIN})
    commands: ClassVar[tuple[Command, ...]] = ()
    facets: ClassVar[tuple[Facet, ...]] = ()
    masked: ClassVar[frozenset[str]] = frozenset()
    folded_search: ClassVar[bool] = False
    about: ClassVar[Text] = Text("")

    def scaffold_form(self) -> type[BaseForm]:
        return BaseForm  # there is nothing to fill in: rows are written by commands

    # --- who may look -------------------------------------------------------------------------

    def is_accessible(self) -> bool:
        return bool(self.roles & current_actor().roles)

    def inaccessible_callback(self, name: str, **kwargs: Any) -> Response:
        refuse(self.roles)

    # --- reading ------------------------------------------------------------------------------

    def get_query(self) -> Query:
        return self._narrowed(self.session.query(self.model))

    def get_count_query(self) -> Query:
        return self._narrowed(self.session.query(func.count("*")).select_from(self.model))

    def get_list(
        self, page: Any, sort_column: Any, sort_desc: Any, search: Any, *more: Any, **options: Any
    ) -> Any:
        if search and self.folded_search:
            search = fold(search)
        return super().get_list(page, sort_column, sort_desc, search, *more, **options)

    @pass_context
    def get_list_value(self, context: Any, model: Any, name: str) -> Any:
        return self._covered(model, name) or super().get_list_value(context, model, name)

    @pass_context
    def get_detail_value(self, context: Any, model: Any, name: str) -> Any:
        return self._covered(model, name) or super().get_detail_value(context, model, name)

    def get_one(self, key: str) -> Any:
        """Return the row with this key, or None; a key that cannot be one is nobody's."""
        value = _typed(inspect(self.model).primary_key[0], key)
        return None if value is None else self.session.get(self.model, value)

    def title_of(self, model: Any) -> str:
        """Return what one row is called at the head of its page."""
        return str(model)

    def _narrowed(self, query: Query) -> Query:
        for facet in self.facets:
            value = _typed(facet.column, request.args.get(facet.name, ""))
            if value is not None:
                query = query.filter(facet.column == value)
        return query

    def _get_list_extra_args(self) -> Any:
        asked = super()._get_list_extra_args()
        asked.page = min(max(asked.page or 0, 0), LAST_PAGE)
        return asked

    def _covered(self, model: Any, name: str) -> str:
        return mask(str(getattr(model, name) or "")) if name in self.masked else ""

    # --- commands -----------------------------------------------------------------------------

    def commands_for(self, model: Any = None) -> list[Command]:
        """Return the commands this person may give: on a row, or for a new one."""
        on = ROW if model is not None else NEW
        return [
            one
            for one in self.commands
            if one.on == on and self._allows(one) and (model is None or one.may(model))
        ]

    @expose("/command/<wanted>", methods=("GET", "POST"))
    def command_view(self, wanted: str) -> ResponseReturnValue:
        """Show the form of a command, or carry it out."""
        command = next((one for one in self.commands if one.name == wanted), None)
        if command is None:
            abort(404)
        if not self._allows(command):
            refuse(frozenset({command.role}))
        key = request.values.get("id", "")
        model = self._row(key) if command.on == ROW else None
        options = {field.name: list(field.options(self.session)) for field in command.fields if field.options}
        if request.method == "GET":
            typed = {one.name: one.default(model) if one.default else "" for one in command.fields}
            return self._form(command, model, options, typed)

        values, problems = read_values(command, request.form, options)
        if problems:
            return self._form(command, model, options, request.form, problems), 422
        try:
            with current_engine().unit(current_actor()) as unit:
                answer = command.run(unit, key, values)
        except ProcedureError as refusal:  # said on the form itself, so that nothing typed is lost
            return self._form(command, model, options, request.form, refusal=refusal.say(language())), 409
        if not isinstance(answer, Text):
            return self.show_once(command, model, answer)
        flash(answer.say(language()), "success")
        return redirect(self.get_url(".index_view"), 303)

    def show_once(self, command: Command, model: Any, answer: Any) -> ResponseReturnValue:
        """Show what a command brought that is no sentence; views with such commands say how."""
        raise NotImplementedError(command.name)

    def each(self, ids: Sequence[str], act: Callable[[Any, int], None], done: Text) -> None:
        """Carry out a use case for each chosen row, by itself; say what was done and what was refused."""
        succeeded = 0
        for key in filter(str.isdecimal, ids):
            try:
                with current_engine().unit(current_actor()) as unit:
                    act(unit, int(key))
            except ProcedureError as refusal:
                flash(refusal.say(language()), "error")
            else:
                succeeded += 1
        if succeeded:
            flash(done.filled(count=succeeded).say(language()), "success")

    def _allows(self, command: Command) -> bool:
        return not command.role or self._holds(command.role)

    def _holds(self, role: str) -> bool:
        return role in current_actor().roles

    def _row(self, key: str) -> Any:
        model = self.get_one(key) if key else None
        if model is None:
            raise NotFound("a row", f"there is none with key {key!r}", what=str(self.name))
        return model

    def _form(
        self,
        command: Command,
        model: Any,
        options: Mapping[str, list[tuple[str, str]]],
        typed: Mapping[str, str],
        problems: Mapping[str, Text] | None = None,
        refusal: str = "",
    ) -> str:
        return self.render(
            self.command_template,
            command=command,
            model=model,
            options=options,
            typed=typed,
            problems=problems or {},
            refusal=refusal,
        )

    # --- Flask-Admin's own writing, shut for good -----------------------------------------------

    def create_model(self, form: Any) -> Any:
        raise NotImplementedError("rows are made by use cases")

    def update_model(self, form: Any, model: Any) -> Any:
        raise NotImplementedError("rows are changed by use cases")

    def delete_model(self, model: Any) -> Any:
        raise NotImplementedError("rows are never deleted")


def refuse(roles: frozenset[str]) -> Any:
    """Send a stranger to the sign-in page, and tell a colleague which role is missing."""
    if current_actor().user_id is None:
        abort(401)
    wanted = ", ".join(sorted(roles))
    raise RoleMissing(f"one of {wanted}", "no assignment gives it", role=wanted, where=_("trang quản trị"))


def mask(text: str) -> str:
    """Cover what identifies a person: a name but for its initials, a number but for its end."""
    if text and not any(char.isdigit() or char == "@" for char in text):
        return mask_name(text)
    return f"•••• {text[-3:]}" if len(text) > 3 else ("••••" if text else "")


def language() -> str:
    return "en" if str(get_locale() or "vi").startswith("en") else "vi"


def lazy(vi: str, en: str) -> LazyString:
    """Return words that are said in the language of whoever reads them."""
    return LazyString(lambda: Text(vi, en).say(language()))


def show_moment(_view: Any, value: datetime, _name: str) -> str:
    return ON_ONE_LINE.format(say_moment(value))


def show_date(_view: Any, value: date, _name: str) -> str:
    return ON_ONE_LINE.format(say_date(value))


def show_flag(_view: Any, value: bool, _name: str) -> str:
    return "✓" if value else "—"


def show_json(_view: Any, value: Any, _name: str) -> str:
    """Write plain JSON on one line, or as words where it is a list of words."""
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return ", ".join(value)
    return BROKEN_ANYWHERE.format(json.dumps(value, ensure_ascii=False) if value else "—")


def show_digest(_view: Any, _context: Any, model: Any, name: str) -> str:
    """Write a long digest so that it breaks where the column ends."""
    return BROKEN_ANYWHERE.format(getattr(model, name))


def two_languages(vi: str, en: str) -> Callable[..., str]:
    """Return a formatter that shows a pair of columns in the reader's language."""

    def show(_view: Any, _context: Any, model: Any, _name: str) -> str:
        return Text(getattr(model, vi) or "", getattr(model, en) or "").say(language())

    return show


OfficeView.column_type_formatters = {
    **ModelView.column_type_formatters,
    datetime: show_moment,
    date: show_date,
    bool: show_flag,
    dict: show_json,
    list: show_json,
    type(None): lambda _view, _value, _name: "—",
}
OfficeView.column_type_formatters_detail = OfficeView.column_type_formatters


ON_ONE_LINE = Markup('<span class="num nowrap">{}</span>')
BROKEN_ANYWHERE = Markup('<span class="anywhere">{}</span>')


def _typed(column: Any, value: str) -> Any:
    """Return what an address says as a value of the column; None if it cannot be one."""
    kind = column.type.python_type
    if kind is bool:
        return {"1": True, "0": False}.get(value)
    if kind is int:
        return int(value) if value.isascii() and value.isdecimal() and len(value) <= 9 else None
    return value or None


def current_actor() -> Actor:
    return g.actor


def current_engine() -> Engine:
    return current_app.extensions["motcua"]
