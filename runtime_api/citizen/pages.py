"""The portal, the description of a procedure, and the look-up by code and last four digits."""

from __future__ import annotations

from typing import Any

from flask import Response, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.domain.access import CITIZEN
from engine.domain.calendar import local_day
from engine.domain.dossiers import Status
from engine.domain.texts import Text
from engine.errors import Invalid, ProcedureError
from engine.usecases.desks import desk_of
from engine.usecases.filing_lookups import is_filing_number, look_up_filing
from engine.usecases.lookups import LookUpFailed, PublicView, TooManyTries, look_up
from engine.usecases.papers import issued_decision
from engine.usecases.procedures import find_procedure, list_procedures, procedure_of, revision_in_force
from engine.usecases.ratings import may_rate, rate_by_code
from runtime_api.citizen.blueprint import bp, engine
from runtime_api.errors import status_of
from runtime_api.i18n import language
from runtime_api.page_words import limit_words, rating_steps
from runtime_api.security import csrf

NO_INDEX = "noindex, nofollow"
RATINGS = ("1", "2", "3", "4", "5")
SHOWN = 60  # procedures on the front page; the search reaches the others


@bp.get("/")
def portal() -> str:
    q = request.args.get("q", "").strip()[:100]
    with engine().reading(CITIZEN) as unit:
        procedures = list_procedures(unit, q)
    return render_template(
        "citizen/portal.html", procedures=procedures[:SHOWN], more=len(procedures) > SHOWN, q=q, **_blank()
    )


@bp.get("/procedures/<key>")
def procedure(key: str) -> str:
    """What a procedure takes, from the revision that holds today."""
    with engine().reading(CITIZEN) as unit:
        row = find_procedure(unit, key[:60])
        found = procedure_of(revision_in_force(unit, row.id, local_day(unit.now)))
    cutoff = found.limit.cutoff
    return render_template(
        "citizen/procedure.html",
        procedure=found,
        limit_text=limit_words(found.limit),
        cutoff=f"{cutoff:%H:%M}" if cutoff else "",
    )


@bp.get("/lookup")
def lookup() -> ResponseReturnValue:
    """The form; a code in the address, as the slip's QR code gives it, is filled in."""
    blank = {**_blank(), "typed": {"code": request.args.get("code", "")[:60]}}
    return _private(render_template("citizen/lookup.html", refusal="", advice="", **blank))


@bp.post("/lookup")
@csrf.exempt  # reads only, for nobody in particular; must work where cookies do not
def look_up_now() -> ResponseReturnValue:
    code, factor = request.form.get("code", "")[:60], request.form.get("factor", "")[:20]
    problems = _empty_fields(code, factor)
    if problems:
        return _again(code, problems=problems, status=422)
    if is_filing_number(code):
        return _filing(code, factor)
    try:
        with engine().reading(CITIZEN) as unit:
            found = look_up(unit, code, factor, request.remote_addr or "")
            desk = desk_of(unit, found.code)
            decision = issued_decision(unit, found.code)
            can_rate = may_rate(unit, found.code)
            if decision is not None and request.form.get("get") == "decision":
                with engine().files.open(decision.pdf_sha256) as file:
                    return _decision(file.read(), found.code)
    except (LookUpFailed, TooManyTries, Invalid) as refusal:
        return _again(code, refusal=refusal, status=status_of(refusal))
    return _private(
        render_template(
            "citizen/result.html",
            found=found,
            desk=desk,
            asked={"code": code, "factor": factor},
            has_decision=decision is not None,
            rating=rating_steps() if can_rate else [],
            is_late=_is_late(found),
            headline=_headline(found),
        )
    )


def _filing(number: str, factor: str) -> ResponseReturnValue:
    """What was handed in and is not accepted yet has a number of another shape, and a page of its own."""
    try:
        with engine().reading(CITIZEN) as unit:
            found = look_up_filing(unit, number, factor, request.remote_addr or "")
    except (LookUpFailed, TooManyTries) as refusal:
        return _again(number, refusal=refusal, status=status_of(refusal))
    return _private(render_template("citizen/filing.html", found=found, factor=factor))


@bp.post("/lookup/rating")
@csrf.exempt  # code and digits stand in the request itself, as for looking up
def rate_now() -> ResponseReturnValue:
    code, factor = request.form.get("code", "")[:60], request.form.get("factor", "")[:20]
    score = request.form.get("score", "")
    try:
        with engine().reading(CITIZEN) as unit:
            found = look_up(unit, code, factor, request.remote_addr or "")
        with engine().unit(CITIZEN) as unit:
            rate_by_code(
                unit, found.code, int(score) if score in RATINGS else 0, request.form.get("comment", "")
            )
    except ProcedureError as refusal:
        return _again(code, refusal=refusal, status=status_of(refusal))
    return _private(render_template("citizen/rated.html", code=found.code))


def _decision(content: bytes, code: str) -> Response:
    """The signed decision itself: whoever has it can prove who signed."""
    answer = Response(content, mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="ket-qua-{code}.pdf"'
    answer.headers["X-Robots-Tag"] = NO_INDEX
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _headline(found: PublicView) -> list[Text]:
    """What is going on, in the procedure's own words; the status where it has none."""
    if found.status in (Status.SUPPLEMENT, Status.RESOLVED) or not found.now:
        return [found.status_text]
    return list(found.now)


def _is_late(found: PublicView) -> bool:
    return found.time is not None and found.time.tone == "late"


def _again(
    code: str, *, problems: dict[str, str] | None = None, refusal: ProcedureError | None = None, status: int
) -> ResponseReturnValue:
    page = render_template(
        "citizen/lookup.html",
        typed={"code": code},
        problems=problems or {},
        refusal=refusal.say(language()) if refusal else "",
        advice=_("Nếu vẫn không được, hãy mang giấy tiếp nhận đến nơi đã nộp hồ sơ.") if refusal else "",
    )
    return _private(page, status)


def _empty_fields(code: str, factor: str) -> dict[str, str]:
    problems = {}
    if not code.strip():
        problems["code"] = _("Hãy nhập mã hồ sơ; ô này đang để trống.")
    if not factor.strip():
        problems["factor"] = _("Hãy nhập bốn số cuối; ô này đang để trống.")
    return problems


def _private(page: str, status: int = 200) -> Any:
    """Answer without a trace: not in any index, not in any cache."""
    answer = make_response(page, status)
    answer.headers["X-Robots-Tag"] = NO_INDEX
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _blank() -> dict[str, Any]:
    return {"typed": {}, "problems": {}}
