"""The library's pages, as IT staff and others meet them."""

from __future__ import annotations

import io

import pytest

pytestmark = pytest.mark.sqlite


def newer(set_folder) -> bytes:
    set_folder.change_json("manifest.json", lambda one: one.update(version="1.1.0"))
    set_folder.change_text("P07/process.bpmn", 'mc:hours="3"', 'mc:hours="2.5"')
    return set_folder.packed()


def uploaded(client, data: bytes):
    return client.post("/library/packages", data={"package": (io.BytesIO(data), "set.zip")})


def test_a_stranger_is_sent_to_sign_in(client):
    assert client.get("/library/").status_code == 303


def test_the_list_shows_the_shipped_set_and_it_staff_may_upload(client):
    page = client.sign_in("vinh.dq").get("/library/").text
    assert "Bộ thủ tục một cửa cơ bản" in page
    assert "mới nhất" in page
    assert 'name="package"' in page


def test_an_author_sees_the_list_but_no_import(client):
    client.sign_in("thao.np")
    assert 'name="package"' not in client.get("/library/").text
    assert client.get("/library/sets/mot-cua-co-ban").status_code == 403
    assert client.post("/library/sets/mot-cua-co-ban").status_code == 403


def test_the_shipped_set_changes_nothing_where_it_is_installed(client):
    page = client.sign_in("vinh.dq").get("/library/sets/mot-cua-co-ban")
    assert "Không có gì để nhập" in page.text


def test_an_uploaded_set_is_looked_at_and_then_imported_once(client, set_folder):
    client.sign_in("vinh.dq")

    address = uploaded(client, newer(set_folder)).location
    seen = client.get(address).text
    answer = client.post(address)
    after = client.get(answer.location).text
    again = client.post(address)

    assert "Kiểm tra bản chính" in seen
    assert "3 giờ → 2,5 giờ" in seen
    assert (answer.status_code, "/library/imports/" in answer.location) == (303, True)
    assert "Bản nháp, phiên bản 2" in after
    assert again.location == address
    assert "Không có gì thay đổi" in client.get(address).text


def test_choices_on_the_page_are_seen_in_the_preview(client):
    client.sign_in("vinh.dq")
    page = client.get("/library/sets/mot-cua-co-ban?participant-fire_police=").text
    assert "Chưa có đơn vị nào nhận vai này" in page


def test_a_file_that_is_no_package_is_refused_in_words(client):
    answer = uploaded(client.sign_in("vinh.dq"), b"this is no zip")
    assert answer.status_code == 422
    assert "Không dùng được gói bộ thủ tục này" in answer.text


def test_no_file_is_asked_for_again(client):
    answer = client.sign_in("vinh.dq").post("/library/packages", data={})
    assert answer.location == "/library/"


@pytest.mark.parametrize(
    "address", ["/library/sets/no-such-set", "/library/packages/" + "0" * 64, "/library/imports/999"]
)
def test_what_is_not_there_is_not_found(client, address):
    assert client.sign_in("vinh.dq").get(address).status_code == 404
