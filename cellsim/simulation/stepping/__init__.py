"""How the steps of a run are handed to the kernels."""
