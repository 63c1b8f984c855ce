"""From labelled lines to a model bundle: cohort, split, fit, evaluation, registry."""
