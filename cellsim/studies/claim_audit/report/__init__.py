"""The audit as a page, tables and pictures."""
