"""Exchange with other programs: parameter sets, laws and runs."""
