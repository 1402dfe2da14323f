-- One generation of search documents, in the schema that search_path names. A tombstone has only its first five columns.
-- `tsv` holds our own tokens (customer360/history/portuguese.py; of names: customer360/stores/name_search.py).

CREATE TABLE mark (uuid uuid NOT NULL DEFAULT gen_random_uuid());
INSERT INTO mark DEFAULT VALUES;

CREATE TABLE entry (
  id            text COLLATE "C" PRIMARY KEY,
  version       bigint NOT NULL,
  deleted       boolean NOT NULL,
  member_id     text COLLATE "C",
  occurred_at   bigint NOT NULL,
  type          text,
  channel       text,
  direction     text,
  with_document boolean,
  tsv           tsvector,
  body          json NOT NULL
);
-- No index on tsv: a question about entries always names its members, and one of it would cost every write.
CREATE INDEX entry_member ON entry (member_id, occurred_at DESC, id DESC) WHERE NOT deleted;
CREATE INDEX entry_version ON entry (version);

CREATE TABLE member (
  id            text COLLATE "C" PRIMARY KEY,
  version       bigint NOT NULL,
  deleted       boolean NOT NULL,
  member_id     text COLLATE "C",
  occurred_at   bigint NOT NULL,
  words         smallint,
  tsv           tsvector,
  body          json NOT NULL
);
CREATE INDEX member_tsv ON member USING gin (tsv);
CREATE INDEX member_version ON member (version);

CREATE TABLE document (
  id            text COLLATE "C" PRIMARY KEY,
  version       bigint NOT NULL,
  deleted       boolean NOT NULL,
  member_id     text COLLATE "C",
  occurred_at   bigint NOT NULL,
  kind          text,
  media_type    text,
  body          json NOT NULL
);
CREATE INDEX document_member ON document (member_id, occurred_at DESC, id DESC) WHERE NOT deleted;
CREATE INDEX document_time ON document (occurred_at DESC, id DESC) WHERE NOT deleted;
CREATE INDEX document_version ON document (version);

CREATE TABLE page (
  id            text COLLATE "C" PRIMARY KEY,
  version       bigint NOT NULL,
  deleted       boolean NOT NULL,
  member_id     text COLLATE "C",
  occurred_at   bigint NOT NULL,
  kind          text,
  media_type    text,
  tsv           tsvector,
  body          json NOT NULL
);
CREATE INDEX page_member ON page (member_id, occurred_at DESC, id DESC) WHERE NOT deleted;
CREATE INDEX page_time ON page (occurred_at DESC, id DESC) WHERE NOT deleted;
CREATE INDEX page_tsv ON page USING gin (tsv);
CREATE INDEX page_version ON page (version);
