"""Tickets: what customers write to the shop and what it answers, by its people or by the help desk it has."""
