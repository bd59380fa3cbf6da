"""Reconciliation as people read it: what was looked at, what does not agree, the workbook and the page."""
