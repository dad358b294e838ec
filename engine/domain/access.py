"""Who may do what: a person acts by assignments, each a role set in one unit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.errors import Forbidden


@dataclass(frozen=True, slots=True, kw_only=True)
class Lent:
    """The work of a colleague's chair, as far as it is lent today (`engine.domain.substitution`).

    Attributes:
        assignment_id: The colleague's chair.
        procedures: Numbers of the procedures; empty for all.
        limits: Data item → the most it may be.
        form: How documents are signed: "KT", "TL", "TUQ"; "" where nothing may be signed.
    """

    substitution_id: int
    giver_id: int
    giver_name: str
    assignment_id: int
    unit_id: int
    unit_name: str
    title: str
    roles: frozenset[str]
    procedures: frozenset[int] = frozenset()
    limits: Mapping[str, int] = field(default_factory=dict)
    form: str = ""

    def as_chair(self) -> Assignment:
        """Return the chair by which whoever stands in acts."""
        return Assignment(
            id=self.assignment_id,
            unit_id=self.unit_id,
            unit_name=self.unit_name,
            title=self.title,
            roles=self.roles,
            instead_of=self,
        )

    def said(self) -> dict[str, Any]:
        """Return what history and audit say besides the name of whoever acted."""
        form = {"form": self.form} if self.form else {}
        return {
            "instead_of": self.giver_id,
            "instead_of_name": self.giver_name,
            **form,
            "under": self.substitution_id,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """One chair held today, or in whose holder's place somebody acts today (`instead_of`)."""

    id: int
    unit_id: int
    unit_name: str
    title: str
    roles: frozenset[str]
    is_acting: bool = False
    instead_of: Lent | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """The person, or the system itself, on whose behalf a command runs.

    Attributes:
        user_id: None for the system (worker) and for the anonymous citizen.
        assignments: Those in force at the moment of the command.
        lent: What colleagues have lent to this person; it counts only for work on dossiers, never here.
    """

    user_id: int | None
    name: str
    assignments: tuple[Assignment, ...] = ()
    is_system: bool = False
    lent: tuple[Lent, ...] = ()

    def holds(self, role: str, unit_id: int | None = None) -> Assignment | None:
        """Return the assignment that gives `role` (in `unit_id`, if named), or None."""
        for assignment in self.assignments:
            if role in assignment.roles and unit_id in (None, assignment.unit_id):
                return assignment
        return None

    @property
    def roles(self) -> frozenset[str]:
        return frozenset(role for one in self.assignments for role in one.roles)

    @property
    def unit_ids(self) -> frozenset[int]:
        return frozenset(one.unit_id for one in self.assignments)


SYSTEM = Actor(user_id=None, name="Hệ thống", is_system=True)
CITIZEN = Actor(user_id=None, name="Công dân")


class RoleMissing(Forbidden):
    """The act needs a role that none of the person's assignments gives."""

    code = "role_missing"
    vi = "Việc này cần vai trò {role} tại {where}; phân công hiện tại của bạn không có vai trò đó."
    en = "This needs the role {role} at {where}; none of your present assignments gives it."


def check_holds(actor: Actor, role: str, unit_id: int | None = None, where: str = "") -> Assignment | None:
    """Return the assignment by which `actor` may act as `role`; the system may do everything.

    Raises:
        RoleMissing: If no assignment gives the role (in that unit).
    """
    if actor.is_system:
        return None
    found = actor.holds(role, unit_id)
    if found is None:
        raise RoleMissing(f"the role {role}", "no assignment gives it", role=role, where=where or "—")
    return found
