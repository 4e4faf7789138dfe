"""Charging: named protocols, constrained and fastest charges, studies, maps, fleets."""

from .study import Charge, ChargeStudy, charge_study

__all__ = ["Charge", "ChargeStudy", "charge_study"]
