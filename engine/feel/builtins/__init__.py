"""The built-in functions of FEEL. Importing this package fills `BUILTINS`."""

from engine.feel.builtins import contexts, lists, moments, numbers, ranges, texts
from engine.feel.builtins.registry import BUILTINS

__all__ = ["BUILTINS", "contexts", "lists", "moments", "numbers", "ranges", "texts"]
