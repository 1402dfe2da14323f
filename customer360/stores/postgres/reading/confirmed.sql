-- What the search store of this installation is known to show: one row per partition, none without a live generation.
WITH generation AS MATERIALIZED (
  SELECT name FROM search_generation WHERE state = 'live' AND store = %(store)s
),
confirmed AS MATERIALIZED (
  SELECT p AS partition, coalesce(min(c.pos), 0) AS pos
  FROM generate_series(0, 64) p
  CROSS JOIN generation g
  LEFT JOIN consumer_cursor c ON c.consumer = 'search:' || g.name AND c.partition = p
  GROUP BY p
)
