"""Heat beyond one temperature for the cell: nodes from core to surface, and heat of mixing; `thermal` calls it."""
