"""Cars as storage: duties, what they earn, and what they wear."""
