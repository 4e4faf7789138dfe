"""Cells made of the parts of another one: half cells and symmetric cells."""
