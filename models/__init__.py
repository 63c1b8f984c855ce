"""What is fitted to claims, and what is asked of it: probabilities, reasons, explanations, fixes."""
