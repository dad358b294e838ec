"""A ClamAV daemon for tests: speaks INSTREAM on a port or a Unix socket, finds what it is told to find."""

from __future__ import annotations

import socketserver
import struct
from pathlib import Path
from threading import Thread

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class FakeClamd:
    """Use as a context manager; `address` is what settings name.

    Args:
        socket: Where its Unix socket lies; without it a TCP port is taken.

    Attributes:
        seen: The contents that it was given, whole.
        answer: Sent instead of a verdict, if set: what a daemon in trouble says.
    """

    def __init__(self, socket: Path | None = None) -> None:
        self.seen: list[bytes] = []
        self.answer = b""
        owner = self

        class Line(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                assert self.rfile.read(10) == b"zINSTREAM\0"
                content = b""
                while length := struct.unpack("!I", self.rfile.read(4))[0]:
                    content += self.rfile.read(length)
                owner.seen.append(content)
                found = b"stream: Eicar-Signature FOUND\0" if EICAR in content else b"stream: OK\0"
                self.wfile.write(owner.answer or found)

        if socket is not None:
            self._server = socketserver.ThreadingUnixStreamServer(str(socket), Line)
            self.address = f"unix:{socket}"
        else:
            self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Line)
            self.address = f"tcp://127.0.0.1:{self._server.server_address[1]}"
        self._server.daemon_threads = True

    def __enter__(self) -> FakeClamd:
        Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
