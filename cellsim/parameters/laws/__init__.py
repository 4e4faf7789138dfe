"""Material laws: expressions and tables, evaluated without executing anything from a file."""
