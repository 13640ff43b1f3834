"""What was done to an account and its things, as its customer reads it."""
