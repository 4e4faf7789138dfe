"""Parts of the exchange of parameter sets with PyBaMM: laws, sections, ageing, and PyBaMM itself."""
