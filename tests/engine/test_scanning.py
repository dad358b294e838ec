"""Asking a malware scanner: a daemon that speaks the protocol, and every way in which it can be away."""

from __future__ import annotations

import io
import socket

import pytest
from clamd import EICAR, FakeClamd

from engine.scanning import Clamd, ScannerAway
from engine.settings import Settings, UnsafeSettings


@pytest.fixture(params=["tcp", "unix"])
def daemon(request, tmp_path):
    with FakeClamd(tmp_path / "clamd.ctl" if request.param == "unix" else None) as started:
        yield started


def test_a_clean_file_has_no_finding_and_is_given_whole(daemon):
    content = bytes(range(256)) * 1000

    assert Clamd(daemon.address).scan(io.BytesIO(content)) == ""
    assert daemon.seen == [content]


def test_malware_is_named(daemon):
    assert Clamd(daemon.address).scan(io.BytesIO(b"x" * 100 + EICAR)) == "Eicar-Signature"


@pytest.mark.parametrize("said", [b"INSTREAM size limit exceeded. ERROR\0", b"\0", b"stream: maybe\0"])
def test_what_is_no_verdict_is_no_clean_file(said, daemon):
    daemon.answer = said
    with pytest.raises(ScannerAway):
        Clamd(daemon.address).scan(io.BytesIO(b"x"))


def test_a_daemon_that_is_not_there_is_away(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

    for address in (f"tcp://127.0.0.1:{port}", f"unix:{tmp_path}/none.sock"):
        with pytest.raises(ScannerAway):
            Clamd(address).scan(io.BytesIO(b"x"))


def test_a_daemon_that_says_nothing_on_its_socket_is_away(tmp_path):
    with socket.socket(socket.AF_UNIX) as silent:
        silent.bind(str(tmp_path / "clamd.ctl"))
        silent.listen()
        with pytest.raises(ScannerAway):
            Clamd(f"unix:{tmp_path}/clamd.ctl", patience=0.2).scan(io.BytesIO(b"x"))


def test_a_daemon_that_says_nothing_is_away():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"tcp://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(ScannerAway):
            Clamd(address, patience=0.2).scan(io.BytesIO(b"x"))


@pytest.mark.parametrize(
    "wrong",
    [{"MOTCUA_SCANNER": "clamav"}, {"MOTCUA_SCANNER": "tcp://host"}, {"MOTCUA_SCANNER_AWAY": "never"}],
)
def test_an_address_that_makes_no_sense_is_refused_at_the_start(wrong):
    with pytest.raises(UnsafeSettings, match="MOTCUA_SCANNER"):
        Settings.for_commands(wrong)
