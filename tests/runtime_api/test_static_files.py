"""Files for the browser: small on the line, kept for ever where the name follows the content."""

from __future__ import annotations

import gzip
import hashlib
import json

import pytest

from runtime_api import static_files
from runtime_api.app import create_app

pytestmark = pytest.mark.sqlite

SCRIPT = b"console.log('x');" * 200


@pytest.fixture
def browser(engine, settings, tmp_path, monkeypatch):
    folder = tmp_path / "static"
    (folder / "dist").mkdir(parents=True)
    (folder / "dist" / "viewer-ABC.js").write_bytes(SCRIPT)
    (folder / "dist" / "viewer-ABC.js.br").write_bytes(b"packed more tightly")
    (folder / "dist" / "viewer-ABC.js.gz").write_bytes(gzip.compress(SCRIPT))
    (folder / "dist" / "manifest.json").write_text(json.dumps({"viewer.js": "viewer-ABC.js"}))
    (folder / "app.css").write_text("p { color: green }" * 100)
    (tmp_path / "secret.txt").write_text("words of the office")
    monkeypatch.setattr(static_files, "STATIC", folder)
    app = create_app(engine, settings)

    @app.get("/test/asset/<name>")
    def name_of(name):
        return {"address": static_files.asset(name)}

    return app.test_client()


def test_a_built_file_is_named_by_the_manifest(browser):
    assert browser.get("/test/asset/viewer.js").json == {"address": "/static/dist/viewer-ABC.js"}
    assert browser.get("/test/asset/unknown.js").json == {"address": ""}


def test_a_built_file_travels_compressed_and_is_kept_for_ever(browser):
    packed = browser.get("/static/dist/viewer-ABC.js", headers={"Accept-Encoding": "gzip"})
    tighter = browser.get("/static/dist/viewer-ABC.js", headers={"Accept-Encoding": "gzip, br"})
    plain = browser.get("/static/dist/viewer-ABC.js", headers={"Accept-Encoding": "identity"})

    assert tighter.headers["Content-Encoding"] == "br"
    assert tighter.data == b"packed more tightly"
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data == SCRIPT
    assert packed.mimetype == plain.mimetype == "text/javascript"
    assert "Content-Encoding" not in plain.headers
    for answer in (packed, plain):
        assert answer.headers["Vary"] == "Accept-Encoding"
        assert "immutable" in answer.headers["Cache-Control"]


def test_our_own_files_travel_packed_and_are_kept_for_ever_under_their_version(browser):
    answer = browser.get("/static/app.css?v=1", headers={"Accept-Encoding": "gzip"})
    again = browser.get(
        "/static/app.css", headers={"Accept-Encoding": "gzip", "If-None-Match": answer.headers["ETag"]}
    )

    assert gzip.decompress(answer.data) == b"p { color: green }" * 100
    assert "immutable" in answer.headers["Cache-Control"]
    assert again.status_code == 304


def test_our_own_file_comes_without_blanks_as_long_as_it_is_what_was_built(browser, tmp_path):
    source = tmp_path / "static" / "app.css"
    digest = hashlib.sha256(source.read_bytes()).hexdigest()[:10]
    lighter = tmp_path / "static" / "dist" / f"own-app-{digest}.css"
    lighter.write_bytes(b"p{color:green}")
    lighter.with_name(lighter.name + ".gz").write_bytes(gzip.compress(b"p{color:green}"))

    packed = browser.get("/static/app.css?v=1", headers={"Accept-Encoding": "gzip"})
    plain = browser.get("/static/app.css", headers={"Accept-Encoding": "identity"})
    source.write_text("p { color: red }" * 101)
    changed = browser.get("/static/app.css", headers={"Accept-Encoding": "identity"})

    assert gzip.decompress(packed.data) == plain.data == b"p{color:green}"
    assert packed.mimetype == plain.mimetype == "text/css"
    assert "immutable" in packed.headers["Cache-Control"]
    assert changed.data == b"p { color: red }" * 101


def test_an_unchanged_file_is_not_sent_again(browser):
    first = browser.get("/static/app.css")

    assert first.mimetype == "text/css"
    assert browser.get("/static/app.css", headers={"If-None-Match": first.headers["ETag"]}).status_code == 304


@pytest.mark.parametrize("path", ["../secret.txt", "..%2fsecret.txt", "/etc/passwd", "dist/none.js", "dist"])
def test_nothing_else_is_served(browser, path):
    answer = browser.get(f"/static/{path}")

    assert answer.status_code in (404, 308)
    assert b"words of the office" not in answer.data
