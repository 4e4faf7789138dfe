"""Estimation: parameters from measured runs, how well they are known, and what results depend on."""
