"""The page on which running dossiers go over to a newer revision, and who may use it."""

from __future__ import annotations

import pytest
from authoring import AUTHOR, HEAD, PROVINCE, step
from pages import read

pytestmark = pytest.mark.sqlite
WHY = "Quyết định 1500/QĐ-UBND rút ngắn bước phân công."


@pytest.fixture
def newer(office, authoring):
    """A dossier under way, and a published revision that is newer than its own."""
    dossier = office.permit()
    source = authoring.in_force()
    revision = authoring.approved(step(authoring.row(source.id).definition.xml, "T2", name="Phân công mới"))
    authoring.publish(revision, office.clock.now().date())
    return dossier, source.id, revision


def test_dossiers_are_moved_and_taken_back_on_the_page(app, office, newer):
    dossier, source, revision = newer
    client = app.test_client().sign_in(PROVINCE)
    address = f"/designer/revisions/{revision}/migration"
    linked = read(client.get(f"/designer/revisions/{revision}")).links()
    page = read(client.get(address))
    sent = {**page.form(address), "reason": WHY}
    first, second = client.post(address, data=sent), client.post(address, data=sent)
    there = office.dossier(dossier).revision_id
    after = read(client.get(address))
    undone = client.post(f"{address}/1/undo", data={"reason": WHY})
    back = office.dossier(dossier).revision_id

    assert address in linked
    assert "Phân công mới" in page.words
    assert "1 trên 1 chuyển được" in page.words
    assert (first.status_code, second.status_code, undone.status_code) == (303, 303, 303)
    assert "1 đã chuyển, 0 ở lại, 0 hoàn lại" in after.words
    assert "Không còn hồ sơ nào ở phiên bản cũ" in after.words
    assert (there, back) == (revision, source)
    assert office.check() == {}


@pytest.mark.parametrize("login", [AUTHOR, HEAD])
def test_only_the_province_sees_and_decides(app, newer, login):
    _, source, revision = newer
    client = app.test_client().sign_in(login)
    address = f"/designer/revisions/{revision}/migration"

    assert client.get(address).status_code == 403
    assert client.post(address, data={"from": source, "reason": WHY}).status_code == 403
    assert address not in read(client.get(f"/designer/revisions/{revision}")).links()


def test_a_short_reason_is_refused_and_moves_nothing(app, office, newer):
    dossier, source, revision = newer
    client = app.test_client().sign_in(PROVINCE)
    answer = client.post(f"/designer/revisions/{revision}/migration", data={"from": source, "reason": "có"})

    assert answer.status_code == 422
    assert office.dossier(dossier).revision_id == source


def test_the_page_speaks_english(app, newer):
    client = app.test_client().sign_in(PROVINCE)
    words = read(client.get(f"/designer/revisions/{newer[2]}/migration?lang=en")).words

    assert "Move running dossiers to version" in words
    assert "Chuyển" not in words
