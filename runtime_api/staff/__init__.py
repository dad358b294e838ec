"""The staff workspace: receiving, working on a step, finding dossiers, handing back results."""

from runtime_api.staff import dossiers, incidents, reception, returns, work  # each adds its views to `bp`
from runtime_api.staff.blueprint import bp

__all__ = ["bp", "dossiers", "incidents", "reception", "returns", "work"]
