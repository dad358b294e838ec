"""Packages: what is read, and everything that a foreign zip is refused for."""

from __future__ import annotations

import io
import json
import zipfile

import pytest
from decisions import decision, dmn, given, table

from bpmn_library import archives
from bpmn_library.archives import BadPackage
from bpmn_library.checks import check_entry
from bpmn_library.manifests import BadManifest
from bpmn_library.packages import read_folder, read_package
from engine.domain.procedures import BadProcedure
from engine.errors import Invalid
from engine.execution.dmn import BadDecisionFile

GOOD = [("manifest.json", b"{}")]


def entry(name: str, **facts: int) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.compress_type = zipfile.ZIP_DEFLATED
    for key, value in facts.items():
        setattr(info, key, value)
    return info


def test_a_package_is_read_as_its_folder_is(set_folder):
    package = read_package(set_folder.packed())

    assert package.manifest.code == "mot-cua-co-ban"
    assert list(package.entries) == ["P03", "P07"]
    assert package.entries["P03"].participants == ("fire_police", "culture_department", "military_command")
    assert read_folder(set_folder.path).sha256 == package.sha256


def test_the_hash_is_of_the_content_and_not_of_the_zip(set_folder, make_zip):
    packed = set_folder.packed()
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        files = [(name, archive.read(name)) for name in archive.namelist()]

    again = make_zip([*reversed(files)], zipfile.ZIP_STORED)

    assert again != packed
    assert read_package(again).sha256 == read_package(packed).sha256


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        pytest.param("../manifest.json", "points out of the package", id="up"),
        pytest.param("P03/../../etc/passwd", "points out of the package", id="up from inside"),
        pytest.param("/etc/passwd", "absolute", id="absolute"),
        pytest.param("C:/windows", "absolute", id="drive"),
        pytest.param("P03\\process.bpmn", "backslash", id="backslash"),
        pytest.param("P03//process.bpmn", "plain letters", id="empty part"),
        pytest.param("P03/./process.bpmn", "plain letters", id="dot"),
        pytest.param("P03/.hidden", "plain letters", id="hidden"),
        pytest.param("P03/biểu-mẫu.json", "plain letters", id="letters with marks"),
        pytest.param("P03/a b.json", "plain letters", id="space"),
        pytest.param("a" * 201, "longer than", id="long"),
    ],
)
def test_a_name_that_could_mean_another_place_is_refused(make_zip, name, sentence):
    with pytest.raises(BadPackage) as refused:
        read_package(make_zip([*GOOD, (name, b"x")]))
    assert sentence in refused.value.say("en")
    assert refused.value.say("vi").startswith("Không dùng được gói")


def test_a_name_cut_off_by_a_zero_byte_is_refused(make_zip):
    packed = make_zip([*GOOD, ("P03/a_json", b"x")], zipfile.ZIP_STORED)
    with pytest.raises(BadPackage, match="plain letters"):
        read_package(packed.replace(b"P03/a_json", b"P03/a\0json"))


def test_the_same_name_twice_is_refused_whatever_its_case(make_zip):
    with pytest.raises(BadPackage, match="twice"):
        read_package(make_zip([*GOOD, ("P03/a.json", b"1"), ("p03/A.JSON", b"2")]))


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_the_very_same_name_twice_is_refused(make_zip):
    with pytest.raises(BadPackage, match="twice"):
        read_package(make_zip([*GOOD, *GOOD]))


def test_a_link_is_refused(make_zip):
    link = entry("P03/link.json", external_attr=0o120777 << 16)
    with pytest.raises(BadPackage, match="is a link"):
        read_package(make_zip([*GOOD, (link, b"/etc/passwd")]))


def test_an_encrypted_entry_is_refused(make_zip):
    packed = bytearray(make_zip(GOOD, zipfile.ZIP_STORED))
    directory = packed.index(b"PK\x01\x02")
    packed[directory + 8] |= 1
    with pytest.raises(BadPackage, match="encrypted"):
        read_package(bytes(packed))


def test_an_unusual_compression_is_refused(make_zip):
    with pytest.raises(BadPackage, match="unknown way"):
        read_package(make_zip(GOOD, zipfile.ZIP_LZMA))


