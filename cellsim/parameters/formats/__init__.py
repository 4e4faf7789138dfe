"""Parameter files of other programs."""
