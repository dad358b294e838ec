"""References to law in English: kinds and parts are said in English, numbers and names stay."""

import pytest

from engine.domain.citations import cite

CASES = {
    "Điều 5 khoản 2 Nghị định 61/2018/NĐ-CP": "Article 5 clause 2 Decree 61/2018/NĐ-CP",
    "điểm a khoản 1 điều 7, điều 21": "point a clause 1 Article 7, Article 21",
    "điều 89–105": "Articles 89–105",
    "Luật Xây dựng 50/2014/QH13": "Law 50/2014/QH13 (Luật Xây dựng)",
    "Bộ luật Dân sự số 91/2015/QH13": "Code 91/2015/QH13 (Bộ luật Dân sự)",
    "Luật Phòng cháy, chữa cháy và cứu nạn, cứu hộ 55/2024/QH15": (
        "Law 55/2024/QH15 (Luật Phòng cháy, chữa cháy và cứu nạn, cứu hộ)"
    ),
    "Thông tư liên tịch số 23/2019/TTLT-BTP": "Joint Circular 23/2019/TTLT-BTP",
    "Quyết định 1/QĐ-UBND và Công văn 2/CV": "Decision 1/QĐ-UBND and Official Letter 2/CV",
    "Phụ lục II, Mẫu 02": "Annex II, Form 02",
    "Luật Xây dựng 50/2014/QH13 điều 93; Thông tư 03/2025/TT-VPCP": (
        "Law 50/2014/QH13 (Luật Xây dựng) Article 93; Circular 03/2025/TT-VPCP"
    ),
    "Quy chế của đơn vị": "Quy chế của đơn vị",
    "kèm theo hợp đồng điều chỉnh": "kèm theo hợp đồng điều chỉnh",
    "": "",
}


@pytest.mark.parametrize("text", CASES)
def test_a_reference_is_said_in_english(text):
    assert cite(text, "en") == CASES[text]
    assert cite(text, "vi") == text


def test_a_long_reference_takes_no_time():
    """Nothing that a person typed makes the search run away."""
    assert "Law" not in cite("luật " * 20_000, "en")
