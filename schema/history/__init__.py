"""The timeline in the contract: entries, filter, live updates, and what people record or correct."""
