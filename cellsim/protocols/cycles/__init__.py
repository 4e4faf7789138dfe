"""Speed schedules, vehicles and what a vehicle takes from its battery; README.md says where the data come from."""
