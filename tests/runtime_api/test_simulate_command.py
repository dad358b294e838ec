"""motcua simulate: figures as JSON or for people, variants side by side, refusals in sentences."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from runtime_api.cli import main

P07 = str(Path(__file__).parents[2] / "bpmn_library" / "sets" / "mot-cua-co-ban" / "P07")
FEW = ("--arrivals", "6", "--days", "10", "--repeat", "2", "--from", "2026-11-23", "--seed", "5")

pytestmark = pytest.mark.sqlite


@pytest.fixture
def motcua(capsys, monkeypatch):
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")

    def call(*words):
        code = main(["simulate", *words])
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


def test_two_variants_are_told_apart_over_the_same_dossiers(motcua):
    code, out, _ = motcua(P07, *FEW, "--staff", "*=1", "--against-staff", "CIVIL_STATUS=3", "--json")

    found = json.loads(out)
    assert code == 0
    assert found["dossiers"] == found["against"]["dossiers"]
    assert found["against"]["roles"]["CIVIL_STATUS"]["people"] == 3
    assert found["difference"]["hours"]["mean"] <= 0
    assert {"vi", "en"} == set(found["assumed"][0])


def test_people_read_a_table_narrow_places_and_what_was_assumed(motcua):
    code, out, _ = motcua(
        P07, *FEW, "--staff", "*=1", "--time", "T2=4h-6h-9h", "--chance", "T2=valid:0.9,not_copyable:0.1"
    )

    assert code == 0
    assert "đúng hạn" in out
    assert "CIVIL_STATUS" in out
    assert "không kịp: việc đến cần" in out
    assert "Giả định:" in out
    assert "Kiểm tra bản chính" not in out.split("Giả định:")[1]  # its time and its choices were given


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--staff", "*=1"), "số hồ sơ mỗi ngày làm việc, ví dụ 40"),
        (("--arrivals", "nhiều", "--staff", "*=1"), "“--arrivals nhiều”"),
        (("--arrivals", "5"), "số người của các vai trò: "),
        (("--arrivals", "5", "--staff", "CLERK"), "VAI_TRÒ=SỐ_NGƯỜI"),
        (("--arrivals", "5", "--staff", "*=1", "--time", "T2=lâu"), "BƯỚC=ngắn-thường-dài"),
        (("--arrivals", "5", "--staff", "*=1", "--chance", "T2=valid"), "BƯỚC=giá_trị:tỷ_lệ"),
        (("--arrivals", "5", "--staff", "*=1", "--chance", "T2=valid:0.5"), "cộng lại bằng 1"),
        (("--arrivals", "5", "--staff", "*=1", "--data", "[]"), "cần một đối tượng JSON"),
        (("--arrivals", "99999", "--staff", "*=1", "--days", "999"), "tối đa 500.000 hồ sơ"),
    ],
)
def test_what_cannot_be_simulated_is_a_sentence(motcua, words, said):
    code, out, err = motcua(P07, *words)
    assert (code, out) == (2, "")
    assert said in err
