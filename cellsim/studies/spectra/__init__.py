"""Impedance spectra."""
