"""Fixes: what could lawfully be changed before a claim goes out, made on the claim itself and judged anew."""
