"""Decisions on the desk of the signatory, for tests of signing."""

from __future__ import annotations

from sqlalchemy import select

from engine.store.rows import WorkItemRow


def to_sign(office, count=1):
    """Bring refusals to the desk of the signatory; return (step, version) of each, as a page shows them."""
    steps = []
    for _ in range(count):
        dossier = office.permit()
        office.do(dossier, "T2", "assign", assigned_specialist="Võ Thùy Linh")
        office.do(dossier, "T3", "refuse", reason="Trái quy hoạch.")
        office.do(dossier, "TR", "refuse", refusal_reason="Trái quy hoạch.", refusal_legal="Điều 93")
        office.do(dossier, "T7", "approve")
        steps.append(office.task(dossier, "T8"))
    with office.reading(None) as unit:
        asked = select(WorkItemRow.id, WorkItemRow.version).where(WorkItemRow.id.in_(steps))
        return [tuple(one) for one in unit.session.execute(asked.order_by(WorkItemRow.id))]
