"""The permit procedure of the demo province, ready to be revised."""

from __future__ import annotations

import pytest
from authoring import Authoring
from office import open_office


@pytest.fixture
def office(province, clock):
    return open_office(province, clock)


@pytest.fixture
def authoring(office) -> Authoring:
    return Authoring(office)
