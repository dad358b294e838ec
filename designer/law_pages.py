"""The register of legal documents, and what each of them touches."""

from __future__ import annotations

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from designer import law
from designer.law import DocumentFacts
from designer.requests import engine, optional_day
from designer.states import PROVINCE_APPROVER

bp = Blueprint("law", __name__, url_prefix="/designer/law", template_folder="templates")


@bp.before_request
def _only_staff() -> None:
    if g.actor.user_id is None:
        abort(401)


@bp.get("/")
def register() -> ResponseReturnValue:
    text = request.args.get("q", "").strip()[:100]
    with engine().reading(g.actor) as unit:
        lines = law.list_documents(unit, text)
        may_write = unit.actor.holds(PROVINCE_APPROVER) is not None
        return render_template("designer/law.html", lines=lines, text=text, may_write=may_write)


@bp.get("/document")
def document() -> ResponseReturnValue:
    """One document; its number has slashes, so it stands in the query."""
    number = request.args.get("number", "").strip()[:60]
    with engine().reading(g.actor) as unit:
        row, touched = law.get_document(unit, number)
        may_write = unit.actor.holds(PROVINCE_APPROVER) is not None
        return render_template(
            "designer/law_document.html",
            number=number,
            row=row,
            touched=touched,
            kinds=law.KINDS,
            may_write=may_write,
        )


@bp.post("/document")
def save() -> ResponseReturnValue:
    form = request.form
    facts = DocumentFacts(
        number=form.get("number", "").strip()[:60],
        title=form.get("title", "")[:1000],
        issuer=form.get("issuer", ""),
        signed_on=optional_day("signed_on"),
        effective_from=optional_day("effective_from"),
        effective_to=optional_day("effective_to"),
        replaced_by=form.get("replaced_by", "")[:60],
        source=form.get("source", "")[:1000],
        verified="verified" in form,
    )
    with engine().unit(g.actor) as unit:
        count = law.save_document(unit, facts)
    flash(
        _("Đã lưu văn bản %(number)s; %(count)s phiên bản quy trình có căn cứ vào văn bản này.",
          number=facts.number, count=count),
        "success",
    )  # fmt: skip
    return redirect(url_for(".document", number=facts.number), 303)
