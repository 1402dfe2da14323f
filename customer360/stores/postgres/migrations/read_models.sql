-- Rows derived from the ledger, all in one PostgreSQL schema so that a rebuild can fill a second one and swap names.
-- Run with search_path set to the schema being made. Each document row carries `version`, its last change seq.

CREATE TABLE member (
  id          text COLLATE "C" PRIMARY KEY,
  key_type    text NOT NULL,              -- '' while only a merge has named it
  key_value   text NOT NULL,
  partition   smallint NOT NULL,
  group_id    text COLLATE "C" NOT NULL,  -- public id of the customer this member belongs to
  root_id     text COLLATE "C" NOT NULL,  -- strongest member of its set; itself when shared
  shared      boolean NOT NULL DEFAULT false,
  attached_at    bigint NOT NULL DEFAULT -4611686018427387904,  -- when it joined its root: the earliest 100 are admitted
  attached_event text COLLATE "C" NOT NULL DEFAULT '',
  first_at    bigint NOT NULL,            -- (first_at, first_event): smallest event that named the key
  first_event text COLLATE "C" NOT NULL,
  name        text,                       -- latest profile name told of this member
  version     bigint NOT NULL DEFAULT 0
);
CREATE INDEX member_group ON member (group_id);
CREATE INDEX member_root ON member (root_id, attached_at, attached_event, id);
CREATE INDEX member_name ON member (lower(name));

CREATE TABLE claim (                      -- the latest machine word and the latest person's word on a pair
  weaker         text COLLATE "C" NOT NULL,
  stronger       text COLLATE "C" NOT NULL,
  machine_at     bigint,
  machine_event  text COLLATE "C",
  machine_linked boolean,
  person_at      bigint,
  person_event   text COLLATE "C",
  person_linked  boolean,
  first_at       bigint,                  -- (first_at, first_event): the first time the pair was linked
  first_event    text COLLATE "C",
  holds          boolean GENERATED ALWAYS AS (coalesce(person_linked, machine_linked)) STORED,
  PRIMARY KEY (weaker, stronger)
);
CREATE INDEX claim_holding ON claim (weaker, first_at, first_event, stronger) WHERE holds;
CREATE INDEX claim_stronger ON claim (stronger) WHERE holds;

CREATE TABLE merge (
  id          text COLLATE "C" PRIMARY KEY,  -- id of the event that made it
  survivor    text COLLATE "C",              -- null while only its unmerge has arrived
  merged      text COLLATE "C",
  occurred_at bigint,
  reason      text,
  principal   text,
  undone_at   bigint
);
CREATE INDEX merge_survivor ON merge (survivor);
CREATE INDEX merge_merged ON merge (merged);

CREATE TABLE review (
  member_id   text COLLATE "C" PRIMARY KEY,
  reason      text NOT NULL,                 -- SHARED, GROUP_FULL
  since       bigint NOT NULL                -- when it was claimed a second time, or claimed for the full group
);
CREATE INDEX review_since ON review (since, member_id);

CREATE TABLE alias (                         -- a protocol points at the member of the first event that carried it
  id          text COLLATE "C" PRIMARY KEY,
  value       text NOT NULL,
  member_id   text COLLATE "C",              -- null while only events with the protocol as subject have arrived
  occurred_at bigint NOT NULL,
  event_id    text COLLATE "C" NOT NULL,
  subject     boolean NOT NULL DEFAULT false -- some event has it as subject, so rows may carry its id as member
);
CREATE INDEX alias_member ON alias (member_id) WHERE subject;

CREATE TABLE profile_attribute (
  member_id   text COLLATE "C" NOT NULL,
  name        text NOT NULL,                 -- 'name' is the customer's name
  value       jsonb NOT NULL,
  occurred_at bigint NOT NULL,
  event_id    text COLLATE "C" NOT NULL,
  PRIMARY KEY (member_id, name)
);
CREATE TABLE segment (
  member_id   text COLLATE "C" NOT NULL,
  segment     text NOT NULL,
  name        text,
  entered     boolean NOT NULL,
  occurred_at bigint NOT NULL,
  event_id    text COLLATE "C" NOT NULL,
  PRIMARY KEY (member_id, segment)
);
CREATE TABLE score (
  member_id   text COLLATE "C" NOT NULL,
  name        text NOT NULL,
  value       double precision NOT NULL,
  valid_until bigint,
  occurred_at bigint NOT NULL,
  event_id    text COLLATE "C" NOT NULL,
  PRIMARY KEY (member_id, name)
);
CREATE TABLE consent (
  member_id   text COLLATE "C" NOT NULL,
  purpose     text NOT NULL,
  channel     text NOT NULL,                 -- '' for every channel
  granted     boolean NOT NULL,
  source      text NOT NULL,
  occurred_at bigint NOT NULL,
  event_id    text COLLATE "C" NOT NULL,
  PRIMARY KEY (member_id, purpose, channel)
);
CREATE TABLE ownership (
  event_id    text COLLATE "C" PRIMARY KEY,
  member_id   text COLLATE "C" NOT NULL,
  product     text NOT NULL,
  occurred_at bigint NOT NULL
);
CREATE INDEX ownership_member ON ownership (member_id);

