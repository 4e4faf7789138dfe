"""What cycles and side reactions wear out beside lithium and active material; `ageing` calls it."""
