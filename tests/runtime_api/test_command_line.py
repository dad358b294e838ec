"""The command line: answers on stdout, refusals as sentences on stderr, exit codes that scripts can use."""

from __future__ import annotations

import io
import json
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from decisions import decision, dmn, given, table
from sqlalchemy import text

from engine.domain.access import SYSTEM
from engine.runtime import Engine
from engine.store.database import open_database
from engine.store.schema import is_current, newest
from engine.usecases import accounts
from runtime_api.cli import COMMANDS, main

pytestmark = pytest.mark.sqlite

SET = Path(__file__).parents[2] / "bpmn_library" / "sets" / "mot-cua-co-ban"
TASK = b"""<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="x">
<process id="p" isExecutable="true"><startEvent id="s"/><userTask id="t" name="Sign"/><endEvent id="e"/>
<sequenceFlow id="a" sourceRef="s" targetRef="t"/><sequenceFlow id="b" sourceRef="t" targetRef="e"/>
</process></definitions>"""


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    """An empty folder, an English terminal, and no settings of the person who runs the tests."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    for name in ("DATABASE_URL", "MOTCUA_SECRET_KEY", "MOTCUA_DEMO"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.fixture
def motcua(capsys):
    """Run one command; return exit code, stdout and stderr."""

    def call(*words):
        code = main(words)
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


@pytest.fixture
def diagram(place):
    path = place / "task.bpmn"
    path.write_bytes(TASK)
    return str(path)


def test_every_command_explains_itself_in_both_languages(monkeypatch, capsys):
    for terminal in ("vi_VN.UTF-8", "en_US.UTF-8"):
        monkeypatch.setenv("LC_ALL", terminal)
        for name in COMMANDS:
            with pytest.raises(SystemExit) as ended:
                main([name, "--help"])
            assert ended.value.code == 0
    assert "kiểm tra sơ đồ BPMN" in capsys.readouterr().out


def test_wrong_words_are_wrong_use(motcua):
    code, _, said = motcua("lnit")
    assert (code, said.splitlines()[0]) == (2, "There is no command “lnit”.")
    assert motcua()[0] == 2
    assert motcua("--help")[0] == 0


def test_without_english_the_terminal_is_vietnamese(motcua, monkeypatch):
    monkeypatch.setenv("LC_ALL", "C.UTF-8")

    assert "Không có lệnh “lnit”." in motcua("lnit")[2]


@pytest.mark.parametrize(
    ("expression", "data", "answer"),
    [
        ("1.10 + x", '{"x": 2.20}', "3.3"),
        ("0.1 + 0.2", "{}", "0.3"),
        ("missing", "{}", "null"),
        ('date("2026-11-24")', "{}", '"2026-11-24"'),
        ("[1, true, {a: x}]", '{"x": "ă"}', '[1, true, {"a": "ă"}]'),
    ],
)
def test_feel_prints_its_result_as_json(motcua, expression, data, answer):
    assert motcua("feel", expression, "--data", data) == (0, answer + "\n", "")


def test_decide_prints_the_result_and_says_why_something_is_null(motcua, tmp_path):
    file = tmp_path / "fee.dmn"
    body = table(["area"], ["fee"], [["< 100", "0.10 * area"], [">= 50", 'date("2026-11-24")']])
    file.write_bytes(dmn(given("area", "number"), decision("Lệ phí", body, inputs=["area"])))

    assert motcua("decide", str(file), "--data", '{"area": 12.3}') == (0, '{"result": 1.23}\n', "")
    code, out, said = motcua("decide", str(file), "--decision", "Lệ phí", "--data", '{"area": 70}')
    assert (code, out) == (0, '{"result": null}\n')
    assert "the rows 1, 2 of the table hold at once" in said
    assert motcua("decide", str(file), "--data", '{"area": 100}')[1] == '{"result": "2026-11-24"}\n'
    assert "“Lệ phí”" in motcua("decide", str(file), "--decision", "x")[2]
    code, told, _ = motcua("lint", str(file))
    assert (code, "the rows 1, 2 both hold for area: 50" in told) == (1, True)
    assert "the input “area” is missing" in motcua("decide", str(file))[2]


def test_decide_finds_imported_files_in_the_same_folder(motcua, tmp_path):
    (tmp_path / "common.dmn").write_bytes(dmn(decision("Rate", "7"), namespace="urn:common"))
    model = "https://www.omg.org/spec/DMN/20230324/MODEL/"
    importing = f'<import name="c" namespace="urn:common" importType="{model}"/>'
    file = tmp_path / "main.dmn"
    file.write_bytes(dmn(importing, decision("D", "c.Rate * 2", needs=["urn:common#Rate"])))

    assert motcua("decide", str(file)) == (0, '{"result": 14}\n', "")


def test_run_asks_the_decisions_beside_the_diagram_or_those_that_are_named(motcua, place):
    asks = b'<businessRuleTask xmlns:mc="urn:motcua:bpmn:1" id="t" mc:decide="Fee" mc:decideInto="fee"/>'
    diagram, elsewhere = place / "asks.bpmn", place / "other"
    diagram.write_bytes(TASK.replace(b'<userTask id="t" name="Sign"/>', asks))
    elsewhere.mkdir()
    (elsewhere / "fee.dmn").write_bytes(dmn(decision("Fee", "2")))

    assert motcua("run", str(diagram))[0] == 1
    code, out, _ = motcua("run", str(diagram), "--decisions", str(elsewhere))
    assert (code, json.loads(out.splitlines()[-1])["data"]) == (0, {"fee": 2})
    (place / "fee.dmn").write_bytes(dmn(decision("Fee", "1")))
    assert json.loads(motcua("run", str(diagram))[1].splitlines()[-1])["data"] == {"fee": 1}


def test_feel_names_the_place_of_a_mistake(motcua):
    code, out, said = motcua("feel", "1 +")

    assert (code, out) == (1, "")
    assert "position 4" in said
    assert motcua("feel", "1", "--data", "[1]")[0] == 2


def test_run_prints_a_line_for_everything_that_happens(motcua, diagram, place):
    answers = place / "answers.jsonl"
    answers.write_text('{"complete": "t", "data": {"x": 1.5}}\n\n')

    code, out, _ = motcua("run", diagram, "--answers", str(answers), "--clock", "2026-11-23T08:00")
    lines = [json.loads(line) for line in out.splitlines()]

    assert code == 0
    assert lines[0]["time"].startswith("2026-11-23T")
    assert ("waiting", "t") in [(line["event"], line.get("element")) for line in lines]
    assert lines[-1]["event"] == "stopped"
    assert (lines[-1]["outcome"], lines[-1]["waiting"], lines[-1]["data"]) == ("completed", [], {"x": 1.5})


def test_run_that_waits_is_good_and_one_that_fails_is_not(motcua, diagram, place):
    assert motcua("run", diagram)[0] == 0
    (place / "wrong.jsonl").write_text('{"complete": "nothing"}\n')
    code, out, _ = motcua("run", diagram, "--answers", str(place / "wrong.jsonl"))
    assert (code, json.loads(out.splitlines()[-1])["outcome"]) == (1, "incident")


@pytest.mark.parametrize(
    "words", [("run", "nosuch.bpmn"), ("lint", "nosuch.bpmn"), ("set", "check", "nosuch")]
)
def test_what_is_not_there_is_said_without_a_traceback(motcua, words):
    code, _, said = motcua(*words)

    assert code == 2
    assert "nosuch" in said
    assert "Traceback" not in said


def test_what_is_no_diagram_is_refused(motcua, place):
    (place / "x.bpmn").write_bytes(b"<!DOCTYPE x><x/>")

    code, _, said = motcua("run", str(place / "x.bpmn"))

    assert code == 2
    assert "Traceback" not in said


@pytest.mark.parametrize(
    ("before", "after", "refused"),
    [
        pytest.param(b'<userTask id="t"', b'<userTask id="t" colour="red"', True, id="an unknown attribute"),
        pytest.param(b'isExecutable="true">', b'isExecutable="true">text', True, id="stray text"),
        pytest.param(b"</process>", b'<userTask id="u"/></process>', False, id="a step nothing leads to"),
        pytest.param(b"</process>", b'</process><message id="m"/>', False, id="nothing wrong"),
    ],
)
def test_what_the_standard_forbids_is_not_run_unless_it_is_clear_what_happens(
    motcua, place, before, after, refused
):
    (place / "x.bpmn").write_bytes(TASK.replace(before, after))

    code, out, said = motcua("run", str(place / "x.bpmn"))

    assert (code, bool(out)) == ((2, False) if refused else (0, True))
    assert ("cannot be executed" in said) == refused


def test_lint_looks_at_an_imported_diagram_beside_the_file(motcua, place):
    imported = b'<import namespace="y" location="y.bpmn" importType="%s"/><process id="p"' % (
        b"http://www.omg.org/spec/BPMN/20100524/MODEL"
    )
    (place / "x.bpmn").write_bytes(TASK.replace(b'<process id="p"', imported))
    code, out, _ = motcua("lint", str(place / "x.bpmn"))
    (place / "y.bpmn").write_bytes(TASK.replace(b'targetNamespace="x"', b'targetNamespace="y"'))

    assert (code, "import-missing" in out) == (1, True)
    assert motcua("lint", str(place / "x.bpmn"))[0] == 0


def test_lint_only_advises_a_picture_that_is_not_meant_to_run(motcua, place):
    waits = b'<intermediateCatchEvent id="t"><messageEventDefinition/></intermediateCatchEvent>'
    picture = TASK.replace(b' isExecutable="true"', b"").replace(b'<userTask id="t" name="Sign"/>', waits)
    (place / "x.bpmn").write_bytes(picture)

    code, out, _ = motcua("lint", "--json", str(place / "x.bpmn"))

    assert (code, {one["severity"] for one in json.loads(out)}) == (0, {"warning"})


def test_lint_is_silent_about_the_shipped_set_and_loud_about_a_script(motcua, place):
    for procedure in ("P03", "P07"):
        code, out, _ = motcua("lint", "--json", str(SET / procedure / "process.bpmn"))
        assert (code, [one for one in json.loads(out) if one["severity"] == "error"]) == (0, [])
    (place / "script.bpmn").write_bytes(TASK.replace(b"userTask", b"scriptTask"))

    code, out, _ = motcua("lint", "--json", str(place / "script.bpmn"))

    errors = [one for one in json.loads(out) if one["severity"] == "error"]
    assert code == 1
    assert "t" in {one["element"] for one in errors}
    assert all(
        {"rule", "severity", "law", "clause", "element", "message", "line", "file"} == one.keys()
        for one in errors
    )
    assert motcua("lint", str(place / "script.bpmn"))[1].startswith(f"{place}/script.bpmn:")


def test_init_makes_an_installation_that_the_first_person_can_sign_in_to(motcua, monkeypatch, place):
    monkeypatch.setattr("sys.stdin", io.StringIO("a good password\n"))
    code, out, _ = motcua("init", "--login", "quan.tri")
    assert (code, "quan.tri" in out) == (0, True)

    database = open_database(f"sqlite:///{place}/var/motcua.sqlite")
    assert is_current(database)
    engine = Engine(database=database, files=None, sms=None)
    assert accounts.sign_in(engine, "quan.tri", "a good password", "here") == 1
    with engine.reading(SYSTEM) as unit:
        assert accounts.load_actor(unit, 1).holds("IT_ADMIN")
    database.dispose()

    monkeypatch.setattr("sys.stdin", io.StringIO("a good password\n"))
    code, _, said = motcua("init")
    assert (code, "1 accounts" in said) == (2, True)


def test_init_refuses_a_weak_password(motcua, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("short\n"))

    assert motcua("init")[0] == 2


def test_upgrade_says_from_where_to_where(motcua):
    assert f"— → {newest()}" in motcua("upgrade")[1]
    assert f"{newest()} → {newest()}" in motcua("upgrade")[1]


def test_an_unreachable_or_empty_database_is_said_in_a_sentence(motcua, monkeypatch):
    code, _, said = motcua("check")
    assert (code, "motcua doctor" in said) == (2, True)
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    code, _, said = motcua("verify-audit")
    assert (code, "Traceback" in said) == (2, False)


def test_unsafe_settings_are_refused_before_anything_is_served(motcua):
    code, _, said = motcua("serve")

    assert code == 2
    assert "MOTCUA_SECRET_KEY is missing" in said


def test_serving_waits_for_the_upgrade(motcua, monkeypatch):
    monkeypatch.setenv("MOTCUA_DEMO", "yes")

    code, _, said = motcua("serve")

    assert (code, "motcua upgrade" in said) == (2, True)


def test_doctor_names_what_is_wrong_and_the_repair(motcua, monkeypatch):
    code, out, _ = motcua("doctor", "--json")
    found = {one["name"]: one for one in json.loads(out)}
    assert code == 1
    assert not found["settings"]["well"]
    assert found["schema"]["repair"]["en"] == "run motcua upgrade"

    monkeypatch.setenv("MOTCUA_SECRET_KEY", "s" * 40)
    monkeypatch.setenv("MOTCUA_TRUSTED_HOSTS", "motcua.example.vn")
    monkeypatch.setenv("MOTCUA_PUBLIC_URL", "https://motcua.example.vn")
    monkeypatch.setattr("sys.stdin", io.StringIO("a good password\n"))
    motcua("init")
    wrong = [one["name"] for one in json.loads(motcua("doctor", "--json")[1]) if not one["well"]]
    assert wrong == [] or set(wrong) == {"assets", "pdf"}  # script and typeface are built by Node


def test_check_and_verify_audit_are_good_on_a_sound_database(motcua, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("a good password\n"))
    motcua("init")

    code, out, _ = motcua("check", "--json")
    assert (code, set(json.loads(out).values())) == (0, {0})
    assert motcua("verify-audit", "--json")[1] == '{"sound": true, "broken": null}\n'


def test_verify_audit_names_the_first_broken_link(motcua, monkeypatch, place):
    monkeypatch.setattr("sys.stdin", io.StringIO("a good password\n"))
    motcua("init")
    database = open_database(f"sqlite:///{place}/var/motcua.sqlite")
    with database.begin() as connection:
        connection.execute(
            text("UPDATE audit SET action = 'nothing' WHERE chain = 'account:1' AND number = 1")
        )
    database.dispose()

    code, out, _ = motcua("verify-audit", "--json")

    assert code == 1
    assert json.loads(out)["broken"]["chain"] == "account:1"


def test_sets_are_listed_checked_and_imported_once(motcua, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("a good password\n"))
    motcua("init")
    assert motcua("set", "check", "mot-cua-co-ban")[0] == 0
    listed = json.loads(motcua("set", "list", "--json")[1])
    assert [(one["code"], one["installed_version"]) for one in listed] == [("mot-cua-co-ban", "")]

    words = ["set", "import", "mot-cua-co-ban", "--as", "admin", "--json"]
    for agency in ("fire_police", "culture_department", "military_command"):
        words += ["--participant", f"{agency}=ubnd"]
    code, out, said = motcua(*words)
    assert (code, said) == (0, "")
    assert set(json.loads(out)["installed"]) == {"P03", "P07"}
    assert set(json.loads(motcua(*words)[1])["unchanged"]) == {"P03", "P07"}
    assert motcua("set", "import", "mot-cua-co-ban", "--as", "nobody")[0] == 2


def test_a_port_that_is_taken_is_named(motcua, place):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        code, _, said = motcua("demo", "--port", str(port))

    assert (code, re.search(rf"Port {port} is in use", said) is not None) == (2, True)
    assert not (place / "var").exists()


@pytest.mark.parametrize("command", ["verify", "lint", "run", "feel", "decide"])
def test_what_needs_no_database_and_no_web_loads_neither(command):
    asked = f"import sys, runtime_api.cli, runtime_api.commands.{command}; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True).stdout

    assert {"sqlalchemy", "flask"}.isdisjoint(loaded.split())
