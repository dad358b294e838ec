"""REST for programs: the own list of work, taking a step, finishing it. Documented in docs/reference/api.md,
dossiers are in `runtime_api.api_dossiers`, the description that programs read in `runtime_api.openapi`.

A program sends a key (`Authorization: Bearer mc_…`); a signed-in page of ours may ask too, with its form
token. Every act goes through the use case of the page that does the same. Refusals are problem details
(RFC 9457) in the language of `Accept-Language`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, current_app, g, jsonify, request
from flask.typing import ResponseReturnValue

from engine.domain.access import CITIZEN, SYSTEM
from engine.domain.forms import FormInvalid
from engine.domain.texts import Text
from engine.errors import Invalid
from engine.store.work import Unit
from engine.usecases import accounts, handing, task_pages, tasks, tokens, worklists
from engine.usecases.accounts import load_actor
from engine.usecases.list_queries import ListQuery
from runtime_api.auth import require_person
from runtime_api.errors import problem_of
from runtime_api.i18n import language
from runtime_api.security import csrf
from runtime_api.sessions import engine_of_app

bp = Blueprint("api", __name__, url_prefix="/api/v1")
csrf.exempt(bp)  # a key is no cookie; with a session it is checked below
BEARER = "Bearer "
LONGEST_KEY = 200


class NotJson(Invalid):
    code = "not_json"
    vi = "Cần nội dung JSON là một đối tượng, ví dụ {{}}; Content-Type là application/json."
    en = "Expected JSON that is an object, such as {{}}, with the Content-Type application/json."


class BadValue(Invalid):
    code = "bad_value"
    vi = "“{name}” cần là {wanted}."
    en = "“{name}” has to be {wanted}."


class VersionMissing(Invalid):
    code = "version_missing"
    vi = 'Cần If-Match với số phiên bản của bước như ETag đã trả, ví dụ "3".'
    en = 'If-Match is needed, with the version of the step as ETag gave it, such as "3".'


@bp.before_request
def _know_program() -> None:
    """Let a key say who asks; without one, a person who is signed in, with the form token for writing."""
    sent = request.headers.get("Authorization", "")
    if not sent:
        csrf.protect()
        require_person()
        return
    engine = engine_of_app()
    with engine.reading(SYSTEM) as unit:
        key = sent.removeprefix(BEARER).strip() if sent.startswith(BEARER) else ""
        user_id = tokens.holder_of(unit, key)
        if user_id is not None:
            g.actor = load_actor(unit, user_id)
            return
    g.actor = CITIZEN  # a key that does not hold is no reason to act as whoever is signed in
    require_person()


@bp.errorhandler(FormInvalid)
def _form(refusal: FormInvalid) -> ResponseReturnValue:
    """Name each field that is wrong, besides the sentence for all of them."""
    said = language()
    answer = problem_of(refusal)
    facts = answer.get_json() | {
        "problems": {name: text.say(said) for name, text in refusal.problems.items()}
    }
    answer.set_data(current_app.json.dumps(facts))
    return answer


@bp.get("/tasks")
def list_tasks() -> Response:
    """The list of work, as /staff/ shows it; its arguments are those of that page's address."""
    args = request.args.to_dict()
    query = ListQuery.of(args)
    limit = whole_number("limit", args.get("limit", "50"), worklists.LONGEST_PAGE)
    with engine_of_app().reading(g.actor) as unit:
        page = worklists.list_tasks(
            unit,
            scope=query.scope,  # type: ignore[arg-type]
            text=query.text,
            procedure=query.procedure,
            step=query.step,
            state=query.state,  # type: ignore[arg-type]
            sort=query.sort,
            filters=query.filters,
            after=args.get("cursor") or None,
            limit=limit,
        )
    counts = {name: {"count": int(one), "more": one.more} for name, one in _counts(page.counts).items()}
    return jsonify(
        tasks=[_line(one) for one in page.lines], counts=counts, next=page.next, looked_at=page.looked_at
    )


@bp.get("/tasks/<int:task_id>")
def get_task(task_id: int) -> Response:
    with engine_of_app().reading(g.actor) as unit:
        view = task_pages.get_task(unit, task_id)
    return answer_with(
        view.version,
        id=view.id,
        version=view.version,
        dossier=view.dossier.code,
        step={"id": view.node, "name": both(view.name)},
        unit=view.unit,
        role=view.role,
        opened_at=view.opened_at.isoformat(),
        due_at=view.due_at.isoformat() if view.due_at else None,
        claimed_by=view.claimed_by_name,
        can_claim=view.can_claim,
        can_complete=view.can_complete,
        why_not=both(view.why_not) if view.why_not else None,
        outcomes=[
            {"code": one.code, "name": both(one.name), "needs_reason": one.needs_reason}
            for one in view.outcomes
        ],
        form=view.form.as_json() if view.form else None,
        values=view.values,
    )


