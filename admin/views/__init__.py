"""One module for each part of the office; `base` says what all views share."""
