"""Physical constants (SI redefinition of 2019, exact to the digits given)."""
F = 96485.33212  # Faraday constant [C/mol]
R = 8.314462618  # gas constant [J/mol/K]
