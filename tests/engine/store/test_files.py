"""Attachments lie under their hash, whole or not at all."""

from __future__ import annotations

import hashlib
import io
import os

import pytest

from engine.errors import NotFound
from engine.store.files import DiskFileStore, FileTooLarge


def test_bytes_are_kept_under_their_hash_and_come_back(tmp_path):
    store = DiskFileStore(tmp_path)
    content = b"don xin cap phep" * 100_000

    name, size = store.put(io.BytesIO(content), limit=10_000_000)

    assert name == hashlib.sha256(content).hexdigest()
    assert size == len(content)
    with store.open(name) as stored:
        assert stored.read() == content


def test_the_same_content_is_kept_once(tmp_path):
    store = DiskFileStore(tmp_path)

    names = {store.put(io.BytesIO(b"same"), limit=10)[0] for _ in range(3)}

    assert list(store.names()) == list(names)


def test_a_stream_at_the_limit_passes_and_one_byte_more_leaves_nothing(tmp_path):
    store = DiskFileStore(tmp_path)
    store.put(io.BytesIO(b"x" * 10), limit=10)

    with pytest.raises(FileTooLarge):
        store.put(io.BytesIO(b"y" * 11), limit=10)

    assert len(list(store.names())) == 1
    assert list((tmp_path / "incoming").iterdir()) == []


def test_a_stream_that_breaks_leaves_nothing(tmp_path):
    class Broken(io.BytesIO):
        def read(self, size=-1):
            raise OSError("the line was cut")

    store = DiskFileStore(tmp_path)
    with pytest.raises(OSError, match="cut"):
        store.put(Broken(), limit=10)

    assert list((tmp_path / "incoming").iterdir()) == []


@pytest.mark.parametrize("name", ["0" * 64, "../../etc/passwd", "", "A" * 64])
def test_an_unknown_or_crooked_name_is_not_found(tmp_path, name):
    with pytest.raises(NotFound):
        DiskFileStore(tmp_path).open(name)


def test_bytes_that_are_dropped_are_gone_unless_they_were_stored_again_just_now(tmp_path):
    store = DiskFileStore(tmp_path)
    name, _ = store.put(io.BytesIO(b"old"), limit=10)
    assert not store.drop(name)  # just now
    os.utime(store.place(name), (0, 0))
    store.put(io.BytesIO(b"old"), limit=10)  # somebody wants it again
    assert not store.drop(name)
    with store.open(name) as stored:
        assert stored.read() == b"old"

    os.utime(store.place(name), (0, 0))
    assert store.drop(name)
    assert list(store.names()) == []
    assert not store.drop(name)
    assert list((tmp_path / "incoming").iterdir()) == []
