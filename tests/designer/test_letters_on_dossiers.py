"""Letters that authors wrote, on the page of a running dossier: choose, look, make."""

from __future__ import annotations

import pytest
from pages import read

from engine.documents.marks import parts_of
from engine.store.rows import DossierRow, RevisionRow

pytestmark = pytest.mark.sqlite
BODY = """# GIẤY MỜI
> {{ today|ngay_dai }}

Kính gửi: **{{ applicant.name }}**
Thửa {{ data.parcel_no }}.
- {{ data.parcel_address }}"""
EVIL = "<script>alert(1)</script> {{ 7 }}"


@pytest.fixture
def dossier(office) -> str:
    number = office.permit(parcel_address=EVIL)
    with office.unit("mai.lt") as unit:
        row = unit.session.get_one(DossierRow, number)
        revision = unit.session.get_one(RevisionRow, row.revision_id)
        letters = {"giay_moi": {"title": {"vi": "Giấy mời", "en": "Invitation"}, "body": BODY}}
        letters["hong"] = {"title": {"vi": "Hỏng", "en": "Broken"}, "body": "{{ data.nobody.at }}"}
        revision.content = {**revision.content, "letters": letters}
        return row.code


@pytest.fixture
def clerk(app, dossier):
    return app.test_client().sign_in("mai.lt")


def test_a_letter_is_chosen_looked_at_and_made(clerk, dossier):
    address = f"/staff/dossiers/{dossier}/letters"
    assert address in clerk.get(f"/staff/dossiers/{dossier}").text
    page = read(clerk.get(address))
    assert page.tree.xpath('//select[@name="letter"]/option/@value') == ["giay_moi", "hong"]

    answer = clerk.get(f"{address}?letter=giay_moi")
    page = read(answer)
    sheet = page.tree.xpath('//article[contains(@class, "paper")]')[0]
    assert sheet.xpath(".//h1")[0].text == "GIẤY MỜI"
    assert sheet.xpath('.//p[@class="text"]/b')[0].text == "Nguyễn Văn Á"
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in page.words, "the letterhead"
    assert EVIL in page.words
    assert "<script>alert" not in answer.text
    papers = f"/staff/dossiers/{dossier}/papers"
    assert "Giấy mời" not in read(clerk.get(papers)).words, "looking makes nothing"

    made = clerk.post(address, data={"letter": "giay_moi"})
    assert made.status_code == 303
    paper = clerk.get(made.location)
    assert "GIẤY MỜI" in paper.text
    assert "<script>alert" not in paper.text
    assert "Giấy mời" in read(clerk.get(papers)).words


def test_a_letter_that_cannot_be_said_is_refused_in_a_sentence(clerk, dossier):
    address = f"/staff/dossiers/{dossier}/letters"
    page = read(clerk.get(f"{address}?letter=hong"))
    assert page.tree.xpath('//*[@role="alert"]')
    assert page.tree.xpath('//article[contains(@class, "paper")]') == []
    assert clerk.post(address, data={"letter": "hong"}).status_code == 422
    assert clerk.get(f"{address}?letter=nothing").status_code == 404


def test_strangers_get_no_letters(app, dossier):
    address = f"/staff/dossiers/{dossier}/letters"
    client = app.test_client().sign_in("nga.tt")  # of another department
    assert client.get(f"{address}?letter=giay_moi").status_code in (403, 404)
    assert client.post(address, data={"letter": "giay_moi"}).status_code in (403, 404)


def test_marks_are_read_into_parts_of_plain_text():
    parts = parts_of("# Tên &lt;b&gt;\n\nmột **hai** ba\nbốn\n- năm\n&gt; sáu\n\n#bảy")
    said = [(one["kind"], ["".join(span["text"] for span in line) for line in one["lines"]]) for one in parts]
    assert said == [
        ("heading", ["Tên <b>"]), ("text", ["một hai ba", "bốn"]), ("item", ["năm"]), ("right", ["sáu"]),
        ("text", ["#bảy"]),
    ]  # fmt: skip
    assert [span["bold"] for span in parts[1]["lines"][0]] == [False, True, False]
