"""The lines of the validation: one comparison each."""
