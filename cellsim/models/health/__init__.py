"""What a cell, fresh or aged, still holds: its amounts, its stoichiometry windows and its capacity."""
