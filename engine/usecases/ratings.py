"""What applicants thought: kept once for a dossier, counted for those who lead."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import func, select

from engine.domain.calendar import ZONE
from engine.domain.dossiers import Status
from engine.errors import Invalid, Refused
from engine.store import cases as rows
from engine.store.counter_rows import RatingRow
from engine.store.rows import DossierRow, EventRow, UnitRow
from engine.store.work import Unit
from engine.usecases.visibility import scope_of

STEPS = (1, 2, 3, 4, 5)
LONGEST_COMMENT = 1000


class AlreadyRated(Refused):
    code = "already_rated"
    vi = "Hồ sơ này đã được đánh giá. Xin cảm ơn."
    en = "This dossier was rated already. Thank you."


class BadRating(Invalid):
    code = "bad_rating"
    vi = "Hãy chọn một trong năm mức đánh giá."
    en = "Choose one of the five steps."


class NotYetRated(Refused):
    code = "rating_too_early"
    vi = "Hồ sơ {dossier} chưa trả kết quả nên chưa đánh giá được."
    en = "Dossier {dossier} has not been handed back, so it cannot be rated yet."


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitRatings:
    """How one office was rated. `counts` from 1 to 5; `handed_back` is how many could have been rated."""

    unit_name: str
    counts: tuple[int, ...]
    handed_back: int

    @property
    def total(self) -> int:
        return sum(self.counts)

    @property
    def mean(self) -> float:
        return sum(step * count for step, count in zip(STEPS, self.counts, strict=True)) / (self.total or 1)

    @property
    def satisfied(self) -> float:
        """Share of the two best steps, 0 to 1."""
        return sum(self.counts[3:]) / (self.total or 1)


def keep_rating(unit: Unit, row: DossierRow, score: int, comment: str, channel: str) -> None:
    """Write what an applicant thought of a dossier.

    Raises:
        BadRating: If it is none of the five steps.
        AlreadyRated: If the dossier was rated before.
    """
    if score not in STEPS:
        raise BadRating("1 to 5", f"{score}")
    if is_rated(unit, row.id):
        raise AlreadyRated("no rating yet", "there is one")
    unit.session.add(
        RatingRow(
            dossier_id=row.id,
            unit_id=row.competent_unit_id,
            score=score,
            comment=comment.strip()[:LONGEST_COMMENT],
            channel=channel,
            at=unit.now,
        )
    )
    unit.session.add(
        EventRow(
            dossier_id=row.id, at=unit.now, kind="rated", user_id=unit.actor.user_id, data={"score": score}
        )
    )


def rate_by_code(unit: Unit, code: str, score: int, comment: str = "") -> None:
    """Keep a rating from the look-up page; the caller has checked code and digits.

    Raises:
        NotYetRated: Before the result was handed back.
        BadRating, AlreadyRated, NotFound
    """
    row = rows.get_dossier(unit, code)
    if row.status != Status.RETURNED:
        raise NotYetRated("a result handed back", row.status, dossier=row.code)
    keep_rating(unit, row, score, comment, "web")


def may_rate(unit: Unit, code: str) -> bool:
    """Whether the result was handed back and nobody has rated it."""
    row = rows.get_dossier(unit, code)
    return row.status == Status.RETURNED and not is_rated(unit, row.id)


def is_rated(unit: Unit, dossier_id: int) -> bool:
    return unit.session.get(RatingRow, dossier_id) is not None


def ratings_by_unit(unit: Unit, since: date, until: date) -> list[UnitRatings]:
    """Return how the offices that the actor may see were rated between two local days, both included."""
    scope = scope_of(unit)
    begin, end = _span(since, until)
    rated = select(RatingRow.unit_id, RatingRow.score, func.count()).where(
        RatingRow.at >= begin, RatingRow.at < end
    )
    returned = select(DossierRow.competent_unit_id, func.count()).where(
        DossierRow.returned_at >= begin, DossierRow.returned_at < end
    )
    if not scope.everything:
        rated = rated.where(RatingRow.unit_id.in_(scope.units))
        returned = returned.where(DossierRow.competent_unit_id.in_(scope.units))
    counts: dict[int, list[int]] = {}
    for unit_id, score, count in unit.session.execute(rated.group_by(RatingRow.unit_id, RatingRow.score)):
        counts.setdefault(unit_id, [0] * len(STEPS))[score - 1] = count
    back = dict(unit.session.execute(returned.group_by(DossierRow.competent_unit_id)).all())
    ids = {*counts, *back}
    names = unit.session.execute(
        select(UnitRow.id, UnitRow.name_vi).where(UnitRow.id.in_(ids)).order_by(UnitRow.name_vi)
    )
    return [
        UnitRatings(
            unit_name=name, counts=tuple(counts.get(id_, [0] * len(STEPS))), handed_back=back.get(id_, 0)
        )
        for id_, name in names
    ]


def _span(since: date, until: date) -> tuple[datetime, datetime]:
    return (
        datetime.combine(since, time(), ZONE),
        datetime.combine(until + timedelta(days=1), time(), ZONE),
    )
