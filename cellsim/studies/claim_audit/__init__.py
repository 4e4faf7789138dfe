"""The audit of claims: energy density and charging time against baselines."""
