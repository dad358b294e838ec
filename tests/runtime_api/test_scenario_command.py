"""`motcua test`: passing, differing, remapping and recording, on copies of the shipped set."""

import json
import shutil

import pytest

from bpmn_library.packages import build_package
from bpmn_library.sets import SETS
from runtime_api.cli import main

SET = SETS / "mot-cua-co-ban"


@pytest.fixture
def folder(tmp_path):
    """A copy of the shipped set."""
    return shutil.copytree(SET, tmp_path / "bo")


@pytest.fixture(autouse=True)
def _english(monkeypatch):
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")


def told(capsys, *words):
    code = main(["test", *map(str, words)])
    said = capsys.readouterr()
    return code, said.out, said.err


def redraw(folder, old, new):
    file = folder / "P03" / "process.bpmn"
    text = file.read_text(encoding="utf-8").replace(f'"{old}"', f'"{new}"').replace(f">{old}<", f">{new}<")
    file.write_text(text, encoding="utf-8")


@pytest.mark.parametrize("form", ["code", "folder", "zip", "procedure", "diagram", "scenario"])
def test_whatever_is_named_is_played(capsys, folder, tmp_path, form):
    packed = tmp_path / "bo.zip"
    packed.write_bytes(build_package(folder))
    named = {
        "code": "mot-cua-co-ban",
        "folder": folder,
        "zip": packed,
        "procedure": folder / "P07",
        "diagram": folder / "P07" / "process.bpmn",
        "scenario": folder / "P07" / "scenarios" / "refused.json",
    }
    code, out, _ = told(capsys, named[form])
    assert code == 0
    assert "✓ refused: " in out
    assert ("went through 16/16 flows (100%)" in out) == (form != "scenario")
    assert "second engine: the same in all" in out


def test_a_difference_is_a_sentence_and_exit_1(capsys, folder):
    file = folder / "P07" / "scenarios" / "certified.json"
    file.write_text(
        file.read_text(encoding="utf-8").replace('"next": ["T3"]', '"next": ["TR"]'), encoding="utf-8"
    )
    code, out, _ = told(capsys, folder / "P07")
    assert code == 1
    assert "✗ certified" in out
    assert "should lead to “Draft the refusal”, but it is “Sign the copies”." in out

    code, out, _ = told(capsys, folder, "--json")
    answer = json.loads(out)
    (wrong,) = [one for one in answer["procedures"][1]["scenarios"] if not one["passed"]]
    assert (code, answer["passed"], answer["procedures"][0]["passed"]) == (1, False, True)
    assert wrong["differences"][0]["message"]["vi"].startswith("Việc 1 “Kiểm tra bản chính”: đáng lẽ tới")
    assert wrong["second_opinion"] == "outside"
    assert answer["procedures"][0]["coverage"]["flows"] == {
        "covered": 47,
        "all": 47,
        "percent": 100,
        "missed": [],
    }


def test_lost_steps_are_named_and_mended_when_a_person_says_so(capsys, folder):
    redraw(folder, "T7", "Activity_9")
    code, out, _ = told(capsys, folder / "P03")
    assert code == 1
    assert "? T7 “Review the draft” → Activity_9? (the same name; --remap)" in out

    code, _, err = told(capsys, folder / "P03", "--remap")
    assert code == 1, "nobody has confirmed"
    assert "T7 “Review the draft” → Activity_9 (the same name)" in err

    code, out, err = told(capsys, folder / "P03", "--accept", "T7=Activity_9")
    assert code == 0
    assert "wrote" in err
    assert told(capsys, folder / "P03")[0] == 0


def test_a_pair_that_makes_no_sense_is_refused(capsys, folder):
    code, _, err = told(capsys, folder / "P03", "--accept", "T7=nowhere")
    assert code == 2
    assert "T7=nowhere" in err


def test_recording_takes_what_happens_now_for_right(capsys, folder):
    file = folder / "P03" / "procedure.json"
    file.write_text(
        file.read_text(encoding="utf-8").replace('"value": 10', '"value": 7', 1), encoding="utf-8"
    )
    assert told(capsys, folder / "P03")[0] == 1
    assert told(capsys, folder / "P03", "--record")[0] == 0
    assert told(capsys, folder / "P03")[0] == 0


def test_a_package_cannot_be_written_back(capsys, folder, tmp_path):
    redraw(folder, "T7", "Activity_9")
    packed = tmp_path / "bo.zip"
    packed.write_bytes(build_package(folder))
    code, _, err = told(capsys, packed, "--accept", "T7=Activity_9")
    assert code == 2
    assert "folder of a procedure" in err


def test_the_picture_shows_what_was_gone_through(capsys, folder, tmp_path):
    told(capsys, folder / "P07", "--scenario", "certified", "--pictures", tmp_path / "hinh")
    drawn = (tmp_path / "hinh" / "P07.svg").read_text(encoding="utf-8")
    assert "is-covered" in drawn
    assert "is-missed" in drawn


def test_nothing_to_play_is_not_called_good(capsys, tmp_path):
    shutil.copy(SET / "P07" / "process.bpmn", tmp_path / "bare.bpmn")
    code, out, _ = told(capsys, tmp_path / "bare.bpmn")
    assert code == 1
    assert "there is no scenario" in out


def test_the_check_of_a_set_tells_of_scenarios_that_fail(capsys, folder):
    file = folder / "P07" / "scenarios" / "certified.json"
    file.write_text(
        file.read_text(encoding="utf-8").replace('"due": "2026-11-23 17:00"', '"due": "2026-11-25 17:00"')
    )
    assert main(["set", "check", str(folder), "--json"]) == 1
    errors = [one for one in json.loads(capsys.readouterr().out) if one["severity"] == "error"]
    assert {one["rule"] for one in errors} == {"scenario"}


def test_a_set_that_is_not_there_is_wrong_use(capsys):
    assert told(capsys, "khong-co")[0] == 2
