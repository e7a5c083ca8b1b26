"""Compares screenshots of two captures."""
