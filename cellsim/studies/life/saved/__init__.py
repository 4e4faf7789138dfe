"""Lives on disk: rows as they come, journals that killed lives go on from, and files of whole lives."""
