"""The description of the REST interface that programs read: OpenAPI 3.1 at `/api/v1/openapi.json`.

It is written here by hand, one line for each address; a test compares it with the addresses that are served
and with the answers that they give.
"""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify

from engine.domain.dossiers import Status
from engine.usecases.open_work import SCOPES, STATES
from runtime_api.api_dossiers import bp  # the addresses of tasks and of dossiers

_TEXT, _NUMBER = {"type": "string"}, {"type": "integer"}
_MOMENT = {"type": "string", "format": "date-time"}
_FLAG, _BOTH = {"type": "boolean"}, {"$ref": "#/components/schemas/Text"}
_STEP = {"type": "object", "properties": {"id": _TEXT, "name": _BOTH}}


@bp.get("/openapi.json")
def description() -> Response:
    return jsonify(DESCRIPTION)


def _maybe(kind: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [kind, {"type": "null"}]}


def _object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": list(properties), "properties": properties}


def _list(kind: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": kind}


def _query(name: str, said: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "description": said, "schema": schema}


def _header(name: str, said: str, *, required: bool = False) -> dict[str, Any]:
    return {"name": name, "in": "header", "description": said, "required": required, "schema": _TEXT}


def _place(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _answers(said: str, schema: dict[str, Any]) -> dict[str, Any]:
    content = {"application/json": {"schema": schema}}
    refusal = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {
        "200": {"description": said, "content": content},
        "default": {"description": "Refused, in a sentence.", "content": refusal},
    }


def _body(schema: dict[str, Any]) -> dict[str, Any]:
    return {"required": True, "content": {"application/json": {"schema": schema}}}


_PAGE = [
    _query("cursor", "`next` of the page before", _TEXT),
    _query("limit", "lines of a page", {**_NUMBER, "minimum": 1, "maximum": 100, "default": 50}),
]
_TASK, _CODE = _place("task_id", _NUMBER), _place("code", _TEXT)
_ACTED = _answers("The step's new version, which is its ETag too.", _object(id=_NUMBER, version=_NUMBER))
_COUNT = _object(count=_NUMBER, more=_FLAG)
_TASK_LINE = _object(
    id=_NUMBER, version=_NUMBER, dossier=_TEXT, procedure=_BOTH, step=_BOTH, applicant=_TEXT, unit=_TEXT,
    claimed_by=_TEXT, mine=_FLAG, workable=_FLAG, opened_at=_MOMENT, working_minutes_left=_maybe(_NUMBER),
    dossier_due_at=_MOMENT,
)  # fmt: skip
_TASK_PAGE = _object(
    tasks=_list(_TASK_LINE), counts=_object(**dict.fromkeys(STATES, _COUNT)), next=_maybe(_TEXT),
    looked_at=_NUMBER,
)  # fmt: skip
_OUTCOME = _object(code=_TEXT, name=_BOTH, needs_reason=_FLAG)
_TASK_VIEW = _object(
    id=_NUMBER, version=_NUMBER, dossier=_TEXT, step=_STEP, unit=_TEXT, role=_TEXT, opened_at=_MOMENT,
    due_at=_maybe(_MOMENT), claimed_by=_TEXT, can_claim=_FLAG, can_complete=_FLAG, why_not=_maybe(_BOTH),
    outcomes=_list(_OUTCOME), form=_maybe({"type": "object"}), values={"type": "object"},
)  # fmt: skip
_DOSSIER_LINE = _object(
    code=_TEXT, procedure=_TEXT, procedure_name=_BOTH, applicant=_TEXT, status=_TEXT, received_unit=_TEXT,
    competent_unit=_TEXT, accepted_at=_MOMENT, due_at=_MOMENT,
)  # fmt: skip
_OPEN_STEP = _object(task=_NUMBER, step=_STEP, unit=_TEXT)
_DOSSIER = _object(
    code=_TEXT, version=_NUMBER, procedure=_TEXT, procedure_name=_BOTH, status=_TEXT, applicant=_TEXT,
    received_unit=_TEXT, competent_unit=_TEXT, accepted_at=_MOMENT, due_at=_MOMENT, due_is_provisional=_FLAG,
    clock_stopped_at=_maybe(_MOMENT), result=_TEXT, fee=_NUMBER, open_steps=_list(_OPEN_STEP),
)  # fmt: skip
_EVENT = _object(at=_MOMENT, kind=_TEXT, step=_TEXT, text=_BOTH, detail=_BOTH, who=_TEXT, unit=_TEXT)
_COMPLETED = {"type": "object", "properties": {"status": _TEXT, "ended": _FLAG, "next": _list({})}}
_SENT = {
    "type": "object",
    "properties": {"outcome": _TEXT, "reason": _TEXT, "answers": {"type": "object"}},
}
_ONCE = _header("Idempotency-Key", "the same key with the same content is done once")
_MATCH = _header("If-Match", "the version that was read", required=True)

PATHS: dict[str, dict[str, Any]] = {
    "/openapi.json": {
        "get": {"summary": "This description.", "responses": _answers("OpenAPI 3.1.", {"type": "object"})}
    },
    "/tasks": {
        "get": {
            "summary": "The list of work.",
            "parameters": [
                _query("scope", "whose work", {"enum": list(SCOPES)}),
                _query("state", "which of it", {"enum": list(STATES)}),
                _query("q", "words of code, name, numbers, parcel", _TEXT),
                _query("procedure", "key of a procedure", _TEXT),
                _query("step", "id of a step of its diagram", _TEXT),
                _query("sort", "urgent, newest, oldest, column.<field>, column.-<field>", _TEXT),
                *_PAGE,
            ],
            "responses": _answers("One page of it.", _TASK_PAGE),
        }
    },
    "/tasks/{task_id}": {
        "get": {"summary": "A step.", "parameters": [_TASK], "responses": _answers("The step.", _TASK_VIEW)}
    },
    "/tasks/{task_id}:claim": {
        "post": {"summary": "Take a step.", "parameters": [_TASK], "responses": _ACTED}
    },
    "/tasks/{task_id}:release": {
        "post": {"summary": "Give a step back.", "parameters": [_TASK], "responses": _ACTED}
    },
    "/tasks/{task_id}:delegate": {
        "post": {
            "summary": "Lend an own step to a colleague, named by login.",
            "parameters": [_TASK],
            "requestBody": _body({"type": "object", "properties": {"to": _TEXT, "note": _TEXT}}),
            "responses": _ACTED,
        }
    },
    "/tasks/{task_id}:complete": {
        "post": {
            "summary": "Finish a step.",
            "parameters": [_TASK, _MATCH, _ONCE],
            "requestBody": _body(_SENT),
            "responses": _answers("What came of it.", _COMPLETED),
        }
    },
    "/dossiers": {
        "get": {
            "summary": "Dossiers that the account may see, the newest first.",
            "parameters": [
                _query("q", "words of code, name, numbers, parcel", _TEXT),
                _query("procedure", "key of a procedure", _TEXT),
                _query("status", "where it stands", {"enum": [one.value for one in Status]}),
                *_PAGE,
            ],
            "responses": _answers("One page.", _object(dossiers=_list(_DOSSIER_LINE), next=_maybe(_TEXT))),
        }
    },
    "/dossiers/{code}": {
        "get": {
            "summary": "A dossier; its version is the ETag.",
            "parameters": [_CODE],
            "responses": _answers("The dossier.", _DOSSIER),
        }
    },
    "/dossiers/{code}/events": {
        "get": {
            "summary": "What happened to a dossier, the oldest first.",
            "parameters": [_CODE],
            "responses": _answers("Its history.", _object(events=_list(_EVENT))),
        }
    },
}

DESCRIPTION: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Một Cửa", "version": "1"},
    "servers": [{"url": "/api/v1"}],
    "security": [{"key": []}],
    "paths": PATHS,
    "components": {
        "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
        "schemas": {
            "Text": {"type": "object", "properties": {"vi": _TEXT, "en": _TEXT}},
            "Problem": {
                "type": "object",
                "description": "RFC 9457; `code` never changes, `detail` is a sentence for people.",
                "properties": {
                    "status": _NUMBER,
                    "code": _TEXT,
                    "detail": _TEXT,
                    "problems": {"type": "object"},
                },
            },
        },
    },
}
