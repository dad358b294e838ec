"""The reference page: every function with an example that works, written from the functions themselves."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.feel import reference

PAGE = Path(__file__).parents[3] / reference.PAGE
EXAMPLES = [line for text in reference.GROUPS.values() for line in reference.lines(text)]


def test_every_function_is_described_once():
    assert reference.undescribed() == set()
    assert len({name for name, *_ in EXAMPLES}) == len(EXAMPLES)


@pytest.mark.parametrize(("name", "example"), [(name, example) for name, example, *_ in EXAMPLES])
def test_every_example_calls_its_function_and_gives_something(name, example):
    assert example.startswith(name + "(")
    assert reference.result(example) != "null" or name == "all"


def test_the_page_is_as_the_functions_are():
    text = PAGE.read_text(encoding="utf-8")

    assert reference.page(text) == text, "python -m engine.feel.reference"
