"""What travels packed, and what does not."""

from __future__ import annotations

import gzip

import pytest
from flask import Flask, Response

from runtime_api.compression import init_compression

pytestmark = pytest.mark.sqlite

PAGE = "<p>Hồ sơ đang được giải quyết.</p>" * 100
GZIP = {"Accept-Encoding": "gzip, br"}


@pytest.fixture
def visitor():
    app = Flask(__name__)
    init_compression(app)

    @app.get("/page")
    def page():
        answer = Response(PAGE)
        answer.set_etag("one")
        return answer

    @app.get("/short")
    def short():
        return "<p>Xong.</p>"

    @app.get("/picture")
    def picture():
        return Response(PAGE, mimetype="image/png")

    @app.get("/made-while-sent")
    def made():
        return Response((PAGE for _ in range(3)), mimetype="text/csv")

    @app.get("/packed")
    def packed():
        answer = Response(b"as it is" * 200, mimetype="text/css")
        answer.headers["Content-Encoding"] = "br"
        return answer

    return app.test_client()


def test_a_page_travels_packed_to_those_who_take_it(visitor):
    packed, plain = visitor.get("/page", headers=GZIP), visitor.get("/page")

    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data).decode() == plain.text == PAGE
    assert int(packed.headers["Content-Length"]) == len(packed.data) < len(plain.data) / 10
    assert packed.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"
    assert packed.headers["ETag"] == 'W/"one"'
    assert plain.headers["ETag"] == '"one"'


@pytest.mark.parametrize("path", ["/short", "/picture", "/made-while-sent"])
def test_what_gains_nothing_or_is_made_while_it_is_sent_stays_as_it_is(visitor, path):
    assert "Content-Encoding" not in visitor.get(path, headers=GZIP).headers


def test_what_is_packed_already_is_left_alone(visitor):
    assert visitor.get("/packed", headers=GZIP).data == b"as it is" * 200
