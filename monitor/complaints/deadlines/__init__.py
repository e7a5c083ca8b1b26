"""Terms by the Chinese calendar, and what is told of them."""
