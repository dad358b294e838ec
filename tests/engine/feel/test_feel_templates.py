"""Sentences with values in them, as people read values."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.calendar import ZONE
from engine.domain.texts import Text
from engine.feel import FeelError
from engine.feel.templates import fill, formulas, names_in

CONTEXT = {
    "area": Decimal("1250.5"),
    "paid": True,
    "day": date(2026, 11, 24),
    "at": datetime(2026, 11, 24, 8, 5, tzinfo=ZONE),
    "name": "Lê Thị Mai",
    "papers": ["đơn", "bản vẽ"],
    "dossier": {"rounds": 1},
}


@pytest.mark.parametrize(
    ("text", "vi", "en"),
    [
        ("Diện tích {area} m²", "Diện tích 1.250,5 m²", "Diện tích 1,250.5 m²"),
        ("{paid}", "có", "yes"),
        (
            "hẹn {day}, lúc {at}",
            "hẹn 24/11/2026, lúc 08:05, 24/11/2026",
            "hẹn 24/11/2026, lúc 08:05, 24/11/2026",
        ),
        ("{name}: {papers}", "Lê Thị Mai: đơn, bản vẽ", "Lê Thị Mai: đơn, bản vẽ"),
        ("lần {dossier.rounds + 1}", "lần 2", "lần 2"),
        ("[{nothing}]", "[]", "[]"),
        ("{{{name}}}", "{Lê Thị Mai}", "{Lê Thị Mai}"),
        ("{broken +}", "", ""),
    ],
)
def test_a_value_is_shown_as_people_read_it(text, vi, en):
    found = fill(Text(text, text), CONTEXT)
    assert (found.vi, found.en) == (vi, en)


@given(st.text(st.characters(exclude_characters="{}", exclude_categories=("Cs",))))
def test_a_text_without_braces_stays_as_it_is(text):
    assert fill(Text(text, text), CONTEXT) == Text(text, text)


def test_the_names_and_the_mistakes_of_a_text_are_known_before_it_is_used():
    assert list(formulas("{a} và {{b}} và {c.d}")) == ["a", "c.d"]
    assert names_in("{a + b} {c.d}") == {"a", "b", "c"}
    with pytest.raises(FeelError):
        names_in("{a +}")
