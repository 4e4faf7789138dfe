"""Terms of ageing: growth of the SEI, lithium plating, cracks and loss of active material."""
