"""motcua lint --repair: proposals for people and for programs, and a mended file beside the drawing."""

from __future__ import annotations

import json

import pytest

from runtime_api.cli import main

pytestmark = pytest.mark.sqlite

DRAWN = """<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="x">
<process id="p">
<startEvent id="s"/><task id="t" name="Ký"/><sequenceFlow id="a" sourceRef="s" targetRef="t"/>
<intermediateCatchEvent id="w" name="chờ"><timerEventDefinition/></intermediateCatchEvent>
<sequenceFlow id="b" sourceRef="t" targetRef="w"/></process></definitions>"""


@pytest.fixture
def motcua(capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "drawn.bpmn").write_text(DRAWN, encoding="utf-8")

    def call(*words):
        code = main(["lint", "--repair", *words])
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


def test_each_repair_is_a_line_with_its_question(motcua):
    code, out, _ = motcua("drawn.bpmn")

    assert code == 0
    assert "timer-time:w Thời gian của “chờ”: P1D." in out
    assert "? “chờ” là bao lâu? Tạm đặt 1 ngày." in out
    assert out.splitlines()[-1] == "drawn.bpmn: chạy được sau 3 chỗ sửa, 1 chỗ cần xác nhận."


def test_the_mended_drawing_is_written_beside_and_runs(motcua, tmp_path, capsys):
    code, out, _ = motcua("drawn.bpmn", "--out", "mended.bpmn", "--answer", "timer-time:w=PT2H", "--json")

    [found] = json.loads(out)
    assert (code, found["runs"], found["left"]) == (0, True, [])
    assert (tmp_path / "drawn.bpmn").read_text(encoding="utf-8") == DRAWN
    assert "PT2H" in (tmp_path / "mended.bpmn").read_text(encoding="utf-8")
    assert main(["lint", "mended.bpmn"]) == 0
    assert main(["run", "mended.bpmn"]) == 0


def test_what_is_left_out_is_named_for_a_person_to_decide(motcua):
    code, out, _ = motcua("drawn.bpmn", "--without", "timer-time:w")
    assert code == 1
    assert "cần người quyết định [w]" in out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--out", "drawn.bpmn"), "Không ghi đè “drawn.bpmn”"),
        (("--out", "."), "Không ghi đè “drawn.bpmn”"),
        (("--answer", "PT2H"), "cần dạng MÃ=TRẢ_LỜI"),
    ],
)
def test_nothing_is_overwritten_and_an_answer_belongs_to_a_question(motcua, words, said):
    code, _, err = motcua("drawn.bpmn", *words)
    assert code == 2
    assert said in err


def test_a_file_that_is_no_diagram_is_said(motcua, tmp_path):
    (tmp_path / "note.bpmn").write_text("ghi chú", encoding="utf-8")
    code, out, _ = motcua("note.bpmn")
    assert code == 1
    assert "cần người quyết định" in out
