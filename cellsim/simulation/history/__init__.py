"""The rows of a result: between its times, cycle by cycle, and joined with those of the run that went on."""
