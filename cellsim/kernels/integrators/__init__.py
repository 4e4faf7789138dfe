"""Integration in time: implicit stages, step control, events and consistent initialisation."""
