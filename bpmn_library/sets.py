"""The sets that this product ships, and those that have been imported here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bpmn_library.checks import check_set
from bpmn_library.installed import last_imports
from bpmn_library.packages import MANIFEST, Package, read_folder
from engine.domain.texts import Text
from engine.errors import NotFound
from engine.store.rows import UserRow
from engine.store.work import Unit

__all__ = ["SetLine", "check_set", "list_sets", "shipped_codes", "shipped_set"]

SETS = Path(__file__).parent / "sets"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetLine:
    """One set in the list.

    Attributes:
        version: The version shipped with this product; "" for a set that came as a file.
        installed_version: The version last imported; "" when it never was.
        is_current: What is shipped is what is installed.
    """

    code: str
    name: Text
    issuer: Text = Text("")
    version: str = ""
    procedures: tuple[Text, ...] = ()
    installed_version: str = ""
    imported_at: datetime | None = None
    imported_by: str = ""
    import_id: int | None = None
    is_current: bool = False


def shipped_codes() -> list[str]:
    """Return the codes of the sets in this product."""
    return sorted(path.parent.name for path in SETS.glob(f"*/{MANIFEST}"))


def shipped_set(code: str) -> Package:
    """Read a set of this product.

    Raises:
        NotFound: If there is no such set.
    """
    if code not in shipped_codes():
        raise NotFound("a shipped set", f"there is none called {code!r}", what=f"bộ thủ tục {code}")
    return read_folder(SETS / code)


def list_sets(unit: Unit) -> list[SetLine]:
    """Return the shipped sets and what has been imported, by name."""
    last = last_imports(unit)
    lines = []
    for code in shipped_codes():
        package = shipped_set(code)
        row = last.pop(code, None)
        lines.append(
            SetLine(
                code=code,
                name=package.manifest.name,
                issuer=package.manifest.issuer,
                version=package.manifest.version,
                procedures=tuple(entry.procedure.name for entry in package),
                installed_version=row.set_version if row else "",
                imported_at=row.imported_at if row else None,
                imported_by=_name(unit, row.imported_by) if row else "",
                import_id=row.id if row else None,
                is_current=row is not None and row.sha256 == package.sha256,
            )
        )
    for code, row in last.items():
        lines.append(
            SetLine(
                code=code,
                name=Text(code),
                installed_version=row.set_version,
                imported_at=row.imported_at,
                imported_by=_name(unit, row.imported_by),
                import_id=row.id,
            )
        )
    return sorted(lines, key=lambda line: line.name.vi)


def _name(unit: Unit, user_id: int | None) -> str:
    row = unit.session.get(UserRow, user_id) if user_id else None
    return row.full_name if row else ""
