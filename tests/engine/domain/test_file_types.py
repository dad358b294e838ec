"""Which files are taken: by their content, whatever the name and the browser say."""

from __future__ import annotations

import io
import zipfile

import pytest
from papers import office_file, pdf, photo

from engine.domain.file_types import FileBroken, FileRefused, FileWithMacros, clean_name, content_type_of

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40
HTML = b"<html><script>alert(1)</script></html>"


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("don.pdf", pdf(), "application/pdf"),
        ("DON.PDF", pdf(), "application/pdf"),
        ("anh.jpg", photo(), "image/jpeg"),
        ("anh.jpeg", photo(), "image/jpeg"),
        ("anh.png", PNG, "image/png"),
        ("anh.webp", b"RIFF\x10\0\0\0WEBPVP8 ", "image/webp"),
        ("quet.tif", b"II*\x00" + b"\0" * 20, "image/tiff"),
        ("quet.tiff", b"MM\x00*" + b"\0" * 20, "image/tiff"),
        ("don.docx", office_file("[Content_Types].xml", "word/document.xml"), "wordprocessingml.document"),
        ("bang.xlsx", office_file("[Content_Types].xml", "xl/workbook.xml"), "spreadsheetml.sheet"),
        ("don.odt", office_file("mimetype", "content.xml"), "opendocument.text"),
        ("bang.ods", office_file("mimetype", "content.xml"), "opendocument.spreadsheet"),
    ],
)
def test_what_offices_use_is_taken(name, content, kind):
    stream = io.BytesIO(b"before" + content)
    stream.seek(6)

    assert content_type_of(name, stream).endswith(kind)
    assert stream.tell() == 6


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("don.exe", b"MZ\x90\0"),
        ("don.pdf", b"MZ\x90\0"),
        ("don.pdf", HTML),
        ("don.html", HTML),
        ("don.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("anh.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("anh.jpg", b"GIF89a"),
        ("anh.png", photo()),
        ("anh.webp", b"RIFF\x10\0\0\0WAVEfmt "),
        ("don.pdf.exe", pdf()),
        ("don", pdf()),
        ("don.pdf", b""),
        ("don.docm", office_file("word/document.xml")),
        ("don.docx", office_file("xl/workbook.xml")),
        ("don.docx", office_file("evil.js")),
        ("don.xlsx", office_file("word/document.xml")),
        ("don.zip", office_file("a.txt")),
        ("don.js", b"alert(1)"),
        ("don.lnk", b"L\0\0\0"),
    ],
)
def test_everything_else_is_refused_in_a_sentence(name, content):
    with pytest.raises(FileRefused) as refusal:
        content_type_of(name, io.BytesIO(content))

    assert name in refusal.value.say("vi")


@pytest.mark.parametrize(
    "name", ["word/vbaProject.bin", "word/vbaData.xml", "customUI/../word/VBAPROJECT.BIN"]
)
def test_programs_in_office_files_are_refused(name):
    with pytest.raises(FileWithMacros):
        content_type_of("don.docx", io.BytesIO(office_file("word/document.xml", name)))


def test_programs_in_open_documents_are_refused():
    with pytest.raises(FileWithMacros):
        content_type_of("don.odt", io.BytesIO(office_file("content.xml", "Basic/Standard/Module1.xml")))


def test_an_office_file_that_is_cut_short_is_refused():
    with pytest.raises(FileBroken):
        content_type_of("don.docx", io.BytesIO(office_file("word/document.xml")[:60]))


def test_an_archive_that_unpacks_to_far_more_is_refused_without_being_unpacked():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(11):
            archive.writestr(f"word/{number}", bytes(50 * 1024 * 1024))

    with pytest.raises(FileBroken):
        content_type_of("don.docx", io.BytesIO(out.getvalue()))


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("C:\\Users\\mai\\đơn xin.pdf", "đơn xin.pdf"),
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("a\u202efdp.exe", "afdp.exe"),
        ("đo\u031bn.pdf".replace("o\u031b", "o\u031b"), "đơn.pdf"),
        ("x" * 300 + ".pdf", "x" * 251 + ".pdf"),
    ],
)
def test_names_lose_folders_and_tricks_and_keep_their_marks(given, kept):
    assert clean_name(given) == kept
