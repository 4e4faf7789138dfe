"""Charging: named protocols, constrained and fastest charges, studies, maps, fleets."""
