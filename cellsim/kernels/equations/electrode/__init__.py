"""Electrodes whose particles are of several kinds, or that react evenly."""
