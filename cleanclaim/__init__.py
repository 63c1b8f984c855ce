"""The front door: the command line, the settings, and the few names that notebooks import."""
