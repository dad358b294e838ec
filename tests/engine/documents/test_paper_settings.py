"""Newer templates from a day on, and whose key is whose."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from engine.documents import issuing, produce
from engine.documents.errors import NoTemplate, TemplateRefused
from engine.errors import NotFound
from engine.store.document_rows import SigningKeyRow
from engine.store.rows import DossierRow
from engine.usecases.paper_settings import (
    BadKey,
    TemplateKnown,
    TemplateTooEarly,
    add_template,
    assign_key,
    end_key,
)

pytestmark = pytest.mark.sqlite
TODAY = date(2026, 11, 23)
OWN = {
    "form_code": "03",
    "content": "<p>{{ letter.reason }}</p>",
    "version_name": "QĐ 9",
    "effective_from": TODAY,
}


def test_a_newer_template_holds_from_its_day(office):
    dossier = office.permit()
    with office.unit(None) as unit:
        add_template(unit, **OWN)
        add_template(unit, **OWN | {"content": "<p>mai</p>", "effective_from": date(2026, 11, 24)})
    with office.unit("mai.lt") as unit:
        row = produce(unit, unit.session.get(DossierRow, dossier), "03", {"reason": "Không thuộc"})
        assert issuing.page_of(row) == "<p>Không thuộc</p>"


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"content": "{{ x() }}"}, TemplateRefused),
        ({"form_code": "99"}, NoTemplate),
        ({"effective_from": date(2026, 11, 22)}, TemplateTooEarly),
        ({"unit_code": "none"}, NotFound),
    ],
)
def test_a_template_that_cannot_hold_is_refused(office, change, refusal):
    with pytest.raises(refusal), office.unit(None) as unit:
        add_template(unit, **OWN | change)


def test_the_same_template_is_kept_once(office):
    with office.unit(None) as unit:
        add_template(unit, **OWN)
    with pytest.raises(TemplateKnown), office.unit(None) as unit:
        add_template(unit, **OWN)


def test_a_new_key_ends_the_former_one_of_its_owner(office):
    with office.unit(None) as unit:
        assign_key(unit, kind="soft", label="cu", login="tuan.pm")
        assign_key(unit, kind="pkcs11", label="token/khoa", login="tuan.pm")
        assign_key(unit, kind="soft", label="so", unit_code="sxd")
    with office.reading(None) as unit:
        keys = {one.label: one for one in unit.session.scalars(select(SigningKeyRow))}
        in_use = {label for label, one in keys.items() if one.ended_at is None}
    with office.unit(None) as unit:
        end_key(unit, keys["so"].id, "Mất thiết bị")
    with office.reading(None) as unit:
        ended = unit.session.get(SigningKeyRow, keys["so"].id).ended_at

    assert in_use == {"token/khoa", "so"}
    assert keys["so"].unit_id is not None
    assert keys["so"].user_id is None
    assert ended is not None


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "soft", "label": "x"},
        {"kind": "soft", "label": "x", "login": "tuan.pm", "unit_code": "sxd"},
        {"kind": "paper", "label": "x", "login": "tuan.pm"},
        {"kind": "soft", "label": " ", "login": "tuan.pm"},
        {"kind": "soft", "label": "x" * 81, "login": "tuan.pm"},
    ],
)
def test_a_key_without_exactly_one_owner_is_refused(office, wrong):
    with pytest.raises(BadKey), office.unit(None) as unit:
        assign_key(unit, **wrong)
