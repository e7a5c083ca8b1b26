"""What counts as evidence, what is missing, and its numbers."""
