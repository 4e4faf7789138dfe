"""Many lives: side by side, over temperature, window and rate, and with uncertain rates of ageing."""
