"""Asking about domains: paced, cached by age, every answer kept as evidence."""
