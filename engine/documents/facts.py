"""What every paper of a dossier may say: plain values, so that a template can reach nothing else.

office     name, superior, place, address, phone: whose paper it is
dossier    code, procedure, dates, papers handed in, fee, how the result is returned
applicant  name, kind, id_no, phone, email, address
signer     lines above the name ("KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"), name, signed_at
issued     number_text, suffix, at, year, lookup, lookup_link
letter     what this paper says of its own, as `catalogue.PaperForm.letter` lists it
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from engine.documents.catalogue import PaperForm
from engine.documents.errors import FactUnknown
from engine.domain.calendar import ZONE
from engine.domain.texts import Text
from engine.errors import Invalid
from engine.store.contents import kept_procedure
from engine.store.papers import Asked
from engine.store.rows import DossierRow, UnitRow
from engine.store.steps import Dossier
from engine.store.units import Office, get_unit
from engine.store.work import Unit

LARGEST_FACTS = 400_000  # characters of text in one paper
DEEPEST_FACTS = 8
KINDS = {0: "Bản chính", 1: "Bản sao", 2: "Điện tử"}
LIMITS = {
    "working_day": "{n} ngày làm việc",
    "calendar_day": "{n} ngày",
    "hour": "{n} giờ làm việc",
    "same_day": "trong ngày làm việc",
}
_TYPES: Mapping[str, type | tuple[type, ...]] = {"text": str, "list": list, "moment": str, "day": str}


class FactsTooLarge(Invalid):
    """What a paper is to say is longer than a paper may be."""

    code = "document_facts_too_large"
    vi = "Nội dung đưa vào văn bản quá dài (tối đa {most} ký tự)."
    en = "What the paper is to say is too long (at most {most} characters)."


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """Who signs, as printed: `lines` above the name, e.g. ("KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC")."""

    name: str
    lines: Sequence[str] = ()
    signed_at: datetime | None = None

    def facts(self) -> dict[str, Any]:
        signed_at = self.signed_at.isoformat() if self.signed_at else None
        return {"name": self.name, "lines": list(self.lines), "signed_at": signed_at}


def signer_of(unit: Unit, office_id: int) -> Signer:
    """Return the actor as signer, with the title of the chair held in that office."""
    chair = next((one for one in unit.actor.assignments if one.unit_id == office_id), None)
    chair = chair or next(iter(unit.actor.assignments), None)
    if unit.actor.is_system or chair is None:
        return Signer(name="")
    return Signer(name=unit.actor.name, lines=(chair.title,))


def office_facts(unit: Unit, office_id: int) -> dict[str, str]:
    office = get_unit(unit, office_id)
    above = get_unit(unit, office.parent_id) if office.parent_id else None
    return {
        "name": office.name_vi,
        "superior": above.name_vi if above else "",
        "place": place_of(office.address or (above.address if above else "")),
        "address": office.address,
        "phone": office.phone,
    }


def applicant_facts(dossier: DossierRow | Dossier) -> dict[str, Any]:
    return {
        "name": dossier.applicant_name,
        "kind": dossier.applicant_kind,
        "id_no": dossier.applicant_id_no,
        "phone": dossier.applicant_phone,
        "email": dossier.applicant_email,
        "address": dossier.applicant_address,
    }


def dossier_facts(unit: Unit, dossier: DossierRow | Dossier, asked: Asked) -> dict[str, Any]:
    """Return what a paper may say of a dossier; `asked` is what the database said for it."""
    procedure = kept_procedure(unit, dossier.revision)
    limit = procedure.limit
    returning = get_unit(unit, dossier.return_unit_id)
    return {
        "code": dossier.code,
        "procedure": procedure.name.vi,
        "procedure_code": procedure.national_code,
        "received_unit": get_unit(unit, dossier.received_unit_id).name_vi,
        "competent_unit": get_unit(unit, dossier.competent_unit_id).name_vi,
        "received_by": asked.clerk,
        "accepted_at": dossier.accepted_at.isoformat(),
        "promised_due": dossier.promised_due.isoformat(),
        "current_due": dossier.current_due.isoformat(),
        "limit": LIMITS[limit.kind].format(n=limit.value),
        "sets": 1,
        "fee": dossier.fee,
        "payment": dossier.payment_status,
        "return_place": _return_place(dossier.return_method, returning),
        "components": [
            {"name": one.name, "copies": one.copies, "kind": KINDS.get(one.kind, ""), "note": one.note}
            for one in asked.components
        ],
    }


def letter_facts(form: PaperForm, facts: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return what the caller says, as plain values.

    Raises:
        FactUnknown: If something that the form needs is missing or of another kind.
        FactsTooLarge: If there is more than a paper holds.
    """
    letter = plain(dict(facts or {}))
    for name, kind in form.letter.items():
        if not isinstance(letter.get(name), _TYPES[kind]):
            raise FactUnknown(f"{name} as {kind}", f"{letter.get(name)!r:.80}", form=form.code, name=name)
    return letter


def plain(value: Any) -> Any:
    """Return a value as JSON would keep it: moments as ISO text, two-language texts in Vietnamese.

    Raises:
        FactsTooLarge: If it is too long or too deep.
        TypeError: For anything that is no plain value: rows and objects never reach a template.
    """
    budget = [LARGEST_FACTS]
    return _plain(value, budget, 0)


def place_of(address: str) -> str:
    """The last part of an address, without the word for what it is: "…, tỉnh Cà Mau" → "Cà Mau"."""
    last = address.rpartition(",")[2].strip()
    for word in ("tỉnh ", "thành phố "):
        last = last.removeprefix(word)
    return last


def _plain(value: Any, budget: list[int], depth: int) -> Any:
    budget[0] -= len(value) if isinstance(value, str) else 8
    if budget[0] < 0 or depth > DEEPEST_FACTS:
        raise FactsTooLarge(f"at most {LARGEST_FACTS} characters", "there are more", most=LARGEST_FACTS)
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        return str(value)
    if isinstance(value, Text):
        return value.vi or value.en
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise TypeError("expected an aware moment")
        return value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, Mapping):
        return {str(name): _plain(one, budget, depth + 1) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one, budget, depth + 1) for one in value]
    raise TypeError(f"expected a plain value, but found {type(value).__name__}")


def local_year(moment: datetime) -> int:
    return moment.astimezone(ZONE).year


def _return_place(method: str, office: UnitRow | Office) -> str:
    if method == "post":
        return "Qua dịch vụ bưu chính công ích"
    if method == "electronic":
        return "Bản điện tử"
    return ", ".join(filter(None, (office.name_vi, office.address)))
