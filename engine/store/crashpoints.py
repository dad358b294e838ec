"""Places by name at which the process can be made to die, as if it were killed there. Inert in service.

MOTCUA_CRASH=name makes the process end at once at that place. It is no setting: a server that finds it in
its environment refuses to start, so only tests, which set it while a command runs, ever die by it.
"""

from __future__ import annotations

import os

VARIABLE = "MOTCUA_CRASH"
KILLED = 137  # the exit code of a process that got SIGKILL

NAMES = frozenset(
    {
        "before-commit",  # everything is written, nothing is kept yet
        "after-commit",  # everything is kept, nobody has been told
        "file-before-row",  # an attachment lies on the disk, its row is not written
        "after-fire",  # a timer has moved the dossier on, within its transaction
        "before-delivery",  # a message is kept and its receiver found, nothing is written
        "after-delivery",  # a message has moved its receiver on, or begun it, within the transaction
        "after-alert",  # people are told that time runs out, within the transaction
        "after-wake",  # kept messages are to be tried for a new wait, which is not yet marked as looked at
        "after-take-before-send",  # a worker has a message in hand, the gateway knows nothing
        "after-send-before-mark",  # the gateway has the message, the outbox does not know
    }
)


def crashpoint(name: str) -> None:
    """Die here if this place was named."""
    if os.environ.get(VARIABLE) == name:
        os._exit(KILLED)
