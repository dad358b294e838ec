"""What a node takes in and gives out: data associations and the names that are local to it.

Data objects and properties of the process are the variables that expressions read by name. What stands
inside a sub-process, or belongs to an activity, is local there and hides what is outside.
Source: BPMN 2.0.2, 10.4.
"""

from __future__ import annotations

from dataclasses import dataclass

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DataFlow:
    """A data association: the source copied, or transformed, or assigned piece by piece.

    Attributes:
        assignments: FEEL of the value, and where it goes: a name, then entries inside its value.
    """

    sources: tuple[str, ...] = ()
    target: str = ""
    transformation: str = ""
    assignments: tuple[tuple[str, Path], ...] = ()

    @property
    def copies(self) -> bool:
        return not self.transformation and not self.assignments


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeData:
    """Attributes:
    takes: Names of the declared data inputs, in order. gives: likewise outputs. own: properties.
    """

    inputs: tuple[DataFlow, ...] = ()
    outputs: tuple[DataFlow, ...] = ()
    takes: tuple[str, ...] = ()
    gives: tuple[str, ...] = ()
    own: tuple[str, ...] = ()

    def declares(self, name: str) -> bool:
        return name in self.takes or name in self.gives or name in self.own
