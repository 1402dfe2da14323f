-- One row per asked id that is known, in any order. Nothing is folded over members here: customers/profile.py does that.
SELECT asked.id, installation.body, customer.body, hot.entries
FROM installation
CROSS JOIN unnest(%(ids)s::text[]) AS asked(id)
CROSS JOIN LATERAL (
  SELECT coalesce(
    (SELECT group_id FROM member WHERE id = asked.id),
    (SELECT m.group_id FROM alias a JOIN member m ON m.id = a.member_id WHERE a.id = asked.id),
    (SELECT a.id FROM alias a WHERE a.id = asked.id)) AS id
  OFFSET 0
) public
CROSS JOIN LATERAL (
  SELECT coalesce(array_agg(id), '{}') AS members FROM member WHERE group_id = public.id
) grouped
CROSS JOIN LATERAL (
  SELECT CASE WHEN grouped.members = '{}' THEN ARRAY[public.id] ELSE grouped.members END || coalesce((
    SELECT array_agg(a.id) FROM alias a
    WHERE a.member_id = ANY (grouped.members) AND a.subject), '{}') AS ids
  OFFSET 0
) reading
CROSS JOIN LATERAL (
  SELECT json_build_object(
    'id', public.id,
    'reading', reading.ids,
    'incomplete', EXISTS (SELECT FROM failure WHERE member_id = ANY (reading.ids)),
    'keys', (SELECT json_agg(json_build_array(id, key_type, key_value, shared))
      FROM member WHERE group_id = public.id),
    'protocol', CASE WHEN grouped.members = '{}'
      THEN (SELECT json_build_array(id, 'protocol', value, false) FROM alias WHERE id = public.id) END,
    'attributes', (SELECT json_agg(json_build_array(name, value, occurred_at, event_id))
      FROM profile_attribute WHERE member_id = ANY (reading.ids)),
    'segments', (SELECT json_agg(json_build_array(segment, name, entered, occurred_at, event_id))
      FROM segment WHERE member_id = ANY (reading.ids)),
    'scores', (SELECT json_agg(json_build_array(name, value, valid_until, occurred_at, event_id))
      FROM score WHERE member_id = ANY (reading.ids)),
    'consents', (SELECT json_agg(json_build_array(purpose, channel, granted, source, occurred_at, event_id))
      FROM consent WHERE member_id = ANY (reading.ids)),
    'products', (SELECT json_agg(DISTINCT product) FROM ownership WHERE member_id = ANY (reading.ids)),
    'merges', (SELECT json_agg(json_build_array(id, survivor, merged, occurred_at, reason, principal))
      FROM merge WHERE survivor = ANY (grouped.members) AND merged = ANY (grouped.members) AND undone_at IS NULL),
    'counts', (SELECT json_agg(json_build_array(channel, interaction, hour, entries)) FROM (
      SELECT channel, interaction, hour, sum(entries) AS entries
      FROM entry_count WHERE member_id = ANY (reading.ids) GROUP BY channel, interaction, hour) c),
    'last', (SELECT json_object_agg(channel, at) FROM (
      SELECT used.channel, max(e.occurred_at) AS at
      FROM (SELECT DISTINCT member_id, channel FROM entry_count
            WHERE member_id = ANY (reading.ids) AND entries > 0) used
      CROSS JOIN LATERAL (
        SELECT occurred_at FROM timeline_entry
        WHERE member_id = used.member_id AND channel = used.channel AND NOT hidden
        ORDER BY occurred_at DESC LIMIT 1
      ) e GROUP BY used.channel) c),
    'responses', (SELECT json_agg(json_build_array(c.channel, c.occurred_at))
      FROM unnest(reading.ids) AS m(id)
      CROSS JOIN LATERAL (
        SELECT channel, kind, occurred_at, hidden FROM offer_contact WHERE member_id = m.id
        ORDER BY occurred_at DESC, event_id DESC LIMIT %(contacts)s
      ) c WHERE c.kind IN ('accepted', 'converted') AND NOT c.hidden)
  )::text AS body
) customer
CROSS JOIN LATERAL (
/* hot */
) hot
WHERE public.id IS NOT NULL
