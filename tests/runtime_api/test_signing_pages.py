"""The queues of signing and sealing in the browser, and the signed file on its way to the applicant."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import pytest
from browser import TOKEN
from office import open_office
from sqlalchemy import select, update

from engine.documents import pdf
from engine.store.keys import KeyStore
from engine.store.teamwork_rows import BulkRow
from engine.usecases import bulk, bulk_signing
from runtime_api.demo_keys import PIN, give_keys

pytestmark = [
    pytest.mark.sqlite,
    pytest.mark.skipif(pdf.trouble() is not None, reason=f"PDF cannot be made here: {pdf.trouble()}"),
]
CODE = "H12.01-261123-0001"


@pytest.fixture
def province(province, tmp_path):
    """The province with keys for its signatories and offices."""
    engine = replace(province, keys=KeyStore(tmp_path / "keys"))
    give_keys(engine, tmp_path / "keys")
    return engine


@pytest.fixture
def office(province, clock):
    made = open_office(province, clock)
    for _ in range(2):
        dossier = made.permit()
        made.do(dossier, "T2", "assign", assigned_specialist="Võ Thùy Linh")
        made.do(dossier, "T3", "refuse", reason="Trái quy hoạch.")
        made.do(dossier, "TR", "refuse", refusal_reason="Trái quy hoạch.", refusal_legal="Điều 93")
        made.do(dossier, "T7", "approve")
    return made


def picks(page, name):
    return re.findall(rf'name="{name}" value="([\d.]+)"', page)


def test_a_decision_goes_from_the_leader_to_the_applicant(client, office):
    client.sign_in("tuan.pm")
    page = client.get("/staff/signing").text
    first, _second = picks(page, "task")
    assert "Thông báo từ chối" in page
    assert "THÔNG BÁO TỪ CHỐI" in client.get(f"/staff/signing/{first.split('.')[0]}").text
    assert client.get(f"/staff/signing/{first.split('.')[0]}.pdf").data.startswith(b"%PDF")

    wrong = client.post("/staff/signing", data={"task": first, "pin": "1"})
    signed = client.post("/staff/signing", data={"task": first, "pin": PIN}).text
    assert wrong.status_code == 409
    assert "PIN" in wrong.text
    assert f'value="{first}" checked' in wrong.text  # what was chosen stays chosen
    assert "Đã ký 1 trên 1 văn bản" in signed
    assert len(picks(client.get("/staff/signing").text, "task")) == 1

    office.do(1, "T9r", "issue")
    client.sign_in("huong.bt")
    (document,) = picks(client.get("/staff/sealing").text, "document")
    assert "Đã ký 1 trên 1" in client.post("/staff/sealing", data={"document": document, "pin": PIN}).text

    client.sign_in("mai.lt")
    papers = client.get(f"/staff/dossiers/{CODE}/papers").text
    assert "ký số: Phạm Minh Tuấn, Sở Xây dựng" in papers
    sealed = client.get(f"/staff/papers/{document}.pdf").data

    asked = {"code": CODE, "factor": "5678"}
    assert "Tải kết quả có chữ ký số" in client.post("/lookup", data=asked).text
    got = client.post("/lookup", data={**asked, "get": "decision"})
    assert got.data == sealed
    assert got.headers["Content-Disposition"].startswith("attachment")
    refused = client.post("/lookup", data={**asked, "factor": "0000", "get": "decision"})
    assert refused.mimetype == "text/html"


def test_nothing_is_handed_out_before_it_is_sealed(client, office):
    client.sign_in("tuan.pm")
    (first, _) = picks(client.get("/staff/signing").text, "task")
    client.post("/staff/signing", data={"task": first, "pin": PIN})

    answer = client.post("/lookup", data={"code": CODE, "factor": "5678", "get": "decision"})
    assert answer.mimetype == "text/html"
    assert "Tải kết quả" not in answer.text


def test_a_decision_is_sent_back_with_a_note(client, office):
    client.sign_in("tuan.pm")
    (first, second) = picks(client.get("/staff/signing").text, "task")
    task, version = first.split(".")
    empty = client.post(f"/staff/signing/{task}/return", data={"version": version, "reason": " "})
    done = client.post(
        f"/staff/signing/{task}/return", data={"version": version, "reason": "Bổ sung căn cứ."}
    )

    assert empty.status_code == 422
    assert "Hãy ghi lý do" in empty.text
    assert done.status_code == 303
    assert picks(client.get("/staff/signing").text, "task") == [second]


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({}, 422),
        ({"task": "x", "pin": PIN}, 422),
        ({"task": "1.1", "pin": ""}, 422),
        ({"task": "7", "pin": "1"}, 422),
    ],
)
def test_a_choice_that_cannot_be_read_is_a_sentence(client, office, form, status):
    client.sign_in("tuan.pm")
    answer = client.post("/staff/signing", data=form)

    assert answer.status_code == status
    assert "Hãy chọn từ 1 đến 50 văn bản" in answer.text


def test_those_who_do_not_sign_find_empty_queues(client, office):
    client.sign_in("mai.lt")

    assert "Không có văn bản nào chờ bạn ký" in client.get("/staff/signing").text
    assert "Không có văn bản nào chờ đóng dấu" in client.get("/staff/sealing").text
    assert client.get("/staff/signing/1").status_code in (403, 404, 409)


def test_a_file_signed_elsewhere_is_looked_at_before_it_is_taken(client, office):
    client.sign_in("tuan.pm")
    (first, _) = picks(client.get("/staff/signing").text, "task")
    document = re.search(
        r"/staff/papers/(\d+)\.pdf", client.post("/staff/signing", data={"task": first, "pin": PIN}).text
    )[1]
    signed = client.get(f"/staff/papers/{document}.pdf").data
    client.sign_in("mai.lt")
    address = f"/staff/dossiers/{CODE}/papers/signed"

    taken = client.post(address, data={"file": (io.BytesIO(signed), "quyết định.pdf")})
    unsigned = client.post(address, data={"file": (io.BytesIO(pdf.make_pdf("x", title="x")), "a.pdf")})
    nothing = client.post(address, data={})

    assert taken.status_code == 303
    assert "Phạm Minh Tuấn" in client.get(taken.location).text
    for answer in (unsigned, nothing):
        assert answer.status_code == 422
        assert "không có chữ ký số nào đọc được" in answer.text


def test_chosen_decisions_of_the_list_are_signed_with_one_pin_each_with_its_result(client, office):
    """A PIN that is wrong signs nothing and keeps the choice; a line that changed is refused alone."""
    client.sign_in("tuan.pm")
    listing = client.get("/staff/?scope=role").text
    first, second = re.findall(r'name="t" value="([\d.]+)"', listing)
    chosen = client.post("/staff/many", data={"t": [first, second.split(".")[0] + ".99"]}).location
    asked = client.get(chosen).text
    wrong = client.post(f"{chosen}/begin", data={"act": "sign", "pin": "1"})
    done = client.post(f"{chosen}/begin", data={"act": "sign", "pin": PIN}, follow_redirects=True).text
    again = client.post(f"{chosen}/begin", data={"act": "sign", "pin": PIN}, follow_redirects=True).text

    assert 'value="sign"' in asked
    assert wrong.status_code == 409
    assert "PIN" in wrong.text
    assert (done.count("✓ đã làm"), done.count("✕ không làm được")) == (1, 1)
    assert TOKEN.sub("", again) == TOKEN.sub("", done)
    assert picks(client.get("/staff/signing").text, "task") == [second]
    assert office.check() == {}
    with office.reading(None) as unit:
        assert PIN not in str(unit.session.execute(select(BulkRow.facts, BulkRow.act)).all())


def test_signing_that_was_cut_short_ends_in_words_and_no_worker_goes_on_with_it(office, clock):
    task = office.task(1, "T8")
    with office.unit("tuan.pm") as unit:
        number = bulk.prepare(unit, [(task, 1)])
        unit.session.execute(update(BulkRow).values(act=bulk.SIGN, state="running", begun_at=unit.now))
    early = bulk_signing.carry_on(office.engine, 10)
    clock.advance(minutes=11)
    late, after = bulk_signing.carry_on(office.engine, 10), bulk_signing.carry_on(office.engine, 10)

    assert (early, late, after) == (0, 1, 0)
    with office.reading("tuan.pm") as unit:
        view = bulk.describe(unit, number)
    assert (view.state, view.refused) == ("done", 1)
    assert "hàng chờ ký" in view.lines[0].text.vi
    assert office.check() == {}


def test_other_work_than_decisions_is_not_offered_for_signing(client, office):
    dossier = office.permit()
    task = office.task(dossier, "T2")
    client.sign_in("khoa.nd")
    chosen = client.post("/staff/many", data={"t": [f"{task}.1"]}).location

    assert 'value="sign"' not in client.get(chosen).text
    refused = client.post(f"{chosen}/begin", data={"act": "sign", "pin": PIN})
    assert refused.status_code == 409
    assert "chưa có khóa ký số" in refused.text
