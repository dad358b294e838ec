"""Simulation: many dossiers through a procedure on a fake clock, with so many people and so much to do.

The executor is the one that runs real dossiers; working calendars, due dates and stops of the clock follow
the rules of the office. Everything random is drawn from a seed, by dossier and step, so that two variants
meet the same dossiers.
"""
