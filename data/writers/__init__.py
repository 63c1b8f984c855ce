"""Columns in, X12 out."""
