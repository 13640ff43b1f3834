"""Getting a shop in: files of its customers, of what they have and of their invoices (docs/import.md)."""
