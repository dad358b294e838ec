"""Authoring of procedures: drafts, checks, comparison, review, publication, and the editor page."""
