"""Pictures of files, drawn by a process of its own."""

from __future__ import annotations

import io

import pytest
from papers import pdf, photo
from PIL import Image

from engine.rendering import NotDrawn, draw


@pytest.fixture
def drawn(tmp_path):
    def make(content: bytes, is_pdf: bool, page: int = 0, width: int = 300):
        path = tmp_path / "file"
        path.write_bytes(content)
        return draw(path, is_pdf, page, width)

    return make


def test_a_page_of_a_pdf_is_drawn_and_its_pages_counted(drawn):
    drawing = drawn(pdf(pages=3), True, page=2)
    picture = Image.open(io.BytesIO(drawing.picture))

    assert drawing.pages == 3
    assert picture.format == "WEBP"
    assert picture.size == (drawing.width, drawing.height)
    assert drawing.width <= 300
    assert picture.convert("L").getextrema()[0] < 100, "nothing is written on it"


def test_a_photo_is_turned_upright_and_tells_nothing_of_the_camera(drawn):
    drawing = drawn(photo(800, 600, turned=True), False)
    picture = Image.open(io.BytesIO(drawing.picture))

    assert (drawing.width, drawing.height) == (300, 400)
    assert not picture.getexif()
    assert b"Exif" not in drawing.picture
    assert "Tám".encode() not in drawing.picture


@pytest.mark.parametrize(
    ("content", "is_pdf", "page"),
    [
        pytest.param(b"%PDF-1.7 and no more", True, 0, id="broken"),
        pytest.param(pdf(), True, 5, id="no such page"),
        pytest.param(b"\x89PNG\r\n\x1a\n" + b"\0" * 50, False, 0, id="no picture"),
        pytest.param(b"<svg/>", False, 0, id="not one of ours"),
    ],
)
def test_what_cannot_be_drawn_is_said_in_a_sentence(drawn, content, is_pdf, page):
    with pytest.raises(NotDrawn, match="picture"):
        drawn(content, is_pdf, page)


def test_an_image_of_too_many_pixels_is_not_unpacked(drawn):
    out = io.BytesIO()
    Image.new("1", (12000, 12000)).save(out, "PNG")

    with pytest.raises(NotDrawn):
        drawn(out.getvalue(), False)
