"""Law on the steps: a document lists all that it touches; its end warns authors; dossiers keep theirs."""

from __future__ import annotations

from datetime import date

import pytest
from authoring import AUTHOR, PROVINCE
from pages import read

from designer import law
from designer.checks import check_revision
from designer.drafts import get_revision
from designer.law import BadDocument, DocumentFacts
from engine.domain.access import RoleMissing
from engine.store.rows import DossierRow

pytestmark = pytest.mark.sqlite

DECREE = "217/2026/NĐ-CP"


def save(office, login=PROVINCE, **facts):
    with office.unit(login) as unit:
        return law.save_document(unit, DocumentFacts(**{"number": DECREE, **facts}))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Nghị định 217/2026/NĐ-CP, điều 54", ["217/2026/NĐ-CP"]),
        ("Luật Xây dựng 50/2014/QH13 và 62/2020/QH14", ["50/2014/QH13", "62/2020/QH14"]),
        ("Thông tư 03/2025/TT-VPCP", ["03/2025/TT-VPCP"]),
        ("điều 3, ngày 01/7/2026", []),
        ("Quyết định 1500/QĐ-UBND", ["1500/QĐ-UBND"]),
    ],
)
def test_numbers_of_documents_are_found_in_words(text, found):
    assert law.numbers_in(text) == found


def test_a_document_lists_the_limit_and_the_steps_of_every_procedure(office, authoring):
    with office.reading(PROVINCE) as unit:
        _, touched = law.get_document(unit, DECREE)

    [p03] = [one for one in touched if one.key == "P03"]
    assert {place.kind for place in p03.places} >= {"limit", "procedure"}
    assert any("điều 54" in place.text for place in p03.places)


def test_a_document_that_ends_warns_every_draft_that_rests_on_it(office, authoring):
    draft = authoring.draft()
    save(office, number="300/2026/NĐ-CP", effective_from=date(2026, 11, 1))
    assert save(office, effective_to=date(2026, 10, 31), replaced_by="300/2026/NĐ-CP") >= 2

    with office.reading(None) as unit:
        found = [
            one for one in check_revision(unit, get_revision(unit, draft)).warnings if one.rule == "law-ended"
        ]

    assert any("nay là 300/2026/NĐ-CP" in one.message.vi for one in found)


def test_running_dossiers_keep_the_revision_and_its_law(office, authoring):
    dossier = office.permit()
    with office.reading(None) as unit:
        before = unit.session.get(DossierRow, dossier).current_due

    save(office, effective_to=date(2026, 10, 31))

    with office.reading(None) as unit:
        row = unit.session.get(DossierRow, dossier)
        assert (row.current_due, row.revision_id) == (before, authoring.in_force().id)


def test_only_the_province_writes_the_register(office):
    with pytest.raises(RoleMissing):
        save(office, AUTHOR)


@pytest.mark.parametrize(
    "wrong",
    [
        {"number": "Nghị định"},
        {"effective_from": date(2026, 2, 1), "effective_to": date(2026, 1, 1)},
        {"replaced_by": "999/2099/NĐ-CP"},
        {"replaced_by": DECREE},
    ],
)
def test_what_makes_no_sense_is_refused(office, wrong):
    with pytest.raises(BadDocument):
        save(office, **wrong)


def test_two_documents_cannot_replace_each_other(office):
    for number in ("301/2026/NĐ-CP", "302/2026/NĐ-CP", "303/2026/NĐ-CP"):
        save(office, number=number)
    save(office, number="301/2026/NĐ-CP", replaced_by="302/2026/NĐ-CP")
    save(office, number="302/2026/NĐ-CP", replaced_by="303/2026/NĐ-CP")
    for replaced_by in ("301/2026/NĐ-CP", "302/2026/NĐ-CP"):
        with pytest.raises(BadDocument, match="replace each other"):
            save(office, number="303/2026/NĐ-CP", replaced_by=replaced_by)


def test_the_pages_show_the_register_and_one_document(app, office, authoring):
    client = app.test_client().sign_in(PROVINCE)
    assert DECREE in read(client.get("/designer/law/")).words

    sent = {"number": DECREE, "title": "Về thời hạn", "effective_to": "31/10/2026"}
    answer = client.post("/designer/law/document", data=sent)

    page = read(client.get(answer.headers["Location"]))
    assert "Về thời hạn" in page.words
    assert "Nếu văn bản này thay đổi, phải xem lại những chỗ sau" in page.words
    listed = read(client.get("/designer/law/?q=217")).words
    assert "hết hiệu lực" in listed
    assert client.get("/designer/law/document?number=1/2000/QH1").status_code == 404
