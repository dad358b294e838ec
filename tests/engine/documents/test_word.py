"""Letters in an office's own Word template: filled with plain facts, and nothing hostile gets through."""

from __future__ import annotations

import io
import re
import zipfile

import pytest
from letters import DOCUMENT, letter, part_of, text_of, with_field, with_parts, with_relation

from engine.documents.errors import (
    DocumentTooLong,
    FactUnknown,
    TemplateRefused,
    WordNotMade,
    WordTemplateRefused,
)
from engine.documents.word import fill_word
from engine.documents.word_files import check_word
from engine.errors import ProcedureError

FACTS = {
    "applicant": {"name": "Trần <b>Thị</b> Bưởi & con"},
    "letter": {
        "reason": "Dòng một\nDòng hai",
        "gaps": [{"name": "Bản vẽ"}, {"name": "Đơn"}],
        "many": [1] * 2000,
    },
    "issued": {"at": "2026-11-23T02:10:00+00:00"},
}


@pytest.fixture
def fill(tmp_path):
    def filled(content, **options):
        check_word(content, "mau.docx")
        place = tmp_path / "mau.docx"
        place.write_bytes(content)
        return fill_word(place, FACTS, "02", **options)

    return filled


def test_a_letter_is_filled_with_values_rows_and_choices(fill):
    made = fill(
        letter(
            "Kính gửi: {{ applicant.name|hoa }}",
            "{{ letter.reason|dong }}",
            "{% if letter.other|default %}khác{% else %}{{ issued.at|ngay_dai }}{% endif %}",
            rows=("{%tr for one in letter.gaps %}", "{{ loop.index }}. {{ one.name }}", "{%tr endfor %}"),
            footer="Mẫu riêng {{ issued.at|ngay }}",
        )
    )

    assert text_of(made).splitlines() == [
        "Kính gửi: TRẦN <B>THỊ</B> BƯỞI & CON",
        "Dòng một",
        "Dòng hai",
        "ngày 23 tháng 11 năm 2026",
        "1. Bản vẽ",
        "2. Đơn",
        "Mẫu riêng 23/11/2026",
    ]


@pytest.mark.parametrize(
    ("paragraphs", "refusal", "said"),
    [
        (["{{ ''.__class__ }}"], TemplateRefused, "__class__"),
        (["{{ applicant['__init__'] }}"], TemplateRefused, "__init__"),
        (["{{ applicant.name.format('x') }}"], TemplateRefused, "Call"),
        (["{{ 'a' * 999999999 }}"], TemplateRefused, "Mul"),
        (["{% for x in range(9) %}{% endfor %}"], TemplateRefused, "Call"),
        (["{% set x = 1 %}"], TemplateRefused, "Assign"),
        (["{% include 'x' %}"], TemplateRefused, "Include"),
        (["{% if %}"], TemplateRefused, "dòng"),
        (["{{ applicant.nam }}"], FactUnknown, "nam"),
        (["{{ applicant.name|qr }}"], TemplateRefused, "qr"),
        (
            ["{% for a in letter.many %}{% for b in letter.many %}{% for c in letter.many %}x"
             "{% endfor %}{% endfor %}{% endfor %}"],
            DocumentTooLong,
            "quá dài",
        ),
    ],
)  # fmt: skip
def test_what_is_not_of_the_language_is_refused_in_words(fill, paragraphs, refusal, said):
    with pytest.raises(refusal) as told:
        fill(letter("Đầu", *paragraphs))

    assert said in told.value.say("vi")


def test_what_a_template_says_in_its_properties_is_of_the_language_too(fill):
    content = letter("x")
    core = part_of(content, "docProps/core.xml")
    harmed = re.sub(rb"<dc:title ?/?>", b"<dc:title>{{ ''.__class__ }}</dc:title>", core)
    assert harmed != core
    with pytest.raises(TemplateRefused):
        fill(with_parts(content, {"docProps/core.xml": re.sub(rb"(</dc:title>)+", b"</dc:title>", harmed)}))


def test_a_template_that_takes_for_ever_is_stopped(fill):
    with pytest.raises(WordNotMade, match="too long"):
        fill(letter("x"), patience=0.01)


