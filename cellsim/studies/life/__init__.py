"""Life of a cell: electrode state of health, degradation modes, knees, and lives by jumping over cycles."""
