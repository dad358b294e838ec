"""The second engine: SpiffWorkflow 3.2.0 behind the same seam. The one package that imports it.

It gives a second opinion on diagrams of the subset in which it follows the standard (`subset.py` is
that subset, with the reason for each exclusion). It never sees the author's XML, a clock, the data
of a dossier, or a Python expression: diagrams are rewritten for it, and conditions come back to us.
"""
