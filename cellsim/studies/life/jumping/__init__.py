"""Jumping over cycles: a life of many cycles from few simulated ones."""