@bp.post("/tasks/<int:task_id>:claim")
def claim_task(task_id: int) -> Response:
    with engine_of_app().unit(g.actor) as unit:
        version = tasks.claim_task(unit, task_id)
    return answer_with(version, id=task_id, version=version)


@bp.post("/tasks/<int:task_id>:release")
def release_task(task_id: int) -> Response:
    with engine_of_app().unit(g.actor) as unit:
        version = tasks.release_task(unit, task_id)
    return answer_with(version, id=task_id, version=version)


@bp.post("/tasks/<int:task_id>:delegate")
def delegate_task(task_id: int) -> Response:
    """Lend an own step to a colleague, who does it or gives it back."""
    sent = _body()
    login, note = _word(sent, "to"), _word(sent, "note")
    with engine_of_app().unit(g.actor) as unit:
        colleague = accounts.account_named(unit, login)
        version = handing.delegate_task(unit, task_id, colleague, note)
    return answer_with(version, id=task_id, version=version)


@bp.post("/tasks/<int:task_id>:complete")
def complete_task(task_id: int) -> Response:
    """Finish a step with answers as its page would send them; the same Idempotency-Key does it once."""
    sent = _body()
    version = request.if_match.as_set() if request.if_match else set()
    number = next(iter(version), "")
    if len(version) != 1 or not (number.isascii() and number.isdecimal() and len(number) < 10):
        raise VersionMissing("If-Match with a version", "none")
    with engine_of_app().unit(g.actor) as unit:
        done = tasks.complete_task(
            unit,
            task_id,
            outcome=_word(sent, "outcome"),
            raw=_answers(sent),
            reason=_word(sent, "reason"),
            version=int(number),
            submission_key=_submission(unit),
        )
    return jsonify(done.as_json())


def whole_number(name: str, sent: str, most: int) -> int:
    """Read an argument of the address that is a number from 1."""
    number = int(sent) if sent.isascii() and sent.isdecimal() and len(sent) < 20 else 0
    if not 0 < number <= most:
        raise BadValue("a number", sent[:20], name=name, wanted=f"1 … {most}")
    return number


def _body() -> Mapping[str, Any]:
    found = request.get_json(silent=True)
    if not isinstance(found, dict):
        raise NotJson("a JSON object", request.mimetype)
    return found


def _word(sent: Mapping[str, Any], name: str) -> str:
    value = sent.get(name, "")
    if not isinstance(value, str) or "\x00" in value or any("\ud800" <= one <= "\udfff" for one in value):
        raise BadValue("text", type(value).__name__, name=name, wanted="string")
    return value


def _answers(sent: Mapping[str, Any]) -> dict[str, Any]:
    """Read the answers of a form as a page would send them: text, lists of text, rows of text."""
    found = sent.get("answers", {})
    if not isinstance(found, dict):
        raise BadValue("an object", type(found).__name__, name="answers", wanted="object")
    return {name: _typed(name, value) for name, value in found.items()}


def _typed(name: str, value: Any, depth: int = 0) -> Any:
    if isinstance(value, bool):
        return "1" if value else "0"
    if value is None:
        return ""
    if isinstance(value, str):
        return _word({name: value}, name)
    if isinstance(value, int) or (isinstance(value, float) and abs(value) < 1e15):
        return str(value).replace(".", ",")
    if isinstance(value, list) and depth == 0:
        return [_typed(name, one, 1) for one in value]
    if isinstance(value, dict) and depth == 1:
        return {key: _typed(name, one, 2) for key, one in value.items()}
    raise BadValue("text, a number, true, false or a list", type(value).__name__, name=name, wanted="string")


def _submission(unit: Unit) -> str:
    key = request.headers.get("Idempotency-Key", "")[:LONGEST_KEY]
    return hashlib.sha256(f"{unit.actor.user_id}:{key}".encode()).hexdigest()[:40] if key else ""


def _line(one: worklists.TaskLine) -> dict[str, Any]:
    return {
        "id": one.id,
        "version": one.version,
        "dossier": one.code,
        "procedure": both(one.procedure_name),
        "step": both(one.step_name),
        "applicant": one.applicant,
        "unit": one.unit_name,
        "claimed_by": one.claimed_by_name,
        "mine": one.mine,
        "workable": one.workable,
        "opened_at": one.since.isoformat(),
        "working_minutes_left": one.time.minutes,
        "dossier_due_at": one.due_date.isoformat(),
    }


def _counts(counts: worklists.TaskCounts) -> dict[str, Any]:
    return {name: getattr(counts, name) for name in ("all", "late", "today", "supplement", "agency")}


def both(text: Text) -> dict[str, str]:
    return {"vi": text.vi, "en": text.say("en")}


def answer_with(etag: int, /, **facts: Any) -> Response:
    answer = jsonify(facts)
    answer.set_etag(str(etag))
    return answer