def test_a_bomb_is_refused_by_its_ratio(make_zip):
    with pytest.raises(BadPackage, match="more than 200 times"):
        read_package(make_zip([*GOOD, ("P03/bomb.json", b"0" * (3 << 20))]))


def test_an_entry_is_refused_by_its_size(make_zip):
    with pytest.raises(BadPackage, match="more than 4 MB"):
        read_package(make_zip([*GOOD, ("P03/large.json", b"0" * ((4 << 20) + 1))], zipfile.ZIP_STORED))


@pytest.mark.parametrize("claim", [pytest.param(10, id="less"), pytest.param(300_000, id="more")])
@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_an_entry_that_lies_about_its_size_is_refused(make_zip, claim, method):
    packed = bytearray(make_zip([("manifest.json", b"[1, 2, 3]" * 20_000)], method))
    directory = packed.index(b"PK\x01\x02")
    packed[directory + 24 : directory + 28] = claim.to_bytes(4, "little")
    with pytest.raises(BadPackage):
        read_package(bytes(packed))


def test_too_many_entries_are_refused(make_zip):
    many = [(f"f{number}.json", b"") for number in range(archives.MOST_ENTRIES)]
    with pytest.raises(BadPackage, match="at most 2000"):
        read_package(make_zip([*GOOD, *many], zipfile.ZIP_STORED))


def test_too_much_altogether_is_refused(make_zip, monkeypatch):
    monkeypatch.setattr(archives, "MOST_INFLATED", 1_000)
    with pytest.raises(BadPackage, match="unpacks to more"):
        read_package(make_zip([*GOOD, ("a.json", b"x" * 600), ("b.json", b"y" * 600)]))


def test_too_large_a_file_is_refused_before_it_is_opened(monkeypatch):
    monkeypatch.setattr(archives, "MOST_BYTES", 10)
    with pytest.raises(BadPackage, match="at most"):
        read_package(b"PK" + b"0" * 20)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"not a zip at all", id="words"),
        pytest.param(b"PK\x03\x04" + b"\0" * 40, id="a beginning"),
    ],
)
def test_what_is_no_zip_is_refused(data):
    with pytest.raises(BadPackage, match="no zip"):
        read_package(data)


@pytest.mark.parametrize("cut", [10, 200, 2_000])
def test_a_package_cut_off_on_the_way_is_refused(set_folder, cut):
    with pytest.raises(BadPackage):
        read_package(set_folder.packed()[:-cut])


def test_a_damaged_package_is_refused(set_folder):
    packed = bytearray(set_folder.packed())
    middle = len(packed) // 2
    packed[middle : middle + 64] = b"\xff" * 64
    with pytest.raises(BadPackage):
        read_package(bytes(packed))


# --- pieces that do not fit -------------------------------------------------------------------


def repacked(set_folder, make_zip, **files: bytes | None) -> bytes:
    """The set's package with some files put in place of others, the manifest untouched."""
    names = {key.replace("__", "/").replace("_dot_", "."): value for key, value in files.items()}
    with zipfile.ZipFile(io.BytesIO(set_folder.packed())) as archive:
        kept = {name: archive.read(name) for name in archive.namelist()}
    kept.update(names)
    return make_zip([(name, content) for name, content in kept.items() if content is not None])


def test_a_file_changed_after_packing_is_refused(set_folder, make_zip):
    with pytest.raises(BadPackage, match="changed after packing"):
        read_package(repacked(set_folder, make_zip, P03__procedure_dot_json=b"{}"))


def test_a_file_taken_out_is_refused(set_folder, make_zip):
    with pytest.raises(BadPackage, match="is missing"):
        read_package(repacked(set_folder, make_zip, P03__process_dot_bpmn=None))


def test_a_file_put_in_is_refused(set_folder, make_zip):
    with pytest.raises(BadPackage, match="not listed"):
        read_package(repacked(set_folder, make_zip, P03__extra_dot_json=b"{}"))


def test_a_package_without_a_manifest_is_refused(make_zip):
    with pytest.raises(BadPackage, match=r"manifest\.json"):
        read_package(make_zip([("P03/procedure.json", b"{}")]))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(b"{", id="broken"),
        pytest.param(b'{"format": 1, "format": 2}', id="a key twice"),
        pytest.param(b'{"format": NaN}', id="no number"),
        pytest.param(b"[" * 60_000, id="endless nesting"),
        pytest.param("{}".encode("utf-16"), id="other encoding"),
    ],
)
def test_a_manifest_that_is_no_json_is_refused(make_zip, text):
    with pytest.raises(BadPackage, match="not readable JSON"):
        read_package(make_zip([("manifest.json", text)]))


