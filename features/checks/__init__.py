"""Checks before submission: what an experienced biller would look at, each a formula, a sentence and a fix."""
