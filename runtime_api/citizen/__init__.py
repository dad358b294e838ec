"""The public pages: follow a dossier by its code, and see what a procedure takes. Nobody signs in here."""

from runtime_api.citizen import pages  # adds its views to `bp`
from runtime_api.citizen.blueprint import bp

__all__ = ["bp", "pages"]
