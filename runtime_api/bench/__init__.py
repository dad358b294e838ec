"""Measuring: what a step costs, beside the least that any program could spend on the same rows.

Machines and their disks differ and have moods, so nothing here is a promise in milliseconds: what counts is
the ratio of two things measured in turn within one run.
"""
