"""English is complete: every sentence that a page or a view can say has its translation."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]
PACKAGES = ("runtime_api", "admin", "designer", "bpmn_library", "engine")
CATALOGUE = ROOT / "runtime_api" / "translations" / "en" / "LC_MESSAGES" / "messages.po"
FACT = re.compile(r"%\((\w+)\)s")


@pytest.fixture(scope="module")
def english() -> Catalog:
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="en")


@pytest.fixture(scope="module")
def sentences() -> dict[str, str]:
    """Every sentence in the sources, with the file that says it."""
    with (ROOT / "runtime_api" / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)
    found = {}
    for package in PACKAGES:
        for name, _line, message, *_rest in extract_from_dir(ROOT / package, methods, options):
            found[message if isinstance(message, str) else message[0]] = f"{package}/{name}"
    return found


def test_the_sources_are_read(sentences):
    assert len(sentences) > 300
    assert "Việc của tôi" in sentences


def test_every_sentence_has_its_english(sentences, english):
    missing = {text: where for text, where in sentences.items() if not _translation(english, text)}

    assert not missing, "\n".join(f"{where}: {text}" for text, where in sorted(missing.items()))


def test_a_translation_uses_the_same_facts(sentences, english):
    """A fact may be left out of a singular, never invented."""
    wrong = {}
    for text in sentences:
        for said in _translation(english, text):
            if set(FACT.findall(said)) != set(FACT.findall(text)):
                wrong[text] = said

    assert not wrong


def test_nothing_is_marked_fuzzy(english):
    assert not [message.id for message in english if message.fuzzy and message.id]


def _translation(english: Catalog, text: str) -> tuple[str, ...]:
    message = english.get(text)
    if message is None or not message.string:
        return ()
    said = message.string if isinstance(message.string, tuple) else (message.string,)
    return tuple(one for one in said if one)
