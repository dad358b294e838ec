"""Templates of papers with their dates: an office's own are added from a file, tried out, and ended."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import Response, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _

from admin.commands import Command, Field, read_values
from admin.views.base import IT_ADMIN, OfficeView, current_actor, current_engine, language, lazy, show_digest
from engine.documents.catalogue import DOCX
from engine.documents.pdf import make_pdf
from engine.documents.word import CONTENT_TYPE as WORD
from engine.documents.word_files import LARGEST_FILE
from engine.domain.texts import Text
from engine.errors import ProcedureError
from engine.store.document_rows import TemplateRow
from engine.store.rows import UnitRow
from engine.store.work import Unit
from engine.usecases import paper_templates
from engine.usecases.paper_templates import NewTemplate

AUTHOR = "PROC_AUTHOR"
NEW_FORM = Command(
    name="add",
    label=Text("Thêm mẫu", "Add a template"),
    on="new",
    run=lambda _unit, _key, _values: Text(""),  # the page of its own does it: a file comes with it
    explain=Text(
        "Tệp .docx là mẫu Word để điền; tệp .html thay trang in của mẫu. Tệp được thử với dữ liệu giả trước"
        " khi nhận; mẫu cũ và văn bản đã lập giữ nguyên.",
        "A .docx is filled as a Word letter; an .html replaces the printed page of the form. It is tried"
        " with made-up data first; older templates and papers made stay as they are.",
    ),
    fields=(
        Field(
            name="form",
            label=Text("Mẫu", "Form"),
            kind="choice",
            options=lambda session: _forms(session),
        ),
        Field(
            name="unit",
            label=Text("Đơn vị", "Unit"),
            kind="choice",
            options=lambda session: _units(session),
            hint=Text("Áp dụng cho đơn vị này và cấp dưới.", "Holds for this unit and those below it."),
        ),
        Field(name="version", label=Text("Tên phiên bản", "Name of the version")),
        Field(name="source", label=Text("Căn cứ (số, ngày văn bản)", "Source (the deciding document)")),
        Field(name="since", label=Text("Có hiệu lực từ ngày", "Holds from"), kind="date"),
        Field(name="until", label=Text("Đến hết ngày", "Until"), kind="date", needed=False),
    ),
)
EVERYBODY = "all"


def _forms(_session: Any) -> list[tuple[str, str]]:
    with current_engine().reading(current_actor()) as unit:
        return paper_templates.forms_to_choose(unit)


def _units(_session: Any) -> list[tuple[str, str]]:
    with current_engine().reading(current_actor()) as unit:
        found = [(str(one.id), one.name_vi) for one in paper_templates.units_to_choose(unit)]
    every = [(EVERYBODY, _("— mọi đơn vị —"))] if current_actor().holds(IT_ADMIN) else []
    return every + found


def _end(unit: Unit, key: str, values: Mapping[str, Any]) -> Text:
    paper_templates.end_template(unit, key, values["last"])
    return Text("Đã ghi ngày cuối của mẫu.", "The last day of the template was written down.")


class TemplateView(OfficeView):
    about = Text(
        "Mẫu văn bản theo từng thời kỳ; mẫu mới không sửa mẫu cũ, chỉ thay từ ngày có hiệu lực.",
        "Templates with their dates; a new one never changes an old one, it takes over from its day on.",
    )
    roles = frozenset({IT_ADMIN, AUTHOR})
    details_template = "office/template.html"
    column_list = (
        "form_code", "version_name", "kind", "unit_id", "effective_from", "effective_to", "shipped",
    )  # fmt: skip
    column_details_list = (
        "form_code", "version_name", "unit_id", "kind", "effective_from", "effective_to", "shipped", "source",
        "note", "added_at", "hash",
    )  # fmt: skip
    column_sortable_list = ("form_code", "effective_from")
    column_default_sort = ("effective_from", True)
    column_formatters = {
        "unit_id": lambda view, _c, row, _n: _unit_name(view, row),
        "kind": lambda _v, _c, row, _n: KINDS[row.kind].say(language()) if row.kind in KINDS else row.kind,
    }
    column_formatters_detail = {**column_formatters, "hash": show_digest}
    column_labels = {
        "form_code": lazy("Mẫu", "Form"),
        "version_name": lazy("Phiên bản", "Version"),
        "unit_id": lazy("Đơn vị", "Unit"),
        "kind": lazy("Loại", "Kind"),
        "effective_from": lazy("Từ ngày", "From"),
        "effective_to": lazy("Đến ngày", "To"),
        "shipped": lazy("Có sẵn", "Shipped"),
        "source": lazy("Căn cứ", "Source"),
        "note": lazy("Ghi chú", "Note"),
        "added_at": lazy("Thêm lúc", "Added"),
        "hash": lazy("Mã băm", "Hash"),
    }
    commands = (
        NEW_FORM,
        Command(
            name="end",
            label=Text("Kết thúc mẫu", "End it"),
            run=_end,
            may=lambda row: not row.shipped,
            tone="danger",
            fields=(Field(name="last", label=Text("Ngày cuối còn dùng", "Last day"), kind="date"),),
        ),
    )

    def title_of(self, model: TemplateRow) -> str:
        return str(model)

    @expose("/command/<wanted>", methods=("GET", "POST"))
    def command_view(self, wanted: str) -> ResponseReturnValue:
        """Adding has a page of its own: a file comes with it, and is looked at outside any transaction."""
        return self._add() if wanted == NEW_FORM.name else super().command_view(wanted)

    def _add(self) -> ResponseReturnValue:
        options = {one.name: list(one.options(self.session)) for one in NEW_FORM.fields if one.options}
        if request.method == "GET":
            return self._page(options, {})
        values, problems = read_values(NEW_FORM, request.form, options)
        sent = request.files.get("file")
        if sent is None or not sent.filename:
            problems["file"] = Text("Hãy chọn tệp mẫu.", "Choose the file of the template.")
        if problems:
            return self._page(options, request.form, problems), 422
        try:
            paper_templates.add_template(current_engine(), current_actor(), _new(values, sent))
        except ProcedureError as refusal:
            return self._page(options, request.form, refusal=refusal.say(language())), 409
        flash(_("Đã thêm mẫu."), "success")
        return redirect(self.get_url(".index_view"), 303)

    @expose("/try", methods=("POST",))
    def trial(self) -> ResponseReturnValue:
        """Fill a template for nobody, or for a dossier, and hand it out; nothing is kept."""
        asked = request.form
        template, made = paper_templates.try_template(
            current_engine(),
            current_actor(),
            asked.get("id", ""),
            asked.get("code", "").strip()[:60],
            asked.get("reason", "").strip(),
        )
        if isinstance(made, bytes):
            return _send(made, WORD, f"{template.form_code}.docx")
        page = make_pdf(made, title=template.version_name)
        return _send(page, "application/pdf", f"{template.form_code}.pdf")

    @expose("/file")
    def file(self) -> ResponseReturnValue:
        """The file of a template, as it was added."""
        hash_ = request.args.get("id", "")
        template, content = paper_templates.template_file(current_engine(), current_actor(), hash_)
        kind = WORD if template.kind == DOCX else "text/plain"
        return _send(content, kind, f"{template.form_code}.{template.kind}")

    def _page(
        self,
        options: Mapping[str, Any],
        typed: Mapping[str, str],
        problems: Mapping[str, Text] | None = None,
        refusal: str = "",
    ) -> str:
        return self.render(
            "office/template_add.html",
            command=NEW_FORM,
            model=None,
            options=options,
            typed=typed,
            problems=problems or {},
            refusal=refusal,
        )


KINDS = {"docx": Text("Word (.docx)", "Word (.docx)"), "html": Text("trang in", "printed page")}


def _unit_name(view: OfficeView, row: TemplateRow) -> str:
    return view.session.get(UnitRow, row.unit_id).name_vi if row.unit_id else _("mọi đơn vị")


def _new(values: Mapping[str, Any], sent: Any) -> NewTemplate:
    since: date = values["since"]
    return NewTemplate(
        form_code=values["form"],
        unit_id=None if values["unit"] == EVERYBODY else int(values["unit"]),
        version_name=values["version"],
        effective_from=since,
        effective_to=values["until"],
        source=values["source"],
        file_name=sent.filename,
        content=sent.stream.read(LARGEST_FILE + 1),
    )


def _send(content: bytes, kind: str, name: str) -> Response:
    answer = Response(content, mimetype=kind)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name.replace(":", "-")}"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
