"""The sentences of an announcement beside energy and charging time: power, vehicles, storage, life; and the summary."""
