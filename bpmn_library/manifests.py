"""The manifest of a standard set: who issued it under which decision, and what it expects of a province.

`manifest.json` is written by people; in a package it also lists the SHA-256 of every other file.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any, Self

from engine.domain.reading import BadJson, Place
from engine.domain.texts import Text

FORMAT = 1
KEYS = (
    *("format", "code", "version", "name", "issuer", "decision"),
    *("procedures", "roles", "participants", "entries"),
)

_CODE = r"[A-Za-z0-9][A-Za-z0-9_\-]{0,59}"
_ROLE = r"[A-Z][A-Z0-9_]{0,39}"
_VERSION = r"\d+(\.\d+){0,3}([\-+][A-Za-z0-9.]+)?"
_DIGEST = r"[0-9a-f]{64}"
_CODE_TEXT = Text("mã gồm chữ không dấu, số, _ và -", "a code of plain letters, digits, _ and -")
_ROLE_TEXT = Text("mã vai trò viết hoa, ví dụ RECEPTION", "a role code in capitals such as RECEPTION")


class BadManifest(BadJson):
    """`manifest.json` has the wrong shape; facts name the path."""

    code = "bad_manifest"
    vi = BadJson.vi
    en = BadJson.en
    what = Text("Tệp manifest.json không đọc được", "manifest.json cannot be read")


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The deciding document; `verified` once a person compared the set with it."""

    number: str = ""
    day: date | None = None
    source: str = ""
    verified: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    code: str
    name: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Participant:
    """Another agency in the set's diagrams.

    Attributes:
        kind: The kind of unit that it needs here: police, department, military, tax …
        roles: What somebody in that unit must be able to do.
    """

    code: str
    name: Text
    kind: str = ""
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a set says about itself.

    Attributes:
        procedures: Keys of the procedures, each a folder of the set.
        entries: SHA-256 by file name; empty in a folder, complete in a package.
    """

    code: str
    version: str
    name: Text
    issuer: Text
    decision: Decision = Decision()
    procedures: tuple[str, ...] = ()
    roles: tuple[Role, ...] = ()
    participants: tuple[Participant, ...] = ()
    entries: dict[str, str] = field(default_factory=dict)

    @classmethod
    def from_json(cls, source: Any) -> Self:
        """Read a manifest.

        Raises:
            BadManifest: If something is missing, misspelt or of the wrong kind; it names the path.
        """
        root = Place(source, "", BadManifest).only(KEYS)
        root.at("format").choice((FORMAT,))
        keys = [one.string(pattern=_CODE, expected=_CODE_TEXT) for one in root.at("procedures").items()]
        if not keys:
            root.at("procedures").refuse(Text("ít nhất một thủ tục", "at least one procedure"))
        _check_once(root.at("procedures"), [key.casefold() for key in keys])
        manifest = cls(
            code=root.at("code").string(pattern=_CODE, expected=_CODE_TEXT),
            version=root.at("version").string(
                pattern=_VERSION, expected=Text("số phiên bản, ví dụ 1.0.0", "a version such as 1.0.0")
            ),
            name=root.at("name").text(needed=True),
            issuer=root.at("issuer").text(needed=True),
            decision=_read_decision(root.at("decision")),
            procedures=tuple(keys),
            roles=tuple(_read_role(one) for one in root.at("roles").items()),
            participants=tuple(_read_participant(one) for one in root.at("participants").items()),
            entries={name: _read_digest(one) for name, one in root.at("entries").entries().items()},
        )
        _check_once(root.at("roles"), [one.code for one in manifest.roles])
        _check_once(root.at("participants"), [one.code for one in manifest.participants])
        return manifest

    def role(self, code: str) -> Role | None:
        return next((one for one in self.roles if one.code == code), None)

    def participant(self, code: str) -> Participant | None:
        return next((one for one in self.participants if one.code == code), None)


def _read_decision(place: Place) -> Decision:
    if place.value is None:
        return Decision()
    place.only(("number", "date", "source", "verified"))
    return Decision(
        number=place.at("number").string(""),
        day=_read_day(place.at("date")),
        source=place.at("source").string(""),
        verified=place.at("verified").flag(),
    )


def _read_day(place: Place) -> date | None:
    if place.value is None:
        return None
    expected = Text('ngày dạng "2026-07-01"', 'a day such as "2026-07-01"')
    text = place.string(pattern=r"\d{4}-\d{2}-\d{2}", expected=expected)
    try:
        return date.fromisoformat(text)
    except ValueError:
        return place.refuse(expected)


def _read_role(place: Place) -> Role:
    place.only(("code", "name"))
    return Role(
        code=place.at("code").string(pattern=_ROLE, expected=_ROLE_TEXT),
        name=place.at("name").text(needed=True),
    )


def _read_participant(place: Place) -> Participant:
    place.only(("code", "name", "kind", "roles"))
    return Participant(
        code=place.at("code").string(pattern=_CODE, expected=_CODE_TEXT),
        name=place.at("name").text(needed=True),
        kind=place.at("kind").string(""),
        roles=tuple(one.string(pattern=_ROLE, expected=_ROLE_TEXT) for one in place.at("roles").items()),
    )


def _read_digest(place: Place) -> str:
    return place.string(pattern=_DIGEST, expected=Text("SHA-256 viết bằng 64 chữ số hex", "a SHA-256 in hex"))


def _check_once(place: Place, codes: list[str]) -> None:
    for at, code in enumerate(codes):
        if code in codes[:at]:
            place.items()[at].refuse(Text("mã chưa dùng ở trên", "a code not used above"))
