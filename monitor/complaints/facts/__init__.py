"""What the buyer says of a dispute: typed, read from a file, checked, shown."""
