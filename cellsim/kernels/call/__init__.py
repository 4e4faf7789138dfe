"""The calling convention of kernels: argument records, buffers, and calls made together."""
