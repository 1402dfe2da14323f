"""Offers in the contract: decisions with their reasons, history, showing and answering."""
