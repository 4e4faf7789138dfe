"""Material laws of a cell as the tables that kernels look up."""
