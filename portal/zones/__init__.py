"""Zones as rows: what is in them, what was changed, what could be taken back."""
