"""Scores claims and shows the answers, over HTTP, in batches and on pages."""
