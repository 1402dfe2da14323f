-- Which generation searches ask in the PostgreSQL search adapter. A generation is a schema of its own, `search_<name>`,
-- made by ../search/generation.sql; this row is all that publishing changes.

CREATE TABLE search_published (
  one         boolean PRIMARY KEY DEFAULT true CHECK (one),
  generation  text
);
INSERT INTO search_published (generation) VALUES (NULL);
