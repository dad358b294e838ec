"""Packages: a standard set of procedures as one zip file, and as the folder it is written in.

    manifest.json                 who, which version, roles, participants; in a package also all hashes
    P03/procedure.json            `engine.domain.procedures.Procedure` without its forms and scenarios
    P03/process.bpmn              the diagram
    P03/forms/application.json    one form
    P03/scenarios/granted.json    one test scenario
    P03/decisions/fees.dmn        decisions that the diagram asks

Whoever has a `Package` has read it completely: every hash held, every diagram and form could be loaded,
and the pieces name each other.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any

from bpmn_library.archives import BadPackage, check_name, read_entries
from bpmn_library.manifests import Manifest
from engine.bpmn.definitions import Definition, load_definition
from engine.bpmn.xml import parse_xml
from engine.domain.procedures import Procedure
from engine.errors import Invalid
from engine.execution.dmn.parse import parse_decisions

MANIFEST = "manifest.json"
SUFFIXES = (".json", ".bpmn", ".dmn")
OWN_UNITS = ("receiving", "competent")  # what mc:unit may say besides a participant

_MC = "{urn:motcua:bpmn:1}"
_PROCESS = "{http://www.omg.org/spec/BPMN/20100524/MODEL}process"
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the same folder gives the same bytes, whenever it is packed


@dataclass(frozen=True)
class Entry:
    """One procedure of a package.

    Attributes:
        content: The procedure as a revision keeps it, forms and scenarios included.
        hash: SHA-256 of content and diagram; the same hash is the same procedure.
    """

    key: str
    procedure: Procedure
    xml: bytes = field(repr=False)

    @cached_property
    def content(self) -> dict[str, Any]:
        return self.procedure.as_json()

    @cached_property
    def definition(self) -> Definition:
        return load_definition(self.xml)

    @cached_property
    def hash(self) -> str:
        return content_hash(self.content, self.definition.hash)

    @property
    def roles(self) -> frozenset[str]:
        """The roles that the diagram asks for."""
        return frozenset(step.role for step in self.definition.steps.values() if step.role)

    @property
    def participants(self) -> tuple[str, ...]:
        """The participants that the diagram asks for, in its order."""
        units = (step.unit for step in self.definition.steps.values())
        return tuple(
            dict.fromkeys(one for one in units if one and one not in OWN_UNITS and not one.startswith("="))
        )


@dataclass(frozen=True)
class Package:
    """A set, read and found whole.

    Attributes:
        sha256: Of what it contains, not of the zip's bytes: packed again by another tool it is the same.
    """

    manifest: Manifest
    entries: Mapping[str, Entry]
    sha256: str

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries.values())


def read_package(data: bytes) -> Package:
    """Read a package from the bytes of its zip file, in memory.

    Raises:
        BadPackage: If the zip is unsafe or broken, or its pieces do not fit.
        BadManifest, BadProcedure, BadXml, BadDiagram, BadExtension: If one piece cannot be read.
    """
    files = read_entries(data)
    manifest = Manifest.from_json(_json(files, MANIFEST))
    _check_hashes(files, manifest)
    entries = {key: _read_entry(files, key) for key in manifest.procedures}
    _check_no_strangers(files, entries)
    for entry in entries.values():
        _check_fits(entry, manifest)
    return Package(manifest, entries, _package_hash(files))


def build_package(folder: Path) -> bytes:
    """Pack a set's folder; the same files give the same bytes.

    Raises:
        BadPackage: If there is no manifest, or a file has a name that may not be in a package.
    """
    return pack(dict(_files_of(Path(folder))))


def pack(files: dict[str, bytes]) -> bytes:
    """Pack the files of a set, its manifest among them; the same files give the same bytes.

    Raises:
        BadPackage: If there is no manifest.
    """
    manifest = _json(files, MANIFEST)
    if not isinstance(manifest, dict):
        raise _unreadable(MANIFEST)
    manifest["entries"] = {
        name: hashlib.sha256(content).hexdigest()
        for name, content in sorted(files.items())
        if name != MANIFEST
    }
    files = {**files, MANIFEST: (json.dumps(manifest, ensure_ascii=False, indent=2) + "\n").encode()}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in sorted(files, key=lambda one: (one != MANIFEST, one)):
            info = zipfile.ZipInfo(name, _EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = 3
            info.external_attr = 0o644 << 16
            archive.writestr(info, files[name])
    return packed.getvalue()


def read_folder(folder: Path) -> Package:
    """Read a set as it stands in its folder, by the same rules as a package.

    Raises:
        See `read_package`.
    """
    return read_package(build_package(folder))


def read_procedure(folder: Path) -> Entry:
    """Read one procedure as it stands in its folder, by itself.

    Raises:
        BadPackage, BadProcedure, BadXml, BadDiagram, BadExtension: If a piece is missing or cannot be read.
    """
    key = Path(folder).resolve().name
    return _read_entry({f"{key}/{name}": data for name, data in _files_of(Path(folder))}, key)


def content_hash(content: Mapping[str, Any], definition_hash: str) -> str:
    """Return the hash of one procedure as it is kept: its content and its diagram."""
    plain = json.dumps([content, definition_hash], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(plain.encode()).hexdigest()


def _files_of(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.rglob("*")):
        name = PurePosixPath(path.relative_to(folder)).as_posix()
        if path.is_file() and not path.is_symlink() and path.suffix in SUFFIXES:
            check_name(name)
            yield name, path.read_bytes()


def _read_entry(files: Mapping[str, bytes], key: str) -> Entry:
    content = _json(files, f"{key}/procedure.json")
    forms, scenarios = _parts(files, f"{key}/forms/"), _parts(files, f"{key}/scenarios/")
    decisions = _decisions(files, f"{key}/decisions/")
    if not isinstance(content, dict) or not content.keys().isdisjoint(("forms", "scenarios", "decisions")):
        raise BadPackage(
            f"{key}/procedure.json phải là một nhóm mục không có “forms”, “scenarios” hay “decisions”; "
            "biểu mẫu để trong thư mục forms, kịch bản thử trong scenarios, quyết định trong decisions.",
            f"{key}/procedure.json must be an object without “forms”, “scenarios” or “decisions”; "
            "forms stand in the folder forms, scenarios in scenarios, decisions in decisions.",
        )
    _check_scenario_names(key, scenarios)
    pieces = {"forms": forms, "scenarios": list(scenarios.values()), "decisions": decisions}
    procedure = Procedure.from_json({**content, **pieces})
    xml = files.get(f"{key}/process.bpmn")
    if xml is None:
        raise _missing(f"{key}/process.bpmn")
    load_definition(xml)
    return Entry(key, procedure, xml)


def _parts(files: Mapping[str, bytes], folder: str) -> dict[str, Any]:
    """Return the documents of a folder by the names of their files, in the order of the names."""
    return {
        name.removeprefix(folder).removesuffix(".json"): _json(files, name)
        for name in sorted(files)
        if name.startswith(folder) and name.endswith(".json")
    }


def _decisions(files: Mapping[str, bytes], folder: str) -> dict[str, str]:
    """Return the decision files of a folder by their names, each read once to see that it can be."""
    found = {}
    for name in sorted(files):
        if name.startswith(folder) and name.endswith(".dmn"):
            parse_decisions(files[name])
            wide = files[name][:2] in (b"\xff\xfe", b"\xfe\xff")
            text = files[name].decode("utf-16" if wide else "utf-8-sig")
            found[name.removeprefix(folder).removesuffix(".dmn")] = text
    return found


def _check_scenario_names(key: str, scenarios: Mapping[str, Any]) -> None:
    for name, scenario in scenarios.items():
        ident = scenario.get("id") if isinstance(scenario, dict) else None
        if ident != name:
            raise BadPackage(
                f"Tệp {key}/scenarios/{name}.json phải có “id” là “{name}”.",
                f"The file {key}/scenarios/{name}.json must have the “id” “{name}”.",
            )


def _check_hashes(files: Mapping[str, bytes], manifest: Manifest) -> None:
    for name, digest in manifest.entries.items():
        if name not in files:
            raise _missing(name)
        if hashlib.sha256(files[name]).hexdigest() != digest:
            raise BadPackage(
                f"Tệp “{name}” đã bị sửa sau khi đóng gói: mã kiểm không khớp.",
                f"The file “{name}” was changed after packing: its hash does not match.",
            )
    for name in files:
        if name != MANIFEST and name not in manifest.entries:
            raise BadPackage(
                f"Tệp “{name}” không có trong danh mục của gói.",
                f"The file “{name}” is not listed in the manifest.",
            )


def _check_no_strangers(files: Mapping[str, bytes], entries: Mapping[str, Entry]) -> None:
    """A file that nothing reads would be imported by nobody and missed by everybody."""
    known = {MANIFEST}
    for entry in entries.values():
        known |= {f"{entry.key}/procedure.json", f"{entry.key}/process.bpmn"}
        known |= {f"{entry.key}/forms/{form}.json" for form in entry.procedure.forms}
        known |= {f"{entry.key}/scenarios/{one.id}.json" for one in entry.procedure.scenarios}
        known |= {f"{entry.key}/decisions/{name}.dmn" for name in entry.procedure.decisions}
    for name in files:
        if name not in known:
            raise BadPackage(
                f"Không biết dùng tệp “{name}” vào việc gì; có thể đặt sai thư mục.",
                f"Nothing uses the file “{name}”; it may be in the wrong folder.",
            )


def _check_fits(entry: Entry, manifest: Manifest) -> None:
    """Check that content, diagram and manifest speak of the same procedure, forms, agencies and roles."""
    if entry.procedure.key != entry.key:
        found = entry.procedure.key
        raise BadPackage(
            f"Thư mục {entry.key} lại khai thủ tục {found}.",
            f"The folder {entry.key} describes procedure {found}.",
        )
    named = parse_xml(entry.xml).find(f".//{_PROCESS}[@{_MC}procedure]")
    if named is None or named.get(f"{_MC}procedure") != entry.key:
        raise BadPackage(
            f"Sơ đồ của {entry.key} chưa ghi đúng mã thủ tục (mc:procedure).",
            f"The diagram of {entry.key} does not name its procedure (mc:procedure).",
        )
    for step in entry.definition.steps.values():
        if step.form and step.form not in entry.procedure.forms:
            raise _names(entry, step.name.vi or step.id, f"biểu mẫu “{step.form}”", f"the form “{step.form}”")
        if step.role and manifest.role(step.role) is None:
            raise _names(entry, step.name.vi or step.id, f"vai trò {step.role}", f"the role {step.role}")
    declared = {one.code for one in entry.procedure.participants}
    for code in entry.participants:
        if code not in declared or manifest.participant(code) is None:
            raise _names(entry, "", f"bên tham gia “{code}”", f"the participant “{code}”")


def _json(files: Mapping[str, bytes], name: str) -> Any:
    if name not in files:
        raise _missing(name)
    try:
        return json.loads(files[name].decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_number)
    except (ValueError, RecursionError) as bad:
        raise _unreadable(name) from bad


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A key twice would let two readers see two different things."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key is there twice")
    return found


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is no number of JSON")


def _package_hash(files: Mapping[str, bytes]) -> str:
    whole = hashlib.sha256()
    for name in sorted(files):
        whole.update(f"{name}\0{hashlib.sha256(files[name]).hexdigest()}\n".encode())
    return whole.hexdigest()


def _missing(name: str) -> Invalid:
    return BadPackage(f"Gói thiếu tệp “{name}”.", f"The file “{name}” is missing.")


def _unreadable(name: str) -> Invalid:
    return BadPackage(
        f"Tệp “{name}” không phải JSON (UTF-8) đọc được.", f"The file “{name}” is not readable JSON (UTF-8)."
    )


def _names(entry: Entry, step: str, vi: str, en: str) -> Invalid:
    where = f" ở bước “{step}”" if step else "", f" at the step “{step}”" if step else ""
    return BadPackage(
        f"Sơ đồ {entry.key}{where[0]} nhắc đến {vi}, nhưng gói không khai.",
        f"The diagram of {entry.key}{where[1]} names {en}, which the package does not declare.",
    )
