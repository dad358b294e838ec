"""What the citizen is told by SMS: code, matter, date, what to do. Never a name, a number or a reason.

Messages are rows of the outbox, written with the step and sent after its commit. Without diacritics a
message of 160 characters costs one SMS instead of three, and every telephone shows it.
"""

from __future__ import annotations

import re

from engine.domain.timewords import say_date, say_moment
from engine.usecases.cases import MESSAGES, Case

__all__ = [
    "MESSAGES",
    "tell_accepted",
    "tell_corrected",
    "tell_due",
    "tell_result",
    "tell_resumed",
    "tell_stopped",
    "tell_supplement",
    "tell_suspended",
    "tell_withdrawn",
]

LONGEST = 160
_MOBILE = re.compile(r"(?:\+84|0)\d{9}")

ACCEPTED = "Mot cua: da nhan ho so {code} ({matter}). Hen tra ket qua {due}."
SUPPLEMENT = "Mot cua: ho so {code} ({matter}) can bo sung giay to truoc {until}. Xem Phieu yeu cau bo sung."
READY = "Mot cua: ho so {code} ({matter}) da co ket qua. Moi den nhan tai noi nop ho so."
WITHDRAWN = "Mot cua: ho so {code} ({matter}) da duoc rut theo yeu cau cua ong/ba."
STOPPED = "Mot cua: ho so {code} ({matter}) da dung giai quyet. Moi den noi nop ho so de biet ly do."

DUE = "Mot cua: ho so {code} ({matter}): xin loi ong/ba, ngay hen tra ket qua doi thanh {due}."
SUSPENDED = "Mot cua: ho so {code} ({matter}) tam dung giai quyet. Moi den noi nop ho so de biet ly do."
RESUMED = "Mot cua: ho so {code} ({matter}) tiep tuc giai quyet. Hen tra ket qua {due}."
CORRECTED = "Mot cua: ho so {code} ({matter}) duoc mo de dinh chinh ket qua da tra, khong thu phi."


def tell_accepted(case: Case) -> None:
    _tell(case, ACCEPTED, due=say_moment(case.row.promised_due))


def tell_supplement(case: Case, until) -> None:
    _tell(case, SUPPLEMENT, until=say_date(until))


def tell_result(case: Case) -> None:
    _tell(case, READY)


def tell_due(case: Case, due) -> None:
    _tell(case, DUE, due=say_moment(due))


def tell_suspended(case: Case) -> None:
    _tell(case, SUSPENDED)


def tell_resumed(case: Case) -> None:
    _tell(case, RESUMED, due=say_moment(case.row.current_due))


def tell_corrected(case: Case) -> None:
    _tell(case, CORRECTED)


def tell_withdrawn(case: Case) -> None:
    _tell(case, WITHDRAWN)


def tell_stopped(case: Case) -> None:
    _tell(case, STOPPED)


def mobile_of(phone: str) -> str:
    """Return a number to which a message can be sent, or ""."""
    plain = phone.replace(" ", "")
    return plain if _MOBILE.fullmatch(plain) else ""


def _tell(case: Case, template: str, **facts: str) -> None:
    """Note one message to the applicant's own mobile number; nothing if there is none."""
    phone = case.row.applicant_phone.replace(" ", "")
    if not _MOBILE.fullmatch(phone):
        return
    matter: str = case.procedure.sms_name or case.procedure.key
    text = template.format(code=case.row.code, matter=matter, **facts)[:LONGEST]
    case.writings.letters.append(
        {
            "kind": "sms",
            "dossier_id": case.row.id,
            "payload": {"phone": phone, "text": text},
            "created_at": case.unit.now,
            "next_try_at": case.unit.now,
        }
    )
