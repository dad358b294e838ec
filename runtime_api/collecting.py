"""How often a web process looks for garbage: rarely, and never among what it was started with.

Python frees almost everything at once; its collector only looks for things that point at each other. With
its usual numbers it ran a dozen times in a page of the list of work, and every fortieth page or so it walked
through everything that was ever imported, a tenth of a second that some reader had to wait for.
"""

from __future__ import annotations

import gc

YOUNG, MIDDLE, OLD = 50_000, 20, 20  # things made before a look; looks before one among the older ones


def settle() -> None:
    """Set the present contents of the process aside, as it is about to serve."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, MIDDLE, OLD)
