"""The province at work, for tests of papers."""

from __future__ import annotations

import pytest
from office import Office, open_office


@pytest.fixture
def office(province, clock) -> Office:
    """The demo province with the shipped procedures; the clock shows Monday 23/11/2026 09:10."""
    return open_office(province, clock)
