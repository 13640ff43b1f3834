"""What records are, how they are typed in, and how two states of a zone differ. Pure: no Flask, no database."""
