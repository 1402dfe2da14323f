"""Outside projection: reads documents that have no text yet and writes their page rows."""
