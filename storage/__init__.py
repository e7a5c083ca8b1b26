"""KEEPS: rows, bytes and records. The only package that touches tables."""
