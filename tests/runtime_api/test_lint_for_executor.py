"""An installation whose dossiers run on the second engine: the linter narrows to what that engine runs."""

import json

import pytest

from bpmn_library.checks import check_entry
from bpmn_library.packages import Entry
from bpmn_library.sets import SETS, shipped_set
from engine.execution.executors import lint_for
from engine.runtime import open_engine
from engine.settings import Settings
from runtime_api.cli import main

LOOP = (
    b"<bpmn:standardLoopCharacteristics><bpmn:loopCondition>false</bpmn:loopCondition>"
    b"</bpmn:standardLoopCharacteristics>"
)


@pytest.fixture
def looped(tmp_path):
    """P07 with a step that loops: fine for our own engine, outside what the second one runs."""
    xml = (SETS / "mot-cua-co-ban" / "P07" / "process.bpmn").read_bytes()
    file = tmp_path / "loop.bpmn"
    file.write_bytes(xml.replace(b"</bpmn:userTask>", LOOP + b"</bpmn:userTask>", 1))
    return file


def rules(capsys):
    return {one["rule"] for one in json.loads(capsys.readouterr().out) if one["severity"] == "error"}


def test_the_command_asks_the_engine_that_is_named(looped, capsys):
    assert main(["lint", "--json", str(looped)]) == 0
    assert rules(capsys) == set()
    assert main(["lint", "--json", "--executor", "spiffworkflow", str(looped)]) == 1
    assert rules(capsys) == {"second-engine"}


def test_the_command_asks_the_engine_of_the_installation(looped, capsys, monkeypatch):
    monkeypatch.setenv("MOTCUA_EXECUTOR", "spiffworkflow")
    assert main(["lint", "--json", str(looped)]) == 1
    assert rules(capsys) == {"second-engine"}
    monkeypatch.setenv("MOTCUA_EXECUTOR", "camunda")
    assert main(["lint", "--json", str(looped)]) == 2


def test_a_diagram_with_errors_is_not_asked_of_any_engine():
    assert [one.rule for one in lint_for("spiffworkflow", b"<nothing")] == ["xml"]


def test_an_import_sees_what_this_installation_cannot_run(looped):
    entry = shipped_set("mot-cua-co-ban").entries["P07"]
    changed = Entry("P07", entry.procedure, looped.read_bytes())
    assert [one for one in check_entry(changed) if one.is_error] == []
    assert {one.rule for one in check_entry(changed, "spiffworkflow") if one.is_error} == {"second-engine"}


def test_the_shipped_procedures_lie_in_the_subset():
    for entry in shipped_set("mot-cua-co-ban"):
        assert [one for one in check_entry(entry, "spiffworkflow") if one.is_error] == []


def test_the_setting_reaches_the_engine(tmp_path):
    environment = {"DATABASE_URL": f"sqlite:///{tmp_path / 'one.sqlite'}", "MOTCUA_EXECUTOR": "spiffworkflow"}
    assert open_engine(Settings.for_commands(environment)).executor == "spiffworkflow"
