"""What a platform did in silence, and what it was not seen to show."""
