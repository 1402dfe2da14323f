-- Rows of `reading.ids` that the search store has not confirmed, hidden ones included.
SELECT
  (SELECT json_agg(json_build_array(id, member_id, occurred_at, received_at, type, channel, direction, title, summary,
      source, with_document, detail, state, version, hidden)) FROM (
    SELECT e.* FROM unnest(reading.ids) AS m(id)
    CROSS JOIN LATERAL (
      SELECT * FROM timeline_entry WHERE member_id = m.id AND version > (
        SELECT pos FROM confirmed WHERE partition = ('x' || left(m.id, 8))::bit(32)::bigint %% 64)
      ORDER BY version LIMIT %(hot)s
    ) e
    UNION ALL
    SELECT e.* FROM undelivered u JOIN timeline_entry e ON e.id = u.doc_id
    WHERE u.member_id = ANY (reading.ids) AND u.kind = 'entry' AND u.generation IN (SELECT name FROM generation)
    LIMIT %(hot)s
  ) e)::text AS entries
