"""The checks are measured."""
