"""The front-end sources: pinned without addresses, and everything that pages ask for is built."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from pathlib import Path

import pytest

ASSETS = Path(__file__).parents[2] / "runtime_api" / "assets"
DIST = ASSETS.parent / "static" / "dist"
ASKED_FOR = {"designer.css", "designer.js", "fonts.css", "htmx.js", "viewer.css", "viewer.js"}

built = pytest.mark.skipif(not (DIST / "manifest.json").exists(), reason="the assets are not built here")


def lock() -> dict:
    return json.loads((ASSETS / "package-lock.json").read_text(encoding="utf-8"))


def manifest() -> dict[str, str]:
    return json.loads((DIST / "manifest.json").read_text(encoding="utf-8"))


def test_the_lock_names_no_address_to_download_from():
    packages = {name: entry for name, entry in lock()["packages"].items() if name}

    assert packages
    assert [name for name, entry in packages.items() if "resolved" in entry] == []


def test_every_locked_package_is_fixed_by_its_content():
    loose = [name for name, entry in lock()["packages"].items() if name and "integrity" not in entry]

    assert loose == []


def test_every_package_is_asked_for_in_one_version():
    package = json.loads((ASSETS / "package.json").read_text(encoding="utf-8"))
    asked = {**package["dependencies"], **package["devDependencies"], **package["overrides"]}

    assert [version for version in asked.values() if not re.fullmatch(r"\d+\.\d+\.\d+", version)] == []


def test_one_preact_is_locked_because_two_draw_empty_menus():
    found = [name for name in lock()["packages"] if name.endswith("/preact")]

    assert found == ["node_modules/preact"]


def test_everything_that_pages_ask_for_has_a_source_or_a_package():
    assert {"designer.js", "viewer.js", "fonts.css"} <= {path.name for path in (ASSETS / "src").iterdir()}


@built
def test_the_manifest_names_every_file_that_pages_ask_for():
    assert set(manifest()) == ASKED_FOR
    assert [name for name in manifest().values() if not (DIST / name).is_file()] == []


@built
def test_every_script_and_style_lies_packed_beside_itself():
    for name in manifest().values():
        assert gzip.decompress((DIST / f"{name}.gz").read_bytes()) == (DIST / name).read_bytes()


@built
def test_every_style_and_script_of_ours_was_made_smaller():
    own = [path for path in DIST.parent.iterdir() if path.suffix in (".css", ".js")]
    for path in own:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()[:10]
        lighter = DIST / f"own-{path.stem}-{digest}{path.suffix}"
        assert lighter.stat().st_size < path.stat().st_size, f"{path.name}: ./run.sh assets builds it anew"
        assert (DIST / f"{lighter.name}.gz").is_file()


@built
def test_the_typeface_of_a_page_weighs_less_than_thirty_kilobytes_and_has_every_vietnamese_letter():
    faces = list(DIST.glob("be-vietnam-pro-*.woff2"))
    asked = (DIST / manifest()["fonts.css"]).read_text(encoding="utf-8")

    assert len(faces) == 4
    assert sum(one.stat().st_size for one in faces) < 30 * 1024
    assert all(one.name in asked for one in faces)
    assert "u+1ea0-1ef9" in asked.lower()


@built
def test_a_slow_line_gets_the_editor_in_220_kilobytes_and_the_viewer_in_sixty():
    sizes = {name: (DIST / f"{file}.gz").stat().st_size for name, file in manifest().items()}

    assert sizes["designer.js"] <= 220_000
    assert sizes["designer.js"] + sizes["designer.css"] < 225_000
    assert sizes["viewer.js"] + sizes["viewer.css"] < 65 * 1024


@built
def test_no_built_file_asks_another_server_for_anything():
    for path in DIST.glob("*.css"):
        addresses = re.findall(r"url\(\s*[\"']?([^)\"']*)", path.read_text(encoding="utf-8"))
        assert [one for one in addresses if re.match(r"(https?:)?//", one)] == []


@built
def test_the_licences_of_what_was_built_in_travel_with_it():
    notices = (DIST / "THIRD-PARTY-NOTICES.txt").read_text(encoding="utf-8")

    for name in ("bpmn-js", "diagram-js", "htmx.org", "@fontsource/be-vietnam-pro", "preact"):
        assert f"\n{name} " in notices
    assert "watermark must stay fully visible" in notices
    assert "SIL OPEN FONT LICENSE" in notices.upper()


@built
def test_the_editor_speaks_our_namespace():
    script = (DIST / manifest()["designer.js"]).read_text(encoding="utf-8")

    assert "urn:motcua:bpmn:1" in script


def test_the_editor_knows_every_attribute_that_a_step_may_have():
    from engine.bpmn.extensions import STEP_ATTRIBUTES, STEP_ELEMENTS

    types = json.loads((ASSETS / "src" / "designer" / "descriptor.json").read_text(encoding="utf-8"))["types"]
    attributes = {one["name"] for kind in types if kind["name"] == "Step" for one in kind["properties"]}
    elements = {kind["name"].lower() for kind in types if kind.get("superClass")}

    assert attributes == set(STEP_ATTRIBUTES)
    assert elements == set(STEP_ELEMENTS)
