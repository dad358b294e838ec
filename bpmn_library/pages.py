"""The pages of the library: which sets there are, what an import would change, and what it changed.

An uploaded package is kept in the file store under its hash, so that the page of its preview has an
address, can be reloaded, and shows the same package to the import that follows it.
"""

from __future__ import annotations

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    flash,
    g,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from bpmn_library.archives import MOST_BYTES
from bpmn_library.bringing import bring, look_at
from bpmn_library.exports import export_procedure
from bpmn_library.history import get_import
from bpmn_library.imports import import_set
from bpmn_library.packages import Package, read_package
from bpmn_library.preview import IMPORTER, Choices, preview_import
from bpmn_library.sets import list_sets, shipped_set
from designer.drafts import check_author, get_revision
from engine.domain.access import check_holds
from engine.runtime import Engine

bp = Blueprint(
    "library", __name__, url_prefix="/library", template_folder="templates", static_folder="static"
)

SHIPPED, UPLOADED = "sets", "packages"


@bp.before_request
def _only_staff() -> None:
    if g.actor.user_id is None:
        abort(401)


@bp.get("/")
def sets() -> ResponseReturnValue:
    with _engine().reading(g.actor) as unit:
        lines = list_sets(unit)
    may_import = g.actor.holds(IMPORTER) is not None
    return render_template("library/sets.html", lines=lines, may_import=may_import, most=MOST_BYTES >> 20)


@bp.get("/export/<int:revision_id>.zip")
def export(revision_id: int) -> ResponseReturnValue:
    """One revision as a package that another installation can import."""
    with _engine().reading(g.actor) as unit:
        name, data = export_procedure(unit, revision_id)
    answer = Response(data, mimetype="application/zip")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@bp.post("/packages")
def upload() -> ResponseReturnValue:
    check_holds(g.actor, IMPORTER)
    file = request.files.get("package")
    if file is None or not file.filename:
        flash(_("Hãy chọn tệp .zip của bộ thủ tục."), "error")
        return redirect(url_for(".sets"), 303)
    read_package(file.stream.read(MOST_BYTES + 1))  # what cannot be read is refused before it is kept
    file.stream.seek(0)
    digest, _size = _engine().files.put(file.stream, MOST_BYTES)
    return redirect(url_for(".preview", kind=UPLOADED, name=digest), 303)


@bp.get("/<any(sets, packages):kind>/<name>")
def preview(kind: str, name: str) -> ResponseReturnValue:
    check_holds(g.actor, IMPORTER)
    package = _package(kind, name)
    with _engine().reading(g.actor) as unit:
        page = preview_import(unit, package, _choices(package))
    return render_template("library/preview.html", page=page, here={"kind": kind, "name": name})


@bp.post("/<any(sets, packages):kind>/<name>")
def install(kind: str, name: str) -> ResponseReturnValue:
    check_holds(g.actor, IMPORTER)
    package = _package(kind, name)
    with _engine().unit(g.actor) as unit:
        done = import_set(unit, package, _choices(package))
    if done.import_id is not None:
        flash(_("Đã nhập thành bản nháp. Chưa hồ sơ nào bị ảnh hưởng."), "success")
        return redirect(url_for(".imported", import_id=done.import_id), 303)
    for one in done.skipped:
        flash(f"{one.key}: {one.reason.say(str(get_locale()))}", "error")
    if not done.skipped:
        flash(_("Không có gì thay đổi: các thủ tục trong bộ này đã có sẵn, giống hệt."), "info")
    return redirect(url_for(".preview", kind=kind, name=name), 303)


@bp.post("/drafts/<int:revision_id>/packages")
def upload_for(revision_id: int) -> ResponseReturnValue:
    """Keep the package that somebody wants in a draft, and show what it would change."""
    with _engine().reading(g.actor) as unit:
        check_author(unit, get_revision(unit, revision_id).procedure)
    file = request.files.get("package")
    if file is None or not file.filename:
        flash(_("Hãy chọn tệp .zip của thủ tục."), "error")
        return redirect(url_for("exchange.files", revision_id=revision_id), 303)
    read_package(file.stream.read(MOST_BYTES + 1))
    file.stream.seek(0)
    digest, _size = _engine().files.put(file.stream, MOST_BYTES)
    return redirect(url_for(".look", revision_id=revision_id, name=digest), 303)


@bp.get("/drafts/<int:revision_id>/packages/<name>")
def look(revision_id: int, name: str) -> ResponseReturnValue:
    with _engine().reading(g.actor) as unit:
        check_author(unit, get_revision(unit, revision_id).procedure)
    package = _package(UPLOADED, name)
    with _engine().reading(g.actor) as unit:
        page = look_at(unit, revision_id, package, request.args.get("key", "")[:60])
    return render_template("library/bring.html", page=page, name=name)


@bp.post("/drafts/<int:revision_id>/packages/<name>")
def take(revision_id: int, name: str) -> ResponseReturnValue:
    package = _package(UPLOADED, name)
    units = {one[5:]: value for one, value in request.form.items() if one.startswith("unit-")}
    with _engine().unit(g.actor) as unit:
        version = request.form.get("version", -1, type=int)
        bring(unit, revision_id, package, request.form.get("key", "")[:60], version=version, units=units)
    flash(_("Đã nhận cả thủ tục vào bản nháp; lần lưu trước còn trong lịch sử bản nháp."), "success")
    return redirect(url_for("designer.revision", revision_id=revision_id), 303)


@bp.get("/imports/<int:import_id>")
def imported(import_id: int) -> ResponseReturnValue:
    with _engine().reading(g.actor) as unit:
        page = get_import(unit, import_id)
    return render_template("library/imported.html", page=page)


def _package(kind: str, name: str) -> Package:
    if kind == SHIPPED:
        return shipped_set(name)
    with _engine().files.open(name) as stream:
        return read_package(stream.read(MOST_BYTES + 1))


def _choices(package: Package) -> Choices:
    """Read the choices of the page; what was not on it is not decided."""
    given = request.form if request.method == "POST" else request.args

    def chosen(prefix: str, codes: list[str]) -> dict[str, str]:
        return {code: given[f"{prefix}-{code}"] for code in codes if f"{prefix}-{code}" in given}

    return Choices(
        participants=chosen("participant", [one.code for one in package.manifest.participants]),
        roles=chosen("role", [one.code for one in package.manifest.roles]),
        owners=chosen("owner", list(package.entries)),
        accepted=frozenset(given.getlist("accept")),
    )


def _engine() -> Engine:
    return current_app.extensions["motcua"]
