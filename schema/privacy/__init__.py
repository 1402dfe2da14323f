"""Who is asking, and the logged reveal of a masked key."""
