"""The tables that one `cleanclaim.toml` may hold: each stage reads its own, and knows the names of the others."""

STAGES = ("cohort", "split", "models", "tune", "evaluate", "gates", "monitor")
"""A table of another name is a misspelt one: refused by whoever reads the file."""
