"""Archived documents in the contract: lists, search and one of them. Bytes leave over HTTP, not here."""
