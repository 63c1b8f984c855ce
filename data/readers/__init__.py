"""Files in, columns out: claims (837) and remits (835)."""
