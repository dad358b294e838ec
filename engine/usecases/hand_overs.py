"""Who took a result, how, and known by what: without it no step hands anything back.

`tasks.complete_task` asks for it at every step that hands a result back, whichever way the step is finished,
and writes it in the same transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.bpmn.steps import StepSpec
from engine.domain.texts import Text, fold
from engine.errors import Invalid, Refused
from engine.store.counter_rows import HandOverRow
from engine.store.rows import DossierRow
from engine.store.steps import Item
from engine.store.work import Unit
from engine.usecases.cases import Case
from engine.usecases.lookups import knows_digits
from engine.usecases.results import is_main

METHODS: Mapping[str, Text] = {
    "counter": Text("Tại quầy", "At the counter"),
    "post": Text("Qua bưu chính công ích", "By post"),
    "electronic": Text("Bản điện tử", "Electronically"),
}
CHECKS: Mapping[str, Text] = {
    "id_card": Text("Đã xem căn cước hoặc giấy tờ tùy thân", "Identity paper seen"),
    "slip": Text("Có giấy tiếp nhận (đã quét mã)", "Slip of the dossier (scanned)"),
    "code": Text("Đọc đúng mã hồ sơ và bốn số cuối đã khai", "Knew the code and the last four digits"),
    "none": Text("Không gặp người nhận (gửi bưu chính, điện tử)", "Not met (post, electronic)"),
}
LONGEST = 300


class HandBackIncomplete(Invalid):
    code = "hand_back_incomplete"
    vi = "Chưa ghi được việc trả kết quả: {what}."
    en = "The hand-over was not written: {what_en}."


class HandOverMissing(Refused):
    """The step hands a result back, and nobody said who took it."""

    code = "hand_over_missing"
    vi = (
        "Bước “{step}” chỉ xong khi đã ghi ai nhận, cách trả và đã kiểm tra giấy tờ gì. Hãy mở hồ sơ "
        "{dossier} ở “Trả kết quả”. Bước này chưa thay đổi."
    )
    en = (
        "“{step_en}” is only done once it is written who took the result, how, and what was checked. Open "
        "dossier {dossier} at “Hand back”. The step was not changed."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver:
    """Who took a result.

    Attributes:
        digits: The last four of the telephone or ID number, where the taker was known by the code.
    """

    method: str
    checked_by: str
    recipient_name: str
    recipient_id_no: str = ""
    digits: str = ""
    is_proxy: bool = False
    proxy_paper: str = ""
    post_number: str = ""
    note: str = ""


def hands_over(spec: StepSpec, outcome: str) -> bool:
    """Say whether finishing a step in this way hands a result to somebody."""
    return spec.kind == "return_result" and is_main(spec, outcome)


def check_handed_over(case: Case, spec: StepSpec, outcome: str, given: HandOver | None) -> None:
    """Refuse to hand a result back to nobody.

    Raises:
        HandOverMissing: If the step hands a result back, and it is not said to whom.
    """
    if given is None and hands_over(spec, outcome):
        raise HandOverMissing(
            "to whom the result went",
            "nothing is said",
            dossier=case.row.code,
            step=spec.name.vi,
            step_en=spec.name.say("en"),
        )


def keep_hand_over(unit: Unit, item: Item, given: HandOver) -> None:
    """Write who took the result of a step that is done.

    Raises:
        HandBackIncomplete: If it is not said who took it, how, or known by what.
    """
    dossier = unit.session.get_one(DossierRow, item.dossier_id)
    check_given(given, dossier)
    unit.session.add(
        HandOverRow(
            dossier_id=dossier.id,
            work_item_id=item.id,
            method=given.method,
            checked_by=given.checked_by,
            recipient_name=given.recipient_name.strip(),
            recipient_id_no=given.recipient_id_no.strip(),
            is_proxy=given.is_proxy,
            proxy_paper=given.proxy_paper.strip(),
            post_number=given.post_number.strip(),
            note=given.note.strip()[:LONGEST],
            at=unit.now,
            unit_id=dossier.return_unit_id,
            user_id=unit.actor.user_id,
        )
    )


def check_given(given: HandOver, row: DossierRow) -> None:
    numbers = (row.applicant_phone, row.applicant_id_no)
    is_applicant = (fold(given.recipient_name), given.recipient_id_no.strip()) == (
        fold(row.applicant_name),
        row.applicant_id_no,
    )
    faults = [
        (given.method in METHODS, "hãy chọn cách trả", "choose how it is handed over"),
        (given.checked_by in CHECKS, "hãy ghi đã kiểm tra bằng gì", "say what was checked"),
        (
            given.method != "counter" or given.checked_by != "none",
            "người nhận tại quầy phải được kiểm tra giấy tờ hoặc mã",
            "who takes it at the counter must be checked by paper or code",
        ),
        (bool(given.recipient_name.strip()), "hãy ghi họ tên người nhận", "write who took it"),
        (
            given.method != "post" or bool(given.post_number.strip()),
            "hãy ghi mã bưu gửi",
            "write the number of the postal item",
        ),
        (
            given.checked_by != "code" or knows_digits(numbers, given.digits),
            "bốn số cuối không khớp với số đã khai; hãy xem giấy tờ tùy thân",
            "the four digits are not those given on the slip; look at an identity paper",
        ),
        (
            not given.is_proxy or not is_applicant,
            "tên và số giấy tờ là của người nộp; hãy ghi của người nhận thay",
            "name and number are the applicant's; write those of the proxy",
        ),
        (
            not given.is_proxy or bool(given.proxy_paper.strip()),
            "hãy ghi giấy ủy quyền (số, ngày, nơi chứng thực)",
            "name the proxy paper (number, date, where it was certified)",
        ),
    ]
    for holds, what, what_en in faults:
        if not holds:
            raise HandBackIncomplete("a complete hand-over", what_en, what=what, what_en=what_en)
    for text, most in (
        (given.recipient_name, 200),
        (given.recipient_id_no, 40),
        (given.proxy_paper, LONGEST),
        (given.post_number, 60),
    ):
        if len(text.strip()) > most:
            raise HandBackIncomplete(
                f"at most {most} characters",
                f"too long: {len(text)}",
                what=f"nội dung dài quá {most} ký tự",
                what_en=f"a text is longer than {most} characters",
            )
