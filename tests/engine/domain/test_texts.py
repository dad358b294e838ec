"""Texts in two languages, and folding for search."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.texts import BadText, Text, fold


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Nguyễn Văn ĐỨC", "nguyen van duc"),
        ("  Đường   Lê\tLợi \n", "duong le loi"),
        ("Thửa đất số 12/Ư", "thua dat so 12/u"),
        (unicodedata.normalize("NFD", "Quyền sử dụng"), "quyen su dung"),
        ("GIẤY PHÉP", "giay phep"),
        ("", ""),
    ],
)
def test_a_text_is_folded_as_people_search(text, folded):
    assert fold(text) == folded


@given(st.text())
def test_folding_twice_changes_nothing(text):
    assert fold(fold(text)) == fold(text)


@given(st.text(), st.text())
def test_the_way_letters_are_composed_does_not_matter(left, right):
    text = f"{left} {right}"

    assert fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text))


def test_a_text_falls_back_to_the_language_it_has():
    assert Text("Một cửa", "One stop").say("en") == "One stop"
    assert Text("Một cửa").say("en") == "Một cửa"
    assert Text("", "One stop").say("vi") == "One stop"


@pytest.mark.parametrize("text", [Text("Hồ sơ", "Dossier"), Text("Hồ sơ"), Text("")])
def test_a_text_survives_json(text):
    assert Text.of(text.as_json()) == text


def test_a_plain_string_is_vietnamese_and_composed():
    assert Text.of(unicodedata.normalize("NFD", "Hồ sơ")) == Text("Hồ sơ")
    assert Text.of(None) == Text("")


@pytest.mark.parametrize("source", [5, ["a"], {"fr": "dossier"}, {"vi": 5}])
def test_anything_else_is_refused(source):
    with pytest.raises(BadText):
        Text.of(source)


def test_facts_speak_the_language_of_their_sentence():
    sentence = Text("nghỉ: {reason}", "off: {reason}").filled(reason=Text("Tết", "New Year"))

    assert sentence == Text("nghỉ: Tết", "off: New Year")