@pytest.mark.parametrize(
    ("key", "value", "path"),
    [
        pytest.param("format", 2, "format", id="a later format"),
        pytest.param("code", "a b", "code", id="code"),
        pytest.param("version", "first", "version", id="version"),
        pytest.param("procedures", [], "procedures", id="no procedure"),
        pytest.param("procedures", ["P03", "p03"], "procedures[1]", id="a procedure twice"),
        pytest.param("procedures", ["../P03"], "procedures[0]", id="a path"),
        pytest.param("decision", {"date": "2026-02-30"}, "decision.date", id="no such day"),
        pytest.param("surprise", 1, "$", id="unknown key"),
    ],
)
def test_a_wrong_manifest_is_refused_with_its_place(set_folder, key, value, path):
    set_folder.change_json("manifest.json", lambda manifest: manifest.update({key: value}))
    with pytest.raises(BadManifest) as refused:
        read_folder(set_folder.path)
    assert refused.value.facts["path"] == path


def test_a_wrong_procedure_is_refused_with_its_place(set_folder):
    set_folder.change_json("P03/procedure.json", lambda one: one["limit"].update(kind="week"))
    with pytest.raises(BadProcedure) as refused:
        read_folder(set_folder.path)
    assert refused.value.facts["path"] == "limit.kind"


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        pytest.param('mc:form="planning"', 'mc:form="plans"', "form “plans”", id="form"),
        pytest.param('mc:role="CLERK"', 'mc:role="SCRIBE"', "role SCRIBE", id="role"),
        pytest.param('mc:unit="fire_police"', 'mc:unit="firemen"', "participant “firemen”", id="agency"),
        pytest.param('mc:procedure="P03"', 'mc:procedure="P04"', "mc:procedure", id="another procedure"),
    ],
)
def test_a_diagram_that_names_what_is_not_there_is_refused(set_folder, old, new, sentence):
    set_folder.change_text("P03/process.bpmn", old, new)
    with pytest.raises(BadPackage, match=sentence):
        read_folder(set_folder.path)


def test_a_diagram_that_brings_entities_is_refused(set_folder):
    bomb = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'
    (set_folder.path / "P07/process.bpmn").write_text(bomb, encoding="utf-8")
    with pytest.raises(Invalid):
        read_folder(set_folder.path)


def test_a_file_that_nothing_uses_is_refused(set_folder):
    (set_folder.path / "P07/forms/deep").mkdir()
    (set_folder.path / "P07/notes.json").write_text(json.dumps({}), encoding="utf-8")
    with pytest.raises(BadPackage, match="Nothing uses"):
        read_folder(set_folder.path)


def test_decisions_are_read_with_their_procedure_and_a_broken_one_is_refused(set_folder):
    folder = set_folder.path / "P03" / "decisions"
    folder.mkdir()
    (folder / "fees.dmn").write_bytes(dmn(decision("Fee", "1")))

    entry = read_package(set_folder.packed()).entries["P03"]

    assert list(entry.procedure.decisions) == ["fees"]
    assert entry.content["decisions"]["fees"] == entry.procedure.decisions["fees"]
    (folder / "fees.dmn").write_bytes(b"<definitions/>")
    with pytest.raises(BadDecisionFile):
        read_package(set_folder.packed())


def test_contradictions_of_decisions_are_findings_about_their_procedure(set_folder):
    folder = set_folder.path / "P03" / "decisions"
    folder.mkdir()
    body = table(["x"], ["out"], [["< 10", "1"], ["< 20", "2"]])
    (folder / "fees.dmn").write_bytes(dmn(given("x", "number"), decision("Fee", body, inputs=["x"])))

    found = check_entry(read_package(set_folder.packed()).entries["P03"])

    assert [one.message.en for one in found if one.rule == "overlap"] == [
        "fees.dmn: “Fee”: the rows 1, 2 both hold for x: less than 10 (hit policy UNIQUE)."
    ]