def bomb():
    """Parts that would unpack to 100 MB."""
    return with_parts(letter("x"), {"word/media/a.bin": b"\0" * 100 * 1024 * 1024})


def as_macro_document(content):
    kinds = part_of(content, "[Content_Types].xml").replace(
        b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
        b"application/vnd.ms-word.document.macroEnabled.main+xml",
    )
    return with_parts(content, {"[Content_Types].xml": kinds})


def with_doctype(content):
    body = part_of(content, DOCUMENT)
    at = body.index(b"?>") + 2
    lol = b'<!DOCTYPE w [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>'
    return with_parts(content, {DOCUMENT: body[:at] + lol + body[at:]})


HOSTILE = {
    "macros": (lambda: with_parts(letter("x"), {"word/vbaProject.bin": b"x"}), "macro"),
    "macros under another name": (lambda: as_macro_document(letter("x")), "macro"),
    "a bomb": (bomb, "giải nén ra quá lớn"),
    "entities": (lambda: with_doctype(letter("x")), "DOCTYPE"),
    "a picture from the net": (lambda: with_relation(letter("x"), "image", "http://a.vn/x.png"), "a.vn"),
    "a picture of a share": (
        lambda: with_relation(letter("x"), "image", "\\\\a\\x.png", outside=False),
        "ra ngoài",
    ),
    "a template from the net": (
        lambda: with_relation(letter("x"), "attachedTemplate", "http://a.vn/x.dotm"),
        "attachedTemplate",
    ),
    "a link that runs": (lambda: with_relation(letter("x"), "hyperlink", "file:///etc/passwd"), "passwd"),
    "an object": (lambda: with_relation(letter("x"), "oleObject", "embeddings/a.bin", outside=False), "ole"),
    "a field that runs": (lambda: with_field(letter("x"), "DDE", "AUTO c:\\\\cmd.exe"), "DDEAUTO"),
    "a field that fetches": (lambda: with_field(letter("x"), " INCLUDE", "PICTURE x"), "INCLUDEPICTURE"),
    "too long": (lambda: with_parts(letter("x"), {"word/x.bin": _noise(6)}), "5 MB"),
    "half of it": (lambda: letter("x")[:4000], "hỏng"),
    "no archive": (lambda: b"PK\x03\x04" + b"\0" * 100, "hỏng"),
    "a table": (lambda: b"\xd0\xcf\x11\xe0" + b"\0" * 600, "chỉ nhận"),
    "no text": (lambda: with_parts(letter("x"), {"[Content_Types].xml": None}), "mục lục"),
    "a way out": (lambda: with_parts(letter("x"), {"../x.xml": b"<x/>"}), "../x.xml"),
    "two of a name": (lambda: _twice(letter("x")), "cùng tên"),
}


def _noise(megabytes):
    import random

    return random.Random(1).randbytes(megabytes * 1024 * 1024)


def _twice(content):
    target = io.BytesIO(content)
    with zipfile.ZipFile(target, "a") as archive:
        archive.writestr("WORD/document.xml", b"<x/>")
    return target.getvalue()


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_file_is_refused_in_words(kind):
    make, said = HOSTILE[kind]
    with pytest.raises(ProcedureError) as refusal:
        check_word(make(), "mau.docx")

    assert said in refusal.value.say("vi")
    assert refusal.value.say("en")


@pytest.mark.parametrize("name", ["mau.docm", "mau.doc", "mau.pdf"])
def test_only_docx_is_taken(name):
    with pytest.raises(ProcedureError):
        check_word(letter("x"), name)


def test_links_and_page_numbers_are_what_letters_have(fill):
    content = with_relation(with_field(letter("x"), " PAGE "), "hyperlink", "https://camau.gov.vn")

    assert text_of(fill(content)).startswith("x")


@pytest.mark.parametrize(
    "pieces",
    [["{{ applicant", ".name }}"], [" PAGE{{ applicant.name }}"], [' HYPERLINK "file:///etc/passwd" ']],
)
def test_a_value_cannot_become_a_field(fill, pieces):
    with pytest.raises(WordTemplateRefused, match="field"):
        fill(with_field(letter("x"), *pieces))
