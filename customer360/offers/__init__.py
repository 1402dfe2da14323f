"""Next best offers: the catalogue, the declared rules, and decisions with the reason of every offer."""
