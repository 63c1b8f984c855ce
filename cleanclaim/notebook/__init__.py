"""What notebooks import: pandas in, pandas out, thin over the rooms that do the work. Loaded when first asked for."""
