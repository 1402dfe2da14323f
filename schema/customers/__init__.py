"""The customer in the contract: reading one, finding several, merging and parting them."""
