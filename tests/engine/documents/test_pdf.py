"""PDF of papers: archival, with its fonts inside, Vietnamese complete, fetching nothing."""

from __future__ import annotations

import shutil
import subprocess
import sys

import pytest

from engine.documents import pdf
from engine.documents.errors import DocumentTooLong

pytestmark = [
    pytest.mark.sqlite,
    pytest.mark.skipif(pdf.trouble() is not None, reason=f"PDF cannot be made here: {pdf.trouble()}"),
]

LETTERS = "Ầ ầ Ẵ ẵ Ậ ậ Ễ ễ Ộ ộ Ở ở Ữ ữ Ỵ ỵ Đ đ Ĩ ĩ Ũ ũ Ơ ơ Ư ư Ă ă – “…” ₫"


def text_of(content, *words):
    if shutil.which("pdftotext") is None:
        pytest.skip("poppler is not installed")
    return subprocess.run(
        [*(words or ("pdftotext", "-layout")), "-", "-"], input=content, capture_output=True, check=True
    ).stdout.decode()


def test_a_page_is_archival_and_its_fonts_are_inside(tmp_path):
    made = pdf.make_pdf(f"<h1>{LETTERS}</h1><p>{LETTERS} <b>{LETTERS}</b> <i>{LETTERS}</i></p>", title="Thử")
    (tmp_path / "a.pdf").write_bytes(made)

    assert made.startswith(b"%PDF-1.7")
    for mark in (
        b"/OutputIntent",
        b'pdfaid:part="3"',
        b'pdfaid:conformance="B"',
    ):
        assert mark in inflated(made), mark
    assert b"/Encrypt" not in made
    assert b"/JavaScript" not in inflated(made)
    if shutil.which("pdffonts"):
        lines = subprocess.run(["pdffonts", tmp_path / "a.pdf"], capture_output=True, text=True, check=True)
        fonts = lines.stdout.splitlines()[2:]
        assert fonts
        assert all(line.split()[-5] == "yes" for line in fonts)  # emb


def test_vietnamese_is_complete():
    said = text_of(pdf.make_pdf(f"<p>{LETTERS}</p>", title="Thử"))

    assert said.split() == LETTERS.split()


@pytest.mark.skipif(pdf.fonts_missing(), reason="the typeface of the papers is not built")
def test_the_letters_are_as_wide_as_those_of_times(tmp_path):
    (tmp_path / "a.pdf").write_bytes(pdf.make_pdf(f"<p>{LETTERS} <b>chữ đậm</b></p>", title="Thử"))
    if shutil.which("pdffonts") is None:
        pytest.skip("poppler is not installed")
    said = subprocess.run(["pdffonts", tmp_path / "a.pdf"], capture_output=True, text=True, check=True).stdout

    assert all("Motcua" in line for line in said.splitlines()[2:])


@pytest.mark.parametrize(
    "hostile",
    [
        '<img src="file:///etc/passwd">',
        '<img src="http://169.254.169.254/latest/meta-data">',
        '<link rel="stylesheet" href="file:///etc/hosts">',
        "<style>@import url(http://127.0.0.1:1/x.css); p { background: url(file:///etc/passwd) }</style>",
        '<object data="file:///etc/passwd"></object>',
        '<embed src="file:///etc/passwd">',
        '<link rel="attachment" href="file:///etc/passwd">',
        '<svg><image href="file:///etc/passwd"/><use href="file:///etc/passwd#a"/></svg>',
    ],
)
def test_a_page_fetches_nothing(hostile):
    made = quiet_pdf(hostile)

    assert b"root:" not in inflated(made)


def test_a_copy_says_so_in_its_corner():
    assert "In lại lần 2" in text_of(pdf.make_pdf("<p>x</p>", title="Thử", mark="In lại lần 2"))


def test_a_page_that_would_take_too_long_is_refused():
    with pytest.raises(DocumentTooLong):
        pdf.make_pdf("x" * (pdf.LONGEST_PAGE + 1), title="Sổ")


def inflated(content):
    """Return a PDF with its streams unpacked, to look into."""
    import re
    import zlib

    parts = [content]
    for found in re.finditer(rb"stream\r?\n(.*?)\r?\nendstream", content, re.DOTALL):
        try:
            parts.append(zlib.decompress(found[1]))
        except zlib.error:
            continue
    return b"\n".join(parts)


_opened: list[str] = []
_WATCH = [False]


def _audit(event, arguments):
    if _WATCH[0] and event in ("open", "socket.connect", "socket.getaddrinfo"):
        _opened.append(str(arguments[0]))


sys.addaudithook(_audit)


def quiet_pdf(page):
    """Make a PDF while every file and socket that is opened is written down."""
    pdf.make_pdf("<p>warm</p>", title="Thử")
    _opened.clear()
    _WATCH[0] = True
    try:
        return pdf.make_pdf(f"<p>x</p>{page}", title="Thử")
    finally:
        _WATCH[0] = False
        assert [one for one in _opened if "/etc/" in one or "169.254" in one or "127.0.0.1" in one] == []
