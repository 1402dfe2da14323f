-- What must never be lost: the two logs, their cursors, what was refused, and what is not derived from events.
-- Times are microseconds since the epoch. Ids are 32 hex characters.

CREATE TABLE installation (name text PRIMARY KEY, value text NOT NULL);

CREATE TABLE event_log (
  seq          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  partition    smallint NOT NULL,
  member_id    text COLLATE "C",
  event_id     text COLLATE "C" NOT NULL,
  type         text NOT NULL,
  occurred_at  bigint NOT NULL,
  received_at  bigint NOT NULL DEFAULT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint,
  key_id       text,
  data         bytea NOT NULL
);
CREATE INDEX event_log_partition ON event_log (partition, seq);
CREATE INDEX event_log_event ON event_log (event_id);

CREATE TABLE event_key (
  event_id   text COLLATE "C" PRIMARY KEY,
  body_hash  bytea NOT NULL
);

CREATE TABLE change_log (
  seq        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at         bigint NOT NULL DEFAULT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint,
  partition  smallint NOT NULL,
  member_id  text COLLATE "C",
  kind       text NOT NULL,           -- entry, member, document, page, group
  op         text NOT NULL,           -- put, remove
  doc_id     text COLLATE "C" NOT NULL
);
CREATE INDEX change_log_partition ON change_log (partition, seq);
CREATE INDEX change_log_member ON change_log (member_id, seq);

-- pos: last seq handled. consumer: 'projection' or 'search:<generation>'. confirmed: last seq the search store shows.
CREATE TABLE consumer_cursor (
  consumer   text NOT NULL,
  partition  smallint NOT NULL,
  pos        bigint NOT NULL DEFAULT 0,
  stalled    text,                    -- why the partition was released (an event type this worker does not know)
  PRIMARY KEY (consumer, partition)
) WITH (fillfactor = 50);
INSERT INTO consumer_cursor (consumer, partition) SELECT 'projection', p FROM generate_series(0, 64) p;

CREATE TABLE consumer_lease (
  consumer      text NOT NULL,
  partition     smallint NOT NULL,
  holder        text NOT NULL,
  leased_until  timestamptz NOT NULL,
  PRIMARY KEY (consumer, partition)
) WITH (fillfactor = 50);

CREATE TABLE quarantine (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  digest       bytea NOT NULL UNIQUE,  -- keyed hash of code, key and bytes: a repeat is counted, not stored again
  state        text NOT NULL DEFAULT 'open',  -- open, replayed, dropped
  code         text NOT NULL,
  field        text,
  reason       text NOT NULL,
  event_id     text COLLATE "C",
  key_id       text,
  body         bytea NOT NULL,
  repeats      bigint NOT NULL DEFAULT 1,
  first_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
  last_at      timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX quarantine_state ON quarantine (state, id);

-- Events whose projection failed twice for a reason of their own; replay projects them later.
CREATE TABLE failure (
  event_id     text COLLATE "C" PRIMARY KEY,
  seq          bigint NOT NULL,
  partition    smallint NOT NULL,
  member_id    text COLLATE "C",
  attempts     integer NOT NULL,
  error        text NOT NULL,
  at           timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX failure_member ON failure (member_id);

-- Index generations: `marks` are the index UUIDs the store had when it was last known to hold what we confirmed.
CREATE TABLE search_generation (
  name        text PRIMARY KEY,
  store       text NOT NULL,           -- postgres, elasticsearch
  state       text NOT NULL,           -- filling, live, retired, lost
  marks       jsonb NOT NULL DEFAULT '{}',
  backfill    jsonb NOT NULL DEFAULT '{}',
  drift       bigint NOT NULL DEFAULT 0,  -- documents that differed when it was last compared, and were healed
  created_at  timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE TABLE undelivered (
  generation  text NOT NULL,
  doc_id      text COLLATE "C" NOT NULL,
  kind        text NOT NULL,
  partition   smallint NOT NULL,
  member_id   text COLLATE "C",
  version     bigint NOT NULL,
  reason      text NOT NULL,
  at          timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (generation, doc_id)
);
CREATE INDEX undelivered_member ON undelivered (member_id);

CREATE TABLE decision (
  id             text COLLATE "C" PRIMARY KEY,
  customer_id    text COLLATE "C" NOT NULL,
  member_ids     text[] NOT NULL,
  question_hash  bytea NOT NULL,
  asked_at       bigint NOT NULL,
  principal_id   text,
  body           jsonb NOT NULL
);
CREATE INDEX decision_recent ON decision (customer_id, question_hash, asked_at DESC);

CREATE TABLE audit_entry (
  seq           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at            bigint NOT NULL DEFAULT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint,
  principal_id  text,
  action        text NOT NULL,         -- document.read, key.revealed, session.opened, customer.merged, ...
  object_id     text,
  member_id     text COLLATE "C",
  detail        jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX audit_entry_object ON audit_entry (object_id, principal_id, at DESC);

CREATE TABLE account (
  id             text COLLATE "C" PRIMARY KEY,
  login          text NOT NULL UNIQUE,
  name           text NOT NULL,
  role           text NOT NULL,        -- agent, supervisor, auditor, integrator, privacy_officer, administrator
  password_hash  text,
  disabled       boolean NOT NULL DEFAULT false,
  locale         text NOT NULL DEFAULT 'pt-BR',
  created_at     timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE TABLE session (
  token_hash    bytea PRIMARY KEY,     -- of the cookie or bearer token
  account_id    text COLLATE "C" NOT NULL REFERENCES account ON DELETE CASCADE,
  csrf_token    text,                  -- null for a bearer token
  created_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  expires_at    timestamptz NOT NULL,
  revoked       boolean NOT NULL DEFAULT false
);
CREATE TABLE sign_in_attempt (
  login_hash  bytea NOT NULL,
  at          timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX sign_in_attempt_login ON sign_in_attempt (login_hash, at);
CREATE TABLE api_key (
  id           text PRIMARY KEY,
  name         text NOT NULL,
  scopes       text[] NOT NULL,
  secrets      jsonb NOT NULL,         -- [{"hash": hex, "since": iso}], two at the most
  revoked      boolean NOT NULL DEFAULT false,
  created_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
  last_used    timestamptz
);

-- Document bytes by digest, and what was read out of them. Derived from bytes, not from events.
CREATE TABLE blob (
  sha256       text COLLATE "C" PRIMARY KEY,
  size         bigint NOT NULL,
  media_type   text NOT NULL,
  block_digests bytea NOT NULL,        -- SHA-256 of each MiB, 32 bytes each, in order
  stored_at    timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE TABLE extraction (
  sha256       text COLLATE "C" PRIMARY KEY,
  state        text NOT NULL,          -- pending, done, failed, none
  pages        integer,
  reason       text,
  attempts     integer NOT NULL DEFAULT 0,
  at           timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE TABLE page_text (
  sha256       text COLLATE "C" NOT NULL,
  number       integer NOT NULL,
  text         text NOT NULL,
  PRIMARY KEY (sha256, number)
);

CREATE TABLE import_job (
  id           text PRIMARY KEY,       -- digest of mapping and file
  rows_done    bigint NOT NULL,
  counts       jsonb NOT NULL,
  state        jsonb NOT NULL,
  updated_at   timestamptz NOT NULL DEFAULT clock_timestamp()
);
