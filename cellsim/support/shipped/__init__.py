"""Machine code of kernels that a wheel carries: whether it serves here, and how it is read."""
