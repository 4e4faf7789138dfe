"""Cells in vehicles: consumption, packs, and what each segment asks of a cell."""
