"""Help that is shipped with the product: pages in both languages, found by words, by place, and as a card."""

from runtime_api.help.pages import bp
from runtime_api.help.places import help_address
from runtime_api.help.tours import tour_here

__all__ = ["bp", "help_address", "tour_here"]
