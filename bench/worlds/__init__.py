"""Seeded worlds of card sites with known operators: what is seen of them, and what is true of them."""
