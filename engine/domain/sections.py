"""Sections of forms: fields of their own, and shared groups of fields by reference."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from engine.domain.field_groups import FIELD_GROUPS, expand
from engine.domain.fields import Field
from engine.domain.reading import Place, shown
from engine.domain.texts import Text


@dataclass(frozen=True, slots=True)
class Shared:
    """A shared group that a section asks for by reference.

    Attributes:
        group: A key of `FIELD_GROUPS`, version included.
        prefix: What the names of its fields begin with, so that a form may use a group twice.
        without: Fields of the group that are left out.
    """

    group: str
    prefix: str = ""
    without: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        left_out = {"without": list(self.without)} if self.without else {}
        return {"group": self.group, **({"prefix": self.prefix} if self.prefix else {}), **left_out}


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a form: the fields of a shared group, if there is one, then its own.

    Attributes:
        fields: All of them.
        visible: FEEL for the whole section; empty means always.
    """

    title: Text
    fields: tuple[Field, ...]
    shared: Shared | None = None
    visible: str = ""

    @property
    def own(self) -> tuple[Field, ...]:
        """The fields that the form itself describes."""
        if self.shared is None:
            return self.fields
        return self.fields[len(FIELD_GROUPS[self.shared.group].fields) - len(self.shared.without) :]

    def as_json(self) -> dict[str, Any]:
        return {
            "title": self.title.as_json(),
            **(self.shared.as_json() if self.shared else {}),
            **({"visible": self.visible} if self.visible else {}),
            "fields": [_own_json(field, self.visible) for field in self.own],
        }


def read_section(place: Place) -> Section:
    """Read one section of a form, with the fields of the group that it names."""
    place.only(("title", "fields", "group", "prefix", "without", "visible"))
    shared, visible = _read_shared(place), place.at("visible").string("").strip()
    fields: list[Field] = []
    if shared is not None:
        written = expand(shared.group, shared.prefix, shared.without)
        fields += [Field.read(Place(one, place.path, place.error)) for one in written]
    fields += [Field.read(one) for one in place.at("fields").items()]
    if visible:
        fields = [replace(one, visible=_both(visible, one.visible)) for one in fields]
    return Section(place.at("title").text(), tuple(fields), shared, visible)


def _read_shared(place: Place) -> Shared | None:
    group = place.at("group").string("")
    if not group:
        return None
    if group not in FIELD_GROUPS:
        known = ", ".join(FIELD_GROUPS)
        place.at("group").refuse(
            Text(f"một nhóm dùng chung: {known}", f"a shared group: {known}"), shown(group)
        )
    expected = Text("chữ thường không dấu, số và _", "small plain letters, digits and _")
    prefix = place.at("prefix").string("", pattern=r"([a-z][a-z0-9_]{0,30})?", expected=expected)
    known_fields = [one["name"] for one in FIELD_GROUPS[group].fields]
    without = tuple(one.choice(known_fields) for one in place.at("without").items())
    return Shared(group, prefix, tuple(dict.fromkeys(without)))


def _both(section: str, field: str) -> str:
    return f"({section}) and ({field})" if field else section


def _own_json(field: Field, section: str) -> dict[str, Any]:
    """A field as it was written, without what its section adds."""
    if not section:
        return field.as_json()
    if field.visible == section:
        return replace(field, visible="").as_json()
    mine = field.visible.removeprefix(f"({section}) and (").removesuffix(")")
    return replace(field, visible=mine).as_json()
