"""From claim lines to feature columns: the one definition, for training and for serving."""
