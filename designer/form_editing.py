"""Edits of one form, as its JSON: sections, shared groups, fields, their order.

Nothing here judges; the content is read as a whole after each edit (`designer.contents`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from engine.domain.field_groups import FIELD_GROUPS
from engine.domain.fields import CHOICES, TABLE
from engine.domain.names import is_free
from engine.domain.texts import Text, fold
from engine.errors import Invalid, NotFound

Json = dict[str, Any]
MOST_FORMS, MOST_SECTIONS, MOST_FIELDS = 40, 30, 200


class FormFull(Invalid):
    code = "form_full"
    vi = "Một quy trình có tối đa {forms} biểu mẫu, một biểu mẫu tối đa {sections} phần và {fields} ô."
    en = "A procedure has at most {forms} forms, a form at most {sections} sections and {fields} fields."


class FormInUse(Invalid):
    """Something still asks for it."""

    code = "form_in_use"
    vi = "Chưa bỏ được: đang dùng ở {where_vi}. Hãy bỏ chỗ dùng trước."
    en = "It cannot be taken out: it is used by {where}. Take that out first."


def add_form(content: Json, title: str) -> str:
    """Add an empty form; return its id."""
    forms = content.setdefault("forms", {})
    if len(forms) >= MOST_FORMS:
        raise _full()
    key = free_name(title, forms, "bieu_mau")
    forms[key] = {"id": key, "title": Text.of(title).as_json(), "sections": [_section(title)]}
    if not content.get("reception_form"):
        content["reception_form"] = key
    return key


def drop_form(content: Json, key: str, used_by: Iterable[Text]) -> None:
    """Take a form out; `used_by` are the places that ask for it."""
    form_of(content, key)
    places = list(used_by)
    if content.get("reception_form") == key and len(content["forms"]) > 1:
        places.append(Text("bước tiếp nhận", "the reception"))
    if places:
        raise FormInUse(
            "a form that nothing uses",
            "something does",
            where_vi=", ".join(one.vi for one in places),
            where=", ".join(one.say("en") for one in places),
        )
    del content["forms"][key]
    if content.get("reception_form") == key:
        content["reception_form"] = ""


def form_of(content: Json, key: str) -> Json:
    """Return one form.

    Raises:
        NotFound: If there is none.
    """
    found = (content.get("forms") or {}).get(key)
    if found is None:
        raise NotFound("a form", f"there is none called {key[:60]!r}", what="biểu mẫu")
    return found


def rename(form: Json, title: Text) -> None:
    form["title"] = title.as_json()


def add_section(form: Json, title: Text, group: str = "", prefix: str = "") -> None:
    """Add a section at the end, of a shared group if one is named."""
    if len(form["sections"]) >= MOST_SECTIONS:
        raise _full()
    name = title or (FIELD_GROUPS[group].title if group in FIELD_GROUPS else title)
    section: Json = {"title": name.as_json(), "fields": []}
    if group:
        section |= {"group": group} | ({"prefix": prefix} if prefix else {})
    form["sections"].append(section)


def edit_section(form: Json, at: int, title: Text, visible: str, without: list[str]) -> None:
    section = _at(form["sections"], at)
    section["title"] = title.as_json()
    _set(section, "visible", visible)
    if section.get("group"):
        _set(section, "without", without)


def drop_section(form: Json, at: int) -> None:
    _at(form["sections"], at)
    del form["sections"][at]


def move_section(form: Json, at: int, by: int) -> None:
    _move(form["sections"], at, by)


def add_field(form: Json, section: int, label: Text, kind: str) -> str:
    """Add a field at the end of a section; return its name, made from the label."""
    taken = names_of(form)
    if len(taken) >= MOST_FIELDS:
        raise _full()
    name = free_name(label.vi or label.en, taken, "o")
    field: Json = {"name": name, "label": label.as_json(), "type": kind}
    if kind in CHOICES:
        field["options"] = [
            {"value": "a", "label": {"vi": "Lựa chọn 1", "en": "Option 1"}},
            {"value": "b", "label": {"vi": "Lựa chọn 2", "en": "Option 2"}},
        ]
    if kind == TABLE:
        field["columns"] = [
            {"name": "noi_dung", "label": {"vi": "Nội dung", "en": "Content"}, "type": "text"}
        ]
    _at(form["sections"], section)["fields"].append(field)
    return name


def edit_field(form: Json, name: str, facts: Mapping[str, Any]) -> None:
    """Write what a field says; None and empty values are left out."""
    section, at = place_of(form, name)
    section["fields"][at] = {
        "name": name, **{key: value for key, value in facts.items() if value not in (None, "", [], False)}
    }  # fmt: skip


def drop_field(form: Json, name: str) -> None:
    section, at = place_of(form, name)
    del section["fields"][at]


def move_field(form: Json, name: str, by: int) -> None:
    """Move a field up or down; past the edge of its section it goes into the next one."""
    section, at = place_of(form, name)
    if 0 <= at + by < len(section["fields"]):
        _move(section["fields"], at, by)
        return
    sections = form["sections"]
    other = sections.index(section) + (1 if by > 0 else -1)
    if 0 <= other < len(sections):
        field = section["fields"].pop(at)
        goal = sections[other]["fields"]
        goal.insert(0 if by > 0 else len(goal), field)


def put_field(form: Json, name: str, section: int, at: int) -> None:
    """Put a field where it was dropped."""
    source, old = place_of(form, name)
    goal = _at(form["sections"], section)["fields"]
    field = source["fields"].pop(old)
    goal.insert(max(0, min(at, len(goal))), field)


def place_of(form: Json, name: str) -> tuple[Json, int]:
    """Return the section of a field and its place in it.

    Raises:
        NotFound: If the form itself has no such field.
    """
    for section in form["sections"]:
        for at, field in enumerate(section.get("fields", ())):
            if field.get("name") == name:
                return section, at
    raise NotFound("a field", f"there is none called {name[:60]!r}", what="ô của biểu mẫu")


def names_of(form: Json) -> set[str]:
    return {field["name"] for section in form["sections"] for field in section.get("fields", ())}


def free_name(words: str, taken: Iterable[str], otherwise: str) -> str:
    """Return a name for expressions made from words: “Diện tích sàn” → dien_tich_san."""
    name = re.sub(r"[^a-z0-9]+", "_", fold(words)).strip("_")[:40].strip("_")
    name = name if re.match(r"[a-z]", name) else f"{otherwise}_{name}".strip("_")
    used, number, found = set(taken), 1, name
    while found in used or not is_free(found):
        number += 1
        found = f"{name}_{number}"
    return found


def _section(title: str) -> Json:
    return {"title": Text.of(title).as_json(), "fields": []}


def _at(items: list[Any], at: int) -> Any:
    if not 0 <= at < len(items):
        raise NotFound("a part of the form", f"there is none with number {at}", what="phần của biểu mẫu")
    return items[at]


def _move(items: list[Any], at: int, by: int) -> None:
    one = _at(items, at)
    goal = max(0, min(len(items) - 1, at + by))
    del items[at]
    items.insert(goal, one)


def _set(section: Json, key: str, value: Any) -> None:
    if value:
        section[key] = value
    else:
        section.pop(key, None)


def _full() -> FormFull:
    return FormFull("fewer", "too many", forms=MOST_FORMS, sections=MOST_SECTIONS, fields=MOST_FIELDS)
