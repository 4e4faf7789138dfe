"""Lives in use: days of driving, charging, parking and giving power back, through the seasons of years."""
