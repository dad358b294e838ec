"""IT staff import a newer standard set in a real browser, and importing it again changes nothing."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from browser import DEMO_PASSWORD

from bpmn_library.packages import build_package

pytestmark = [pytest.mark.browser, pytest.mark.sqlite]

SHIPPED = Path(__file__).parents[2] / "bpmn_library" / "sets" / "mot-cua-co-ban"


@pytest.fixture
def newer_set(tmp_path):
    """The shipped set as a package file, with one step of P07 made shorter."""
    folder = tmp_path / "set"
    shutil.copytree(SHIPPED, folder)
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    (folder / "manifest.json").write_text(json.dumps({**manifest, "version": "1.1.0"}), encoding="utf-8")
    diagram = folder / "P07" / "process.bpmn"
    drawn = diagram.read_text(encoding="utf-8")
    assert 'mc:hours="3"' in drawn
    diagram.write_text(drawn.replace('mc:hours="3"', 'mc:hours="2.5"'), encoding="utf-8")
    package = tmp_path / "set.zip"
    package.write_bytes(build_package(folder))
    return package


def test_a_newer_set_is_previewed_imported_and_then_changes_nothing(page, newer_set):
    page.goto("/sign-in?next=/library/")
    page.fill("#login", "vinh.dq")
    page.fill("#password", DEMO_PASSWORD)
    page.click("form.stack button[type=submit]")
    page.wait_for_url(re.compile("/library/"))
    page.set_input_files("input[name=package]", newer_set)
    page.click("form:has(input[name=package]) button[type=submit]")
    page.wait_for_url(re.compile("/library/packages/"))
    preview = page.url
    assert "3 giờ → 2,5 giờ" in page.locator("main").inner_text()

    page.click("button:has-text('Nhập thành bản nháp')")
    page.wait_for_url(re.compile("/library/imports/"))
    assert "Bản nháp, phiên bản 2" in page.locator("main").inner_text()

    page.goto(preview)
    assert "Không có gì để nhập" in page.locator("main").inner_text()
    assert page.locator("button:has-text('Nhập thành bản nháp')").is_disabled()
