"""The staff workspace: receiving, working on a step, finding dossiers, handing back results."""

import pkgutil
from importlib import import_module

from runtime_api.staff.blueprint import bp

for module in pkgutil.iter_modules(__path__):  # each adds its views to `bp`
    import_module(f"{__name__}.{module.name}")

__all__ = ["bp"]
