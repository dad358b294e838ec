"""Letters and slips of a procedure: words with places for facts, tried on a dossier before they are used.

A letter is plain text in the cut-down language of `engine.documents.language`, with light marks: a line that
begins with `# ` is a heading in the middle, `> ` stands at the right, `- ` is an item, `**…**` is bold, an
empty line ends a paragraph. Tags are refused, so nothing that an author or an applicant writes can act.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Any

from jinja2 import nodes
from jinja2.meta import find_undeclared_variables
from sqlalchemy import select

from designer.drafts import get_revision
from engine.documents.facts import office_facts, signer_of
from engine.documents.language import check_template, fill, templates
from engine.documents.marks import HEADING, ITEM, RIGHT, parts_of
from engine.domain.calendar import ZONE
from engine.domain.fields import TABLE
from engine.domain.forms import Form, parse_answers
from engine.domain.procedures import Letter, Procedure
from engine.domain.texts import Text
from engine.errors import Invalid, NotFound, ProcedureError
from engine.scenarios.made_up import made_up, person
from engine.store.rows import DossierRow, RevisionRow, UnitRow
from engine.store.work import Unit
from engine.usecases.evaluation import evaluate
from engine.usecases.procedure_letters import facts_of, said_answers
from engine.usecases.visibility import check_visible

LONGEST = 20_000
MOST_LETTERS = 30
ROOTS = frozenset(("applicant", "data", "dossier", "office", "signer", "today"))
_TAG = re.compile(r"<\s*[a-zA-Z/!?]")
_PLACE = re.compile(r"\{\{-?\s*data\.([A-Za-z0-9_]+)|\bin\s+data\.([A-Za-z0-9_]+)")


class BadLetter(Invalid):
    """A letter cannot be kept or shown."""

    code = "bad_letter"
    vi = "Mẫu văn bản chưa dùng được: {reason_vi}"
    en = "The letter cannot be used: {reason}"


@dataclass(frozen=True, slots=True)
class Place:
    """A fact that a letter may say: what to write, and what it is."""

    write: str
    label: Text


FACTS = (
    Place("{{ applicant.name }}", Text("Họ tên người nộp", "Name of the applicant")),
    Place("{{ applicant.address }}", Text("Địa chỉ người nộp", "Address of the applicant")),
    Place("{{ dossier.code }}", Text("Mã hồ sơ", "Dossier code")),
    Place("{{ dossier.procedure }}", Text("Tên thủ tục", "Name of the procedure")),
    Place("{{ dossier.accepted_at|ngay_dai }}", Text("Ngày tiếp nhận", "Day of acceptance")),
    Place("{{ dossier.current_due|ngay_dai }}", Text("Ngày hẹn trả", "Due date")),
    Place("{{ dossier.fee|tien }}", Text("Phí, lệ phí", "Fee")),
    Place("{{ office.name }}", Text("Cơ quan giải quyết", "Deciding office")),
    Place("{{ signer.name }}", Text("Người ký", "Signer")),
    Place("{{ today|ngay_dai }}", Text("Ngày lập văn bản", "Day of the letter")),
)


def places_of(procedure: Procedure) -> list[tuple[Text, list[Place]]]:
    """Return what the field picker offers: facts of every dossier, then the fields of each form."""
    found = [(Text("Hồ sơ", "Dossier"), list(FACTS))]
    for form in procedure.forms.values():
        found.append((form.title or Text(form.id), list(_fields(form))))
    return found


def check_letter(letter: Letter, procedure: Procedure) -> list[Text]:
    """Return what is wrong with a letter: its language, tags, fields that no form has."""
    found: list[Text] = []
    if _TAG.search(letter.body):
        found.append(
            Text("không dùng thẻ HTML; chỉ dùng chữ và các dấu đã hướng dẫn.", "no HTML tags; words only.")
        )
    if len(letter.body) > LONGEST:
        found.append(Text(f"dài quá {LONGEST} ký tự.", f"longer than {LONGEST} characters."))
        return found
    try:
        check_template(letter.body)
    except ProcedureError as refused:
        found.append(Text(refused.say("vi"), refused.say("en")))
    found += _strangers(letter.body) if not found else []
    known = {field.name for form in procedure.forms.values() for field in form.fields}
    for one in _PLACE.finditer(letter.body):
        name = one[1] or one[2]
        if name not in known:
            found.append(
                Text(
                    f"hỏi đến ô “{name}”, nhưng không biểu mẫu nào có ô đó.",
                    f"asks for “{name}”, which no form has.",
                )
            )
    return found


def _strangers(body: str) -> list[Text]:
    """Return names that no letter is given, such as those of a template library."""
    tree = templates().parse(body)
    names = sorted(find_undeclared_variables(tree) - ROOTS)
    names += ["self"] if any(one.name == "self" for one in tree.find_all(nodes.Name)) else []
    return [Text(f"không có thông tin “{one}”.", f"there is no “{one}”.") for one in names]


def write_letter(content: dict[str, Any], key: str, letter: Letter) -> None:
    """Keep a letter in a content.

    Raises:
        BadLetter: If it cannot be used; the sentence says the first thing that is wrong.
    """
    letters = content.setdefault("letters", {})
    if key not in letters and len(letters) >= MOST_LETTERS:
        raise _bad(f"tối đa {MOST_LETTERS} mẫu.", f"at most {MOST_LETTERS} letters.")
    wrong = check_letter(letter, Procedure.from_json({**content, "letters": {}}))
    if wrong:
        raise _bad(wrong[0].vi, wrong[0].say("en"))
    letters[key] = letter.as_json()


def drop_letter(content: dict[str, Any], key: str) -> None:
    if key not in (content.get("letters") or {}):
        raise NotFound("a letter", "there is none", what="mẫu văn bản")
    del content["letters"][key]


def preview(unit: Unit, revision_id: int, letter: Letter, code: str = "") -> str:
    """Return the letter as HTML for a dossier that the actor may see, or for made-up facts.

    Raises:
        NotFound: If there is no such dossier for this person.
        BadLetter, TemplateRefused, FactUnknown, DocumentTooLong: If it cannot be said.
    """
    row = get_revision(unit, revision_id)
    procedure = Procedure.from_json(row.content)
    wrong = check_letter(letter, procedure)
    if wrong:
        raise _bad(wrong[0].vi, wrong[0].say("en"))
    facts = _real(unit, procedure, code) if code else _example(unit, row, procedure)
    return _marked(fill(letter.body, facts, letter.title.vi))


def anonymous(form: Form, data: Mapping[str, Any], seed: str, today: Any) -> dict[str, Any]:
    """Return typed answers like those of a dossier, with everything that could name somebody made up."""
    from engine.domain.forms import input_value

    invented = made_up(form, {"today": today}, seed)
    kept = {
        name: input_value(one, data[name])
        for name, one in form.asked.items()
        if data.get(name) is not None and one.type in _IMPERSONAL and not one.computed
    }
    return {**invented, **kept}


_IMPERSONAL = ("choice", "multi_choice", "bool", "decimal", "money", "date")


def _real(unit: Unit, procedure: Procedure, code: str) -> dict[str, Any]:
    row = unit.session.scalars(select(DossierRow).where(DossierRow.code == code.strip()[:60])).one_or_none()
    if row is None:
        raise NotFound("a dossier", "there is none with this code", what=f"hồ sơ {code.strip()[:60]}")
    check_visible(unit, row)
    return facts_of(unit, row, procedure)


def _example(unit: Unit, row: RevisionRow, procedure: Procedure) -> dict[str, Any]:
    from random import Random

    data: dict[str, Any] = {}
    today = unit.now.astimezone(ZONE).date()
    for form in procedure.forms.values():
        typed = made_up(form, {"today": today}, procedure.key)
        data |= parse_answers(form, typed, {"today": today}, evaluate)[0]
    office = row.procedure.owner_unit_id or unit.session.scalars(select(UnitRow.id).limit(1)).one()
    name = person(Random(procedure.key))
    return {
        "office": office_facts(unit, office),
        "dossier": _example_dossier(procedure, unit.now),
        "applicant": {"name": name, "kind": 0, "id_no": "096000000000", "phone": "0900000000",
                      "email": "", "address": "ấp 4, xã Ví Dụ"},
        "signer": signer_of(unit, office).facts(),
        "data": said_answers(procedure, data),
        "today": unit.now.isoformat(),
    }  # fmt: skip


def _example_dossier(procedure: Procedure, now: datetime) -> dict[str, Any]:
    return {
        "code": "H00.00-000000-0001",
        "procedure": procedure.name.vi,
        "procedure_code": procedure.national_code,
        "received_unit": "Trung tâm Phục vụ hành chính công",
        "competent_unit": "",
        "received_by": "",
        "accepted_at": now.isoformat(),
        "promised_due": now.isoformat(),
        "current_due": now.isoformat(),
        "limit": "",
        "sets": 1,
        "fee": 0,
        "payment": "none",
        "return_place": "",
        "components": [],
    }


def _fields(form: Form) -> Iterator[Place]:
    for name, field in form.asked.items():
        if field.type == TABLE:
            cells = ", ".join(f"{{{{ row.{one.name} }}}}" for one in field.columns)
            yield Place(f"{{% for row in data.{name} %}}\n- {cells}\n{{% endfor %}}", field.label)
        else:
            yield Place(f"{{{{ data.{name} }}}}", field.label)


_TAGS = {HEADING: "<h2>{}</h2>", RIGHT: '<p class="at-right">{}</p>', ITEM: '<p class="item">– {}</p>'}


def _marked(text: str) -> str:
    """Return filled-in text as HTML: headings, paragraphs, items, bold; every word escaped."""
    return "".join(
        _TAGS.get(part["kind"], "<p>{}</p>").format("<br>".join(map(_line, part["lines"])))
        for part in parts_of(text)
    )


def _line(spans: list[dict[str, Any]]) -> str:
    said = [(escape(one["text"]), one["bold"]) for one in spans]
    return "".join(f"<b>{text}</b>" if bold else text for text, bold in said)


def _bad(vi: str, en: str) -> BadLetter:
    return BadLetter("a letter", en.rstrip("."), reason=en, reason_vi=vi)
