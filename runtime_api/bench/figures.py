"""Reducing many durations to a few figures."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from time import perf_counter
from typing import Any


def percentile(durations: Sequence[float], share: float) -> float:
    """Return the duration that `share` of them do not exceed."""
    ordered = sorted(durations)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def summary(durations: Sequence[float], connections: int = 1) -> dict[str, float]:
    """Return steps per second of all connections together, p50 and p95 in milliseconds."""
    return {
        "steps": len(durations),
        "per_second": round(connections * len(durations) / sum(durations), 1),
        "p50_ms": round(percentile(durations, 0.5) * 1000, 3),
        "p95_ms": round(percentile(durations, 0.95) * 1000, 3),
    }


def median_ratio(pairs: Sequence[tuple[float, float]]) -> float:
    """Return the median of first / second over the rounds: one bad moment of the disk does not decide."""
    return round(statistics.median(first / second for first, second in pairs), 3)


def timed(work: Callable[[], Any], times: int) -> list[float]:
    """Call `work` many times; return how long each took, in seconds."""
    durations = []
    for _ in range(times):
        begin = perf_counter()
        work()
        durations.append(perf_counter() - begin)
    return durations
