"""`python -m cellsim` is `cellsim`."""

from .cli import main

main()
