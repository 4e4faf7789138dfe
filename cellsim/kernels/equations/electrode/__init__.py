"""Electrodes whose particles are of several kinds, or that react evenly, and charge transfer at their surfaces."""
