"""Parts of the verdict on charging time: what would make a charge faster, and what is published of it."""
