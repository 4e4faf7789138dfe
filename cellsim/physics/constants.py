"""Physical constants (SI redefinition of 2019, exact to the digits given) and the molar volume of lithium."""

F = 96485.33212  # Faraday constant [C/mol]
R = 8.314462618  # gas constant [J/mol/K]
ZERO_CELSIUS = 273.15  # 0 °C [K]
V_LI = 1.300e-5  # molar volume of lithium metal [m3/mol]: 4.85 um per mAh/cm²
