"""Figures as ratios against a peer or a ceiling in the same run. Each module has DESCRIPTION, AIMS and `run`."""
