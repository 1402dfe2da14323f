-- What is true of the whole installation at this instant: the change log's end, and the oldest unfinished work.
installation AS MATERIALIZED (
  SELECT json_build_object(
    'now', (extract(epoch FROM now()) * 1000000)::bigint,
    'liveCursor', (SELECT max(seq) FROM change_log),
    'confirmed', (SELECT json_object_agg(partition, pos) FROM confirmed),
    'unprojected', (
      SELECT min(e.received_at) FROM consumer_cursor c
      CROSS JOIN LATERAL (
        SELECT received_at FROM event_log WHERE partition = c.partition AND seq > c.pos ORDER BY seq LIMIT 1
      ) e WHERE c.consumer = 'projection'),
    'unconfirmed', (
      SELECT min(l.at) FROM confirmed c
      CROSS JOIN LATERAL (
        SELECT at FROM change_log WHERE partition = c.partition AND seq > c.pos ORDER BY seq LIMIT 1
      ) l)
  )::text AS body
)
