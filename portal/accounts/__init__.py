"""The journeys of an account. Each takes values, owns its commits, and raises named errors."""
