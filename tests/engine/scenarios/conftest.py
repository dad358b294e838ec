"""The shipped procedures and their scenarios, as values."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bpmn_library.sets import shipped_set


@pytest.fixture(scope="session")
def shipped():
    """The entries of the shipped set, by key."""
    return shipped_set("mot-cua-co-ban").entries


@pytest.fixture
def permit(shipped):
    """P03: its definition, its procedure, and one scenario by id."""
    entry = shipped["P03"]
    by_id = {one.id: one for one in entry.procedure.scenarios}
    return entry.definition, entry.procedure, by_id


@pytest.fixture
def changed():
    """Return a scenario with one act changed."""

    def _changed(scenario, number, **values):
        acts = list(scenario.acts)
        acts[number - 1] = replace(acts[number - 1], **values)
        return replace(scenario, acts=tuple(acts))

    return _changed
