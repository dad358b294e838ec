"""The counter where a dossier was handed in: what slips and the public look-up say about it."""

from __future__ import annotations

from dataclasses import dataclass

from engine.documents.facts import place_of
from engine.domain.procedures import Limit
from engine.domain.texts import Text
from engine.store import cases as rows
from engine.store import units
from engine.store.work import Unit
from engine.usecases.procedures import procedure_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Public facts of an office and of the promise it made; nothing about the applicant.

    Attributes:
        superior: Name of the office above it, for the head of a letter; may be empty.
        place: Where letters are dated from: "Cà Mau".
    """

    name: Text
    superior: str
    place: str
    address: str
    phone: str
    return_desk: str
    return_address: str
    limit: Limit


def desk_of(unit: Unit, code: str) -> Desk:
    """Return the desk of a dossier that the caller has already been allowed to see."""
    row = rows.get_dossier(unit, code)
    office = units.get_unit(unit, row.received_unit_id)
    returning = units.get_unit(unit, row.return_unit_id)
    above = units.get_unit(unit, office.parent_id) if office.parent_id else None
    return Desk(
        name=Text(office.name_vi, office.name_en),
        superior=above.name_vi if above else "",
        place=place_of(office.address or (above.address if above else "")),
        address=office.address,
        phone=office.phone,
        return_desk=returning.name_vi,
        return_address=returning.address,
        limit=procedure_of(row.revision).limit,
    )
