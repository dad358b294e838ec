"""Importing a set: every procedure that is new or changed becomes a draft, which people then publish.

Nothing that runs is touched and nothing that this office wrote is overwritten. The same package again
changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from lxml import etree
from sqlalchemy import select

from bpmn_library.installed import Local, find_local, offices, role_names
from bpmn_library.packages import Entry, Package, content_hash
from bpmn_library.preview import CONFLICT, IMPORTER, SAME, Choices, Preview, ProcedurePreview, preview_import
from designer.drafts import store_definition
from designer.states import DRAFT
from engine.bpmn.xml import parse_xml
from engine.domain.access import check_holds
from engine.domain.texts import Text, fold
from engine.errors import Invalid
from engine.store.rows import ProcedureRow, RevisionRow, RoleRow, SetImportRow, UnitRow
from engine.store.work import Unit
from engine.usecases.audit import record

_ROLE = "{urn:motcua:bpmn:1}role"


class UnknownChoice(Invalid):
    """A unit or role that was chosen is not there."""

    code = "unknown_choice"
    vi = "Không có {what} “{chosen}” đang hoạt động; hãy chọn lại."
    en = "There is no {what_en} “{chosen}” at work; choose again."


@dataclass(frozen=True, slots=True, kw_only=True)
class Installed:
    """One procedure that the import wrote as a draft."""

    key: str
    name: Text
    procedure_id: int
    revision_id: int
    number: int
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """One procedure that the import left alone, and why."""

    key: str
    name: Text
    reason: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class SetImport:
    """What an import did.

    Attributes:
        unchanged: Keys of procedures that were already here as the set has them.
        roles_added: Codes of roles that were not known here before.
        import_id: The import as it is remembered; None when nothing was installed.
    """

    set_code: str
    version: str
    installed: tuple[Installed, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    unchanged: tuple[str, ...] = ()
    roles_added: tuple[str, ...] = ()
    import_id: int | None = None

    @property
    def changed_something(self) -> bool:
        return bool(self.installed)


def import_set(unit: Unit, package: Package, choices: Choices | None = None) -> SetImport:
    """Install what is new or changed as draft revisions.

    A procedure changed here is left alone unless its key is in `choices.accepted`; one whose agencies have
    no unit here, or that somebody is working on, is left alone with the reason.

    Raises:
        RoleMissing: If the actor is no IT administrator.
        UnknownChoice: If a chosen unit or role does not exist.
    """
    check_holds(unit.actor, IMPORTER)
    choices = choices or Choices()
    _check_choices(unit, choices)
    preview = preview_import(unit, package, choices)

    wanted = [one for one in preview.procedures if one.status != SAME]
    reasons = {one.key: _reason_to_skip(one, choices) for one in wanted}
    to_install = [one for one in wanted if not reasons[one.key]]
    roles_added = _add_roles(unit, preview, {one.key for one in to_install})
    installed = tuple(_install(unit, preview, one, choices) for one in to_install)
    done = SetImport(
        set_code=package.manifest.code,
        version=package.manifest.version,
        installed=installed,
        skipped=tuple(
            Skipped(key=one.key, name=one.name, reason=reasons[one.key]) for one in wanted if reasons[one.key]
        ),
        unchanged=tuple(one.key for one in preview.procedures if one.status == SAME),
        roles_added=roles_added,
    )
    return replace(done, import_id=_remember(unit, package, done)) if installed else done


def _reason_to_skip(one: ProcedurePreview, choices: Choices) -> Text:
    if one.blocked:
        return one.blocked
    if one.status == CONFLICT and one.key not in choices.accepted:
        return Text(
            "Đơn vị đã sửa riêng thủ tục này; đánh dấu đồng ý thì bản mới của bộ được nhập thành bản nháp.",
            "This procedure was changed here; tick it to take the set's version as a draft.",
        )
    return Text("")


def _install(unit: Unit, preview: Preview, one: ProcedurePreview, choices: Choices) -> Installed:
    package = preview.package
    entry = package.entries[one.key]
    local = find_local(unit, package.manifest.code, one.key)
    procedure = _save_procedure(unit, package, entry, local, choices)
    units = {need.code: need.unit_code for need in preview.participants}

    definition_hash = store_definition(unit, _with_local_roles(entry.xml, choices.roles))
    row = local.untouched_draft
    if row is None:
        row = RevisionRow(
            procedure_id=procedure.id,
            number=local.latest.number + 1 if local.latest else 1,
            state=DRAFT,
            based_on_id=local.latest.id if local.latest else None,
            author_id=unit.actor.user_id,
            created_at=unit.now,
        )
        unit.session.add(row)
    row.definition_hash = definition_hash
    row.content = entry.content
    row.participants = {code: units[code] for code in entry.participants}
    row.change_note = _note(package)
    row.source_hash = entry.hash
    row.changed_at = unit.now
    unit.session.flush()
    record(
        unit,
        f"revision:{row.id}",
        "revision.imported",
        {
            "set": package.manifest.code,
            "version": package.manifest.version,
            "source": entry.hash,
            "definition": row.definition_hash,
            "participants": row.participants,
        },
    )
    return Installed(
        key=one.key,
        name=one.name,
        procedure_id=procedure.id,
        revision_id=row.id,
        number=row.number,
        status=one.status,
    )


def _save_procedure(
    unit: Unit, package: Package, entry: Entry, local: Local, choices: Choices
) -> ProcedureRow:
    row = local.procedure
    if row is None:
        row = ProcedureRow(key=entry.key, national_code="", name_vi="")
        unit.session.add(row)
    content = entry.procedure
    row.national_code = content.national_code
    row.name_vi, row.name_en = content.name.vi, content.name.en
    row.field_vi = content.field.vi
    row.set_code = package.manifest.code
    words = (entry.key, content.national_code, content.name.vi, content.name.en, content.sms_name)
    row.search_text = fold(" ".join(words))
    if choices.owners.get(entry.key):
        row.owner_unit_id = unit.session.scalars(
            select(UnitRow.id).where(UnitRow.code == choices.owners[entry.key])
        ).one()
    unit.session.flush()
    return row


def _with_local_roles(xml: bytes, roles: Mapping[str, str]) -> bytes:
    """Write the local role codes into a diagram; bytes stay as they are when none is renamed."""
    renamed = {old: new for old, new in roles.items() if new and new != old}
    if not renamed:
        return xml
    root = parse_xml(xml)
    touched = [element for element in root.iter("{*}*") if element.get(_ROLE) in renamed]
    if not touched:
        return xml
    for element in touched:
        element.set(_ROLE, renamed[element.get(_ROLE)])
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _add_roles(unit: Unit, preview: Preview, keys: set[str]) -> tuple[str, ...]:
    used = frozenset(role for key in keys for role in preview.package.entries[key].roles)
    missing = [need for need in preview.roles if need.code in used and not need.is_known]
    for need in missing:
        unit.session.add(RoleRow(code=need.local, name_vi=need.name.vi, name_en=need.name.en))
    unit.session.flush()
    return tuple(need.local for need in missing)


def _check_choices(unit: Unit, choices: Choices) -> None:
    """Refuse what is not there. A new role may only come from the set, under the set's own code."""
    open_codes = {office.code for office in offices(unit)}
    for code in (*choices.participants.values(), *choices.owners.values()):
        if code and code not in open_codes:
            raise UnknownChoice("an open unit", f"{code!r}", what="đơn vị", what_en="unit", chosen=code)
    known = role_names(unit)
    for source, code in choices.roles.items():
        if code and code != source and code not in known:
            raise UnknownChoice("a role", f"{code!r}", what="vai trò", what_en="role", chosen=code)


def _remember(unit: Unit, package: Package, done: SetImport) -> int:
    result: dict[str, Any] = {
        "installed": {
            one.key: {"revision_id": one.revision_id, "hash": _hash_of(unit, one), "status": one.status}
            for one in done.installed
        },
        "skipped": {one.key: one.reason.as_json() for one in done.skipped},
        "roles_added": list(done.roles_added),
    }
    row = SetImportRow(
        set_code=done.set_code,
        set_version=done.version,
        sha256=package.sha256,
        imported_at=unit.now,
        imported_by=unit.actor.user_id,
        result=result,
    )
    unit.session.add(row)
    unit.session.flush()
    facts = {
        "version": done.version,
        "sha256": package.sha256,
        "installed": [one.key for one in done.installed],
    }
    # A chain's name has 60 characters, as a set's code may have: the row's number stands for the set.
    record(unit, f"set_import:{row.id}", "set.imported", {"set": done.set_code, **facts})
    return row.id


def _hash_of(unit: Unit, one: Installed) -> str:
    row = unit.session.get(RevisionRow, one.revision_id)
    return content_hash(row.content, row.definition_hash)


def _note(package: Package) -> str:
    return f"Nhập từ {package.manifest.name.vi}, phiên bản {package.manifest.version}"
