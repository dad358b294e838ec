"""Test scenarios: one example dossier in memory, played through the procedure by the rules that hold for all.

No database and no people: the clock is moved by whoever plays, the executor and the rules of the office
(forms, deadlines, stops of the clock, results) are the ones that real dossiers go through.
"""
