"""Papers of a dossier: on the screen, on the printer, as PDF.

A page shows exactly what was made; PDF is made when it is first asked for, outside any transaction, and kept.
"""

from __future__ import annotations

import hashlib
import io

from flask import Response, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from engine.documents.issuing import copy_mark
from engine.documents.pdf import LAYOUT, make_pdf
from engine.documents.signatures import say_finding
from engine.documents.word import CONTENT_TYPE as WORD
from engine.errors import Invalid, ProcedureError, Refused
from engine.usecases import outside_signatures, papers, procedure_letters, word_letters
from engine.usecases.papers import Paper
from runtime_api.errors import status_of
from runtime_api.i18n import language, say
from runtime_api.staff.blueprint import bp, engine
from runtime_api.static_files import FOR_EVER

LARGEST_PDF = 64 * 1024 * 1024


@bp.get("/dossiers/<code>/papers")
def dossier_papers(code: str) -> str:
    with engine().reading(g.actor) as unit:
        code, lines = papers.papers_of(unit, code)
        words = word_letters.papers_with_word(unit, code)
    return render_template("staff/papers.html", code=code, lines=lines, words=words, problem="")


@bp.post("/dossiers/<code>/papers/signed")
def take_signed(code: str) -> ResponseReturnValue:
    """Take a PDF that was signed elsewhere, if every signature in it is good."""
    sent = request.files.get("file")
    name = sent.filename if sent and sent.filename else "tệp"
    content = sent.stream.read(engine().max_file + 1) if sent else b""
    try:
        found = outside_signatures.take_signed(engine(), g.actor, code, name, content)
    except ProcedureError as refusal:
        if status_of(refusal) == 404:
            raise
        with engine().reading(g.actor) as unit:
            code, lines = papers.papers_of(unit, code)
            words = word_letters.papers_with_word(unit, code)
        said = refusal.say(language())
        page = render_template("staff/papers.html", code=code, lines=lines, words=words, problem=said)
        return page, status_of(refusal)
    said = " ".join(say(say_finding(one)) for one in found)
    flash(_("Đã nhận văn bản; mọi chữ ký đều hợp lệ. %(who)s", who=said), "success")
    return redirect(url_for("staff.dossier", code=code), 303)


@bp.get("/dossiers/<code>/slip")
def slip(code: str) -> str:
    """Mẫu 01; `?print=1` opens the print dialog at once."""
    with engine().reading(g.actor) as unit:
        return _show(papers.slip_of(unit, code))


@bp.post("/dossiers/<code>/slip/print")
def print_slip(code: str) -> ResponseReturnValue:
    with engine().unit(g.actor) as unit:
        document_id, number = papers.print_slip(unit, code)
    return _print(document_id, number)


@bp.get("/dossiers/<code>/slip.pdf")
def slip_pdf(code: str) -> Response:
    with engine().reading(g.actor) as unit:
        paper = papers.slip_of(unit, code)
    return _pdf(paper)


@bp.get("/dossiers/<code>/control")
def control(code: str) -> str:
    """Mẫu 06, the control sheet, as of now."""
    with engine().reading(g.actor) as unit:
        return _show(papers.control_sheet(unit, code))


@bp.get("/dossiers/<code>/control.pdf")
def control_pdf(code: str) -> Response:
    with engine().reading(g.actor) as unit:
        paper = papers.control_sheet(unit, code)
    return _pdf(paper)


@bp.get("/dossiers/<code>/letters")
def letters(code: str) -> str:
    """The letters that the procedure brings; `?letter=` shows one as it would be made now."""
    with engine().reading(g.actor) as unit:
        try:
            page, problem = (
                procedure_letters.letters_page(unit, code, request.args.get("letter", "")[:60]),
                "",
            )
        except (Invalid, Refused) as refusal:
            page, problem = procedure_letters.letters_page(unit, code), refusal.say(language())
    seen = Markup(page.html)  # as in `_show`
    return render_template(
        "staff/letters.html", page=page, seen=seen, problem=problem, layout=layout_address()
    )


@bp.post("/dossiers/<code>/letters")
def write_letter(code: str) -> ResponseReturnValue:
    with engine().unit(g.actor) as unit:
        document_id = procedure_letters.write_letter(unit, code, request.form.get("letter", "")[:60])
    flash(_("Đã lập văn bản."), "success")
    return redirect(url_for("staff.paper", document_id=document_id), 303)


@bp.get("/papers/<int:document_id>")
def paper(document_id: int) -> str:
    with engine().reading(g.actor) as unit:
        return _show(papers.open_paper(unit, document_id))


@bp.post("/papers/<int:document_id>/print")
def print_paper(document_id: int) -> ResponseReturnValue:
    with engine().unit(g.actor) as unit:
        number = papers.print_paper(unit, document_id)
    return _print(document_id, number)


@bp.get("/papers/<int:document_id>.pdf")
def paper_pdf(document_id: int) -> Response:
    with engine().reading(g.actor) as unit:
        found = papers.open_paper(unit, document_id)
    return _pdf(found)


@bp.post("/papers/<int:document_id>/word")
def paper_word(document_id: int) -> Response:
    """The paper as a Word file by the office's own template; made now if nobody asked before."""
    name, content = word_letters.word_file(engine(), g.actor, document_id)
    answer = Response(content, mimetype=WORD)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.docx"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@bp.get("/papers/layout.css")
def layout() -> Response:
    """The style of the papers: the same file that PDF is made with."""
    answer = Response(LAYOUT.read_bytes(), mimetype="text/css")
    answer.headers["Cache-Control"] = FOR_EVER if "v" in request.args else "no-store"
    return answer


def layout_address() -> str:
    version = hashlib.sha256(LAYOUT.read_bytes()).hexdigest()[:10]
    return url_for("staff.layout", v=version)


def _print(document_id: int, number: int) -> ResponseReturnValue:
    sizes = {"paper": request.form["paper"]} if request.form.get("paper") else {}
    return redirect(url_for("staff.paper", document_id=document_id, copy=number, print=1, **sizes), 303)


def _show(found: Paper) -> str:
    copy = request.args.get("copy", "")
    number = min(int(copy), found.prints) if copy.isdecimal() and len(copy) < 6 else 0
    return render_template(
        "staff/paper.html",
        paper=found,
        page=Markup(found.html),  # made by the language of templates, which escapes every value
        size=_size(found),
        mark=copy_mark(number),
        print_now=request.args.get("print") == "1",
        layout=layout_address(),
    )


def _size(found: Paper) -> str:
    asked = request.args.get("paper", "")
    return asked if asked in found.sizes else found.sizes[0]


def _pdf(found: Paper) -> Response:
    """Answer with the PDF of a paper; of a kept one it is made once and is the same ever after."""
    size, title = _size(found), f"{found.title.vi} {found.dossier_code}"
    name = f"{found.form_code}-{found.dossier_code}"
    if found.id is None or size != found.sizes[0]:
        return send_pdf(make_pdf(found.html, title=title, size=size), name)
    sha256 = found.pdf_sha256
    if not sha256:
        stored, length = engine().files.put(
            io.BytesIO(make_pdf(found.html, title=title, size=size)), LARGEST_PDF
        )
        with engine().unit(g.actor) as unit:
            sha256 = papers.keep_pdf(unit, found.id, stored, length)
    with engine().files.open(sha256) as file:
        return send_pdf(file.read(), name)


def send_pdf(content: bytes, name: str) -> Response:
    answer = Response(content, mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


__all__ = ["layout_address", "send_pdf"]
