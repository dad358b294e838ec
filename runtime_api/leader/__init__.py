"""What leaders see: progress of their units in numbers, each of which opens the dossiers that it counts."""

from runtime_api.leader import pages  # adds its views to `bp`
from runtime_api.leader.blueprint import bp

__all__ = ["bp", "pages"]
