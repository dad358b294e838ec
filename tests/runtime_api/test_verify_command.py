"""`motcua verify`: verdict, problems with their way, exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from runtime_api.cli import main

SET = Path(__file__).parents[2] / "bpmn_library" / "sets" / "mot-cua-co-ban"
HEAD = '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="x">'
NODES = '<startEvent id="s"/><exclusiveGateway id="x"/><userTask id="a"/><userTask id="b"/>'
NODES += '<parallelGateway id="j"/><endEvent id="e"/>'
FLOWS = [("s", "x", ""), ("x", "a", "v &gt; 7"), ("x", "b", "v &lt;= 7"), ("a", "j", ""), ("b", "j", "")]


@pytest.fixture
def motcua(capsys, monkeypatch):
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")

    def call(*words):
        code = main(words)
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


@pytest.fixture
def stuck(tmp_path):
    path = tmp_path / "stuck.bpmn"
    flows = "".join(
        f'<sequenceFlow id="{one}.{two}" sourceRef="{one}" targetRef="{two}">'
        + (f"<conditionExpression>{text}</conditionExpression>" if text else "")
        + "</sequenceFlow>"
        for one, two, text in [*FLOWS, ("j", "e", "")]
    )
    path.write_text(f'{HEAD}<process id="p" isExecutable="true">{NODES}{flows}</process></definitions>')
    return str(path)


def test_a_procedure_of_the_library_is_sound_within_the_bound(motcua):
    code, out, _ = motcua("verify", str(SET / "P03" / "process.bpmn"), "--json")

    said = json.loads(out)
    assert code == 0
    assert (said["verdict"], said["problems"], said["limit"]) == ("sound", [], "")
    assert 50 < said["states"] < 3_000, "so many are looked at in less than a second"


def test_a_deadlock_is_told_with_its_way_in_both_languages(motcua, stuck):
    code, out, _ = motcua("verify", stuck, "--json")

    said = json.loads(out)
    assert code == 1
    assert said["verdict"] == "unsound"
    found = said["problems"][0]
    assert (found["kind"], found["elements"]) == ("deadlock", ["j"])
    assert found["path"] == ["s", "s.x", "x", "x.b", "b", "b.j"]
    assert "never comes" in found["message"]["en"]
    assert "không bao giờ tới" in found["message"]["vi"]


def test_several_files_give_a_list_and_a_terminal_gets_sentences(motcua, stuck):
    shipped = str(SET / "P07" / "process.bpmn")

    code, out, _ = motcua("verify", shipped, stuck, "--json")
    assert (code, [one["verdict"] for one in json.loads(out)]) == (1, ["sound", "unsound"])

    code, out, _ = motcua("verify", shipped, stuck)
    assert "process.bpmn: sound" in out
    assert "! Deadlock: The dossier is stuck at “j”" in out
    assert "s → s.x → x → x.b → b → b.j" in out


def test_a_bound_that_is_reached_is_said(motcua):
    code, out, _ = motcua("verify", str(SET / "P03" / "process.bpmn"), "--max-states", "5")

    assert code == 1
    assert "not proven" in out
    assert "Stopped at a limit (states)" in out


def test_what_is_no_diagram_is_refused(motcua, tmp_path):
    (tmp_path / "x.bpmn").write_text("<x/>")

    assert motcua("verify", str(tmp_path / "x.bpmn"))[0] == 2
    assert motcua("verify", str(tmp_path / "nosuch.bpmn"))[0] == 2


def test_one_file_that_cannot_be_read_does_not_hide_the_others(motcua, tmp_path):
    (tmp_path / "x.bpmn").write_text("<x/>")

    code, out, said = motcua("verify", str(tmp_path / "x.bpmn"), str(SET / "P07" / "process.bpmn"), "--json")

    assert code == 1
    assert [one["verdict"] for one in json.loads(out)] == ["sound"]
    assert "x.bpmn: " in said
