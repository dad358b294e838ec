"""What an import would do, said before it is done: per procedure, and what the set needs of this province."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bpmn_library.checks import check_entry
from bpmn_library.installed import Local, Office, find_local, last_imports, offices, owner_codes, role_names
from bpmn_library.manifests import Participant
from bpmn_library.packages import Entry, Package
from designer import changes
from designer.changes import Change
from designer.outline import Words, form_fields
from designer.states import AUTHOR, LABELS
from engine.bpmn.lint import Finding
from engine.domain.access import check_holds
from engine.domain.procedures import Procedure
from engine.domain.texts import Text
from engine.errors import ProcedureError
from engine.store.work import Unit

IMPORTER = "IT_ADMIN"
NEW, CHANGED, SAME, CONFLICT = "new", "changed", "same", "conflict"
STATUS_WORDS = {
    NEW: Text("Mới", "New"),
    CHANGED: Text("Có thay đổi", "Changed"),
    SAME: Text("Không đổi", "Unchanged"),
    CONFLICT: Text("Đơn vị đã sửa riêng", "Changed here"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What the person who imports decided.

    Attributes:
        participants: Participant code of the set → code of a local unit.
        roles: Role code of the set → code of a local role; those not named keep their code.
        owners: Procedure key → code of the unit that may revise it; none means every author.
        accepted: Keys of procedures changed here that the set shall follow nevertheless, as a new draft.
    """

    participants: Mapping[str, str] = field(default_factory=dict)
    roles: Mapping[str, str] = field(default_factory=dict)
    owners: Mapping[str, str] = field(default_factory=dict)
    accepted: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcedurePreview:
    """What would happen to one procedure.

    Attributes:
        status: "new", "changed", "same" or "conflict" (changed here since the last import).
        differences: Between what stands here and the set, in sentences.
        blocked: Why it cannot be imported now; empty when it can.
        number: Number of the latest revision here; None when there is none.
        owner: Code of the unit that may revise it; "" for every author.
        errors: What the linter refuses in the set's version; it could be imported but never published.
    """

    key: str
    name: Text
    status: str
    differences: tuple[Change, ...] = ()
    blocked: Text = Text("")
    number: int | None = None
    state: Text = Text("")
    owner: str = ""
    errors: tuple[Finding, ...] = ()

    @property
    def status_words(self) -> Text:
        return STATUS_WORDS[self.status]


