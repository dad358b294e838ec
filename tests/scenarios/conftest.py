"""The province at work, on both executors: what a scenario needs."""

from __future__ import annotations

import importlib.util

import pytest
from office import Office, open_office

EXECUTORS = [
    "marking",
    pytest.param(
        "spiffworkflow",
        marks=pytest.mark.skipif(
            importlib.util.find_spec("engine.execution.spiff.executor") is None,
            reason="the second executor is not there",
        ),
    ),
]


@pytest.fixture(params=EXECUTORS)
def office(request, province, clock) -> Office:
    """The demo province with the shipped procedures, on one executor; the clock shows 23/11/2026 09:10."""
    return open_office(province, clock, request.param)
