"""REST for programs: dossiers that the account may see, one by its code, what happened to it."""

from __future__ import annotations

from flask import Response, g, jsonify, request

from engine.domain.dossiers import Status
from engine.usecases import dossier_pages
from engine.usecases.finding import LONGEST_PAGE, find_dossiers
from runtime_api.api import BadValue, answer_with, both, bp, engine_of_app, whole_number

LONGEST_QUESTION = 100
LARGEST_CURSOR = 2**63 - 1


@bp.get("/dossiers")
def list_dossiers() -> Response:
    """The search of the pages: words, procedure, status; the newest first."""
    args = request.args
    status, cursor = args.get("status", ""), args.get("cursor", "")
    if status and status not in list(Status):
        raise BadValue("a status", status[:30], name="status", wanted=" | ".join(Status))
    before = whole_number("cursor", cursor, LARGEST_CURSOR) if cursor else None
    with engine_of_app().reading(g.actor) as unit:
        page = find_dossiers(
            unit,
            args.get("q", "").strip()[:LONGEST_QUESTION],
            procedure=args.get("procedure", "")[:LONGEST_QUESTION],
            status=status,
            before=before,
            limit=whole_number("limit", args.get("limit", "50"), LONGEST_PAGE),
        )
    return jsonify(
        dossiers=[_line(one) for one in page.lines], next=None if page.next is None else str(page.next)
    )


@bp.get("/dossiers/<code>")
def get_dossier(code: str) -> Response:
    with engine_of_app().reading(g.actor) as unit:
        view = dossier_pages.get_dossier(unit, code)
    said = view.summary
    return answer_with(
        said.version,
        code=said.code,
        version=said.version,
        procedure=said.procedure_key,
        procedure_name=both(said.procedure_name),
        status=said.status.value,
        applicant=said.applicant_name,
        received_unit=said.received_unit,
        competent_unit=said.competent_unit,
        accepted_at=said.accepted_at.isoformat(),
        due_at=said.current_due.isoformat(),
        due_is_provisional=said.provisional,
        clock_stopped_at=said.clock_stopped_at.isoformat() if said.clock_stopped_at else None,
        result=said.result,
        fee=said.fee,
        open_steps=[
            {"task": one.task_id, "step": {"id": one.node, "name": both(one.name)}, "unit": one.unit}
            for one in view.steps
            if one.status == "open"
        ],
    )


@bp.get("/dossiers/<code>/events")
def list_events(code: str) -> Response:
    with engine_of_app().reading(g.actor) as unit:
        view = dossier_pages.get_dossier(unit, code)
    return jsonify(
        events=[
            {
                "at": one.at.isoformat(),
                "kind": one.kind,
                "step": one.node,
                "text": both(one.text),
                "detail": both(one.detail),
                "who": one.who,
                "unit": one.unit,
            }
            for one in view.history
        ]
    )


def _line(one: dossier_pages.DossierLine) -> dict[str, object]:
    return {
        "code": one.code,
        "procedure": one.procedure_key,
        "procedure_name": both(one.procedure_name),
        "applicant": one.applicant,
        "status": one.status.value,
        "received_unit": one.received_unit,
        "competent_unit": one.competent_unit,
        "accepted_at": one.accepted_at.isoformat(),
        "due_at": one.due_date.isoformat(),
    }
