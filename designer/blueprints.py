"""All pages of the designer, for the application that serves them."""

from __future__ import annotations

from designer import compare_pages, outline_pages, pages, review_pages, trial_pages

DESIGNER = (pages.bp, outline_pages.bp, trial_pages.bp, compare_pages.bp, review_pages.bp)
