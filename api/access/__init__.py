"""Who is asking: credentials of a request to a principal, sign-in, and what protects cookies. No rows, no SQL."""
