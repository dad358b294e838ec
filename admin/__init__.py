"""Management for IT staff: what there is, and commands on it. Everything written goes through a use case."""

from admin.site import init_admin

__all__ = ["init_admin"]
