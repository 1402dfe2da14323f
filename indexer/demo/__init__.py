"""The demo company: invented customers of a Brazilian telephone and card company, seeded and repeatable."""