@dataclass(frozen=True, slots=True, kw_only=True)
class ParticipantNeed:
    """An agency of the set and the unit that stands for it here; `unit_code` is "" while nobody does.

    Attributes:
        missing_roles: Roles that nobody holds in the chosen unit.
    """

    code: str
    name: Text
    kind: str
    unit_code: str = ""
    unit_name: str = ""
    candidates: tuple[Office, ...] = ()
    missing_roles: tuple[str, ...] = ()

    @property
    def is_missing(self) -> bool:
        return not self.unit_code


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleNeed:
    """A role of the set.

    Attributes:
        local: The role that stands for it here.
        is_known: Whether that role exists; if not, the import adds it.
        is_held: Whether anybody holds it today.
    """

    code: str
    name: Text
    local: str
    is_known: bool
    is_held: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What the import would do."""

    package: Package
    procedures: tuple[ProcedurePreview, ...]
    participants: tuple[ParticipantNeed, ...]
    roles: tuple[RoleNeed, ...]
    known_roles: Mapping[str, Text]
    offices: tuple[Office, ...]
    installed_version: str = ""

    @property
    def authoring_offices(self) -> list[Office]:
        """Units with somebody who writes procedures."""
        return [office for office in self.offices if AUTHOR in office.roles]

    @property
    def changes_nothing(self) -> bool:
        return all(one.status == SAME for one in self.procedures)

    def procedure(self, key: str) -> ProcedurePreview:
        return next(one for one in self.procedures if one.key == key)


def preview_import(unit: Unit, package: Package, choices: Choices | None = None) -> Preview:
    """Say what importing would change here, and what is missing for it; nothing is written.

    Raises:
        RoleMissing: If the actor is no IT administrator.
    """
    check_holds(unit.actor, IMPORTER)
    choices = choices or Choices()
    around = offices(unit)
    known = role_names(unit)
    local = {entry.key: find_local(unit, package.manifest.code, entry.key) for entry in package}
    participants = _participants(package, local, choices, around)
    named = {one.code: one for one in participants}
    words = _words(package, known)
    owners = owner_codes(unit, list(package.entries))
    return Preview(
        package=package,
        procedures=tuple(
            _procedure(
                entry,
                local[entry.key],
                [named[code] for code in entry.participants],
                words,
                choices.owners.get(entry.key, owners.get(entry.key, "")),
                unit.engine.executor,
            )
            for entry in package
        ),
        participants=participants,
        roles=_roles(package, choices, known, around),
        known_roles={code: Text(vi, en) for code, (vi, en) in known.items()},
        offices=tuple(around),
        installed_version=_version(unit, package.manifest.code),
    )


def _procedure(
    entry: Entry, local: Local, needs: list[ParticipantNeed], words: Words, owner: str, executor: str
) -> ProcedurePreview:
    status = _status(entry, local)
    return ProcedurePreview(
        key=entry.key,
        name=entry.procedure.name,
        status=status,
        differences=() if status in (NEW, SAME) else _differences(entry, local, words),
        blocked=Text("") if status == SAME else _blocked(local, needs),
        number=local.latest.number if local.latest else None,
        state=LABELS[local.latest.state] if local.latest else Text(""),
        owner=owner,
        errors=tuple(one for one in check_entry(entry, executor) if one.is_error),
    )


def _status(entry: Entry, local: Local) -> str:
    if local.latest is None:
        return NEW
    if local.imported is not None and local.imported.source_hash == entry.hash:
        return SAME
    return CONFLICT if local.is_changed else CHANGED


def _blocked(local: Local, needs: list[ParticipantNeed]) -> Text:
    missing = [one.name for one in needs if one.is_missing]
    if missing:
        vi, en = (", ".join(name.say(language) for name in missing) for language in ("vi", "en"))
        return Text(f"Chưa chọn đơn vị tại địa phương cho: {vi}.", f"No local unit is chosen for: {en}.")
    if local.is_in_the_making and local.untouched_draft is None and local.latest is not None:
        number, state = local.latest.number, LABELS[local.latest.state]
        who = local.author or "—"
        return Text(
            f"Phiên bản {number} đang soạn ({state.vi.lower()}, người soạn {who}). "
            "Hãy ban hành hoặc bỏ bản đó rồi nhập lại; không có gì bị ghi đè.",
            f"Revision {number} is in the making ({state.say('en').lower()}, by {who}). "
            "Publish or drop it, then import again; nothing is overwritten.",
        )
    return Text("")


def _differences(entry: Entry, local: Local, words: Words) -> tuple[Change, ...]:
    latest = local.latest
    try:
        before = Procedure.from_json(latest.content).as_json()
        found = changes.compare_content(before, entry.content)
        found += _name_changes(before, entry)
        found += changes.compare(latest.definition.xml, entry.xml, words)
    except ProcedureError as unreadable:
        return (_change(f"Bản tại đây không đọc được: {unreadable.say('vi')}", unreadable.say("en")),)
    if not found:
        found = [_change("Chỉ khác cách vẽ hoặc câu chữ nhỏ.", "Only the drawing or small words differ.")]
    return tuple(found)


def _name_changes(before: Mapping, entry: Entry) -> list[Change]:
    found = []
    old, new = Text.of(before["name"]), entry.procedure.name
    if old != new:
        found.append(_change(f"Tên thủ tục: “{old.vi}” → “{new.vi}”.", f"Its name: {old.en} → {new.en}."))
    for key, words in _PLAIN.items():
        if before.get(key) != entry.content.get(key):
            found.append(Change(changes.CHANGED, "", words))
    return found


_PLAIN = {
    "supplement": Text("Quy định về bổ sung hồ sơ thay đổi.", "The rule on supplements differs."),
    "results": Text("Kết quả của thủ tục thay đổi.", "The results differ."),
    "legal": Text("Căn cứ pháp lý thay đổi.", "The legal basis differs."),
    "levels": Text("Cấp thực hiện thay đổi.", "The levels differ."),
    "participants": Text("Các bên tham gia thay đổi.", "The participants differ."),
    "options": Text("Lựa chọn xử lý thay đổi.", "The options differ."),
}


def _change(vi: str, en: str) -> Change:
    return Change(changes.CHANGED, "", Text(vi, en))


def _participants(
    package: Package, local: Mapping[str, Local], choices: Choices, around: list[Office]
) -> tuple[ParticipantNeed, ...]:
    by_code = {office.code: office for office in around}
    needs = []
    for code in dict.fromkeys(code for entry in package for code in entry.participants):
        participant = package.manifest.participant(code)
        candidates = _candidates(participant, around)
        chosen = by_code.get(choices.participants.get(code, _proposed(participant, local, candidates)))
        needs.append(
            ParticipantNeed(
                code=code,
                name=participant.name,
                kind=participant.kind,
                unit_code=chosen.code if chosen else "",
                unit_name=chosen.name if chosen else "",
                candidates=tuple(candidates),
                missing_roles=_unheld(participant, chosen, choices),
            )
        )
    return tuple(needs)


def _candidates(participant: Participant, around: list[Office]) -> list[Office]:
    """Order the offices: those of the right kind whose people can do it, those of the kind, the others."""

    def rank(office: Office) -> tuple[bool, bool]:
        return (office.kind != participant.kind, not office.roles.issuperset(participant.roles))

    return sorted(around, key=rank)


def _proposed(participant: Participant, local: Mapping[str, Local], candidates: list[Office]) -> str:
    """Propose what the last revision said, else the only office that fits."""
    for one in local.values():
        if one.latest is not None and one.latest.participants.get(participant.code):
            return one.latest.participants[participant.code]
    kin = [office for office in candidates if office.kind == participant.kind]
    able = [office for office in kin if office.roles.issuperset(participant.roles)]
    for fitting in (able, kin):
        if len(fitting) == 1:
            return fitting[0].code
    return ""


def _unheld(participant: Participant, chosen: Office | None, choices: Choices) -> tuple[str, ...]:
    if chosen is None:
        return ()
    wanted = [choices.roles.get(role, role) for role in participant.roles]
    return tuple(role for role in wanted if role not in chosen.roles)


def _roles(
    package: Package, choices: Choices, known: Mapping[str, tuple[str, str]], around: list[Office]
) -> tuple[RoleNeed, ...]:
    held = frozenset(role for office in around for role in office.roles)
    used = frozenset(role for entry in package for role in entry.roles)
    needs = []
    for role in package.manifest.roles:
        if role.code in used:
            local = choices.roles.get(role.code) or role.code
            needs.append(
                RoleNeed(
                    code=role.code,
                    name=role.name,
                    local=local,
                    is_known=local in known,
                    is_held=local in held,
                )
            )
    return tuple(needs)


def _words(package: Package, known: Mapping[str, tuple[str, str]]) -> Words:
    forms = {key: form.title for entry in package for key, form in entry.procedure.forms.items()}
    return Words(
        roles={role.code: role.name for role in package.manifest.roles}
        | {code: Text(vi, en) for code, (vi, en) in known.items()},
        participants={one.code: one.name for one in package.manifest.participants},
        forms=forms,
        fields={
            key: one for entry in package for key, one in form_fields(entry.procedure.forms.values()).items()
        },
    )


def _version(unit: Unit, set_code: str) -> str:
    last = last_imports(unit, [set_code]).get(set_code)
    return last.set_version if last else ""
