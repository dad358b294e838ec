"""The kinds of studies that there are: importing this module makes them known to the worker."""

from __future__ import annotations

from designer import impact, what_if

KINDS = (impact.KIND, what_if.KIND)
