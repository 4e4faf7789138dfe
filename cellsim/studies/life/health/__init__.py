"""What a cell still has: electrode state of health, degradation modes, knees."""