CREATE TABLE timeline_entry (
  id          text COLLATE "C" PRIMARY KEY,
  member_id   text COLLATE "C",              -- null: no customer, on no timeline
  partition   smallint NOT NULL,
  occurred_at bigint NOT NULL,
  received_at bigint NOT NULL,
  type        text NOT NULL,                 -- event name without prefix and version
  channel     text NOT NULL,                 -- lower case; 'system' without one
  direction   text,
  title       text NOT NULL,
  summary     text,
  source      text NOT NULL,
  with_document boolean NOT NULL DEFAULT false,
  detail      jsonb NOT NULL DEFAULT '{}',   -- what only this type shows
  state       jsonb NOT NULL DEFAULT '{}',   -- delivery or response, told by later events
  target_id   text COLLATE "C",              -- whose later states are shown here
  origin_id   text COLLATE "C",              -- of a re-recorded entry: the event it was first recorded by
  correction  jsonb,                         -- the correction that holds: {"at","id","reassign","member","reason"}
  known       boolean NOT NULL DEFAULT true, -- false: only a correction of it has arrived so far
  hidden      boolean NOT NULL DEFAULT false,
  version     bigint NOT NULL DEFAULT 0
);
CREATE INDEX timeline_entry_member ON timeline_entry (member_id, occurred_at DESC, id DESC);
CREATE INDEX timeline_entry_channel ON timeline_entry (member_id, channel, occurred_at DESC) WHERE NOT hidden;
CREATE INDEX timeline_entry_version ON timeline_entry (member_id, version);
CREATE INDEX timeline_entry_target ON timeline_entry (target_id) WHERE target_id IS NOT NULL;

-- What later events say of a message or a presentation; made by whoever comes first.
CREATE TABLE target (
  id          text COLLATE "C" PRIMARY KEY,
  state       jsonb NOT NULL DEFAULT '{}'        -- folded facts, see indexer/projection/targets.py
);

CREATE TABLE entry_count (
  member_id   text COLLATE "C" NOT NULL,
  channel     text NOT NULL,
  interaction boolean NOT NULL,
  hour        smallint NOT NULL,             -- of the installation's zone
  entries     bigint NOT NULL,
  PRIMARY KEY (member_id, channel, interaction, hour)
);

CREATE TABLE offer (
  id          text COLLATE "C" PRIMARY KEY,  -- the sender's offer code
  defined     jsonb,
  defined_at  bigint,
  defined_by  text COLLATE "C",
  withdrawn_at bigint,
  withdrawn_by text COLLATE "C"
);
CREATE TABLE offer_contact (
  event_id    text COLLATE "C" PRIMARY KEY,
  member_id   text COLLATE "C" NOT NULL,
  offer_id    text COLLATE "C" NOT NULL,
  kind        text NOT NULL,                 -- presented, seen, accepted, declined, deferred, ignored, converted
  channel     text NOT NULL,
  occurred_at bigint NOT NULL,
  decision_id text,
  reason      text,
  until       bigint,
  hidden      boolean NOT NULL DEFAULT false
);
CREATE INDEX offer_contact_member ON offer_contact (member_id, occurred_at DESC, event_id DESC);
CREATE INDEX offer_contact_offer ON offer_contact (member_id, offer_id, kind, occurred_at DESC);

CREATE TABLE document (
  id          text COLLATE "C" PRIMARY KEY,  -- id of the document.archived event
  member_id   text COLLATE "C",
  partition   smallint NOT NULL,
  occurred_at bigint NOT NULL,
  received_at bigint NOT NULL,
  title       text NOT NULL,
  kind        text NOT NULL,
  media_type  text NOT NULL,
  channel     text NOT NULL,
  number      text,
  sha256      text COLLATE "C",
  size        bigint,
  source      text NOT NULL,
  paged       boolean NOT NULL DEFAULT false,  -- its page rows were written, or there is nothing to read
  hidden      boolean NOT NULL DEFAULT false,
  version     bigint NOT NULL DEFAULT 0
);
CREATE INDEX document_member ON document (member_id, occurred_at DESC, id DESC);
CREATE INDEX document_time ON document (occurred_at DESC, id DESC) WHERE NOT hidden;
CREATE INDEX document_sha256 ON document (sha256);
CREATE INDEX document_unpaged ON document (partition) WHERE NOT paged AND sha256 IS NOT NULL;
CREATE INDEX document_version ON document (member_id, version);

CREATE TABLE page (                          -- one search document per page; its text is page_text by digest
  id          text COLLATE "C" PRIMARY KEY,
  document_id text COLLATE "C" NOT NULL,
  member_id   text COLLATE "C",
  partition   smallint NOT NULL,
  occurred_at bigint NOT NULL,
  number      integer NOT NULL,
  sha256      text COLLATE "C" NOT NULL,
  hidden      boolean NOT NULL DEFAULT false,
  version     bigint NOT NULL DEFAULT 0
);
CREATE INDEX page_document ON page (document_id);
CREATE INDEX page_member ON page (member_id, version);
