"""What a cell or pack costs, what it would have to cost, and what a plant for it needs."""
