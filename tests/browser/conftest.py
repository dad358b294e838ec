"""The diagram editor, open in a real browser."""

from __future__ import annotations

import pytest
from authoring import Authoring
from drawn_on import open_editor
from office import open_office

from runtime_api.static_files import asset


@pytest.fixture
def authoring(province, clock, app) -> Authoring:
    with app.test_request_context():
        if not asset("designer.js"):
            pytest.skip("the assets are not built here")
    return Authoring(open_office(province, clock))


@pytest.fixture
def editor(page, authoring):
    """The editor, open on a new draft of P03; `editor.complaints` is what the browser says against it."""
    page.complaints = []
    page.on("console", lambda said: page.complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.draft = authoring.draft()
    open_editor(page, page.draft)
    return page
