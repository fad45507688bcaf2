"""The statements that make episodes; they alone say what one is (``docs/analytics.md``).

They are functions of what is stored and of ``now`` only, so the job and a rebuild write the same.
``came_back`` is false until ``COME_BACKS`` has looked at all of a person's episodes.
"""

# An episode begins with a person's word that follows nothing said by anybody for ``silence``.
# What the service says by itself (news of a report), and an answer to its question about
# satisfaction, neither begins nor lengthens one.  Nothing that
# happens after ``until`` changes it, so a conversation that fell silent needs no second look.
TALKS = """
WITH said AS (
  SELECT m.id, m.conversation_id, m.seq, m.author, m.created_at,
    m.author = 'citizen' AND (
      count(*) FILTER (WHERE m.author = 'citizen')
        OVER (PARTITION BY m.conversation_id ORDER BY m.seq) = 1
      OR m.created_at - lag(m.created_at) OVER (PARTITION BY m.conversation_id ORDER BY m.seq)
        > %(silence)s
    ) AS begins
  FROM conversations_message m
  WHERE m.conversation_id = ANY(%(talks)s) AND m.author <> 'system'
    AND NOT starts_with(m.choice, %(rated)s)
), numbered AS (
  SELECT said.*, count(*) FILTER (WHERE begins)
    OVER (PARTITION BY conversation_id ORDER BY seq) AS number
  FROM said
), spans AS (
  SELECT conversation_id, number, min(seq) AS first_seq, max(seq) AS last_seq,
    min(created_at) AS started_at, max(created_at) AS ended_at,
    min(created_at) FILTER (WHERE author <> 'citizen') AS answered_at,
    bool_or(author = 'bot') AS by_bot, bool_or(author = 'agent') AS by_agent,
    min(created_at) FILTER (WHERE author = 'agent') AS agent_first_at,
    max(created_at) FILTER (WHERE author = 'agent') AS agent_last_at,
    lead(min(created_at)) OVER (PARTITION BY conversation_id ORDER BY number) AS next_at
  FROM numbered WHERE number > 0 GROUP BY conversation_id, number
), bounded AS (
  SELECT s.*, least(next_at, ended_at + %(silence)s) AS until FROM spans s
  WHERE ended_at <= %(now)s - %(silence)s
), looked AS (
  SELECT s.*, c.channel, c.locale, turns.*, handed.*,
    phoned.*, asked.rating, report.commune_id, alarmed.yes AS alarmed,
    called.yes AS called_back,
    (SELECT min(m.created_at) FROM conversations_message m
      WHERE m.conversation_id = s.conversation_id AND m.author = 'agent'
        AND m.seq BETWEEN s.first_seq AND s.last_seq AND m.created_at >= handed.asked_at
    ) AS joined_at
  FROM bounded s
  JOIN conversations_conversation c ON c.id = s.conversation_id
  CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE t.missed) AS fallbacks,
      (array_agg(t.missed ORDER BY t.seq DESC))[1] AS ends_missed,
      (array_agg(t.form ORDER BY t.seq DESC))[1] AS ends_in_form,
      string_agg(t.intent, ' > ' ORDER BY t.seq)
        FILTER (WHERE t.intent <> '' AND t.intent IS DISTINCT FROM t.before) AS intents
    FROM (
      SELECT m.seq, turn.intent, turn.form, turn.state = 'failed'
          OR turn.intent IN ('nlu_fallback', 'out_of_scope') AS missed,
        lag(turn.intent) OVER (ORDER BY m.seq) AS before
      FROM conversations_message m JOIN conversations_turn turn ON turn.message_id = m.id
      WHERE m.conversation_id = s.conversation_id AND m.seq BETWEEN s.first_seq AND s.last_seq
    ) t
  ) turns
  CROSS JOIN LATERAL (
    SELECT min(e.created_at) FILTER (WHERE e.kind = 'asked') AS asked_at,
      (array_agg(e.text ORDER BY e.id) FILTER (WHERE e.kind = 'asked'))[1] AS asked_why,
      min(e.created_at) FILTER (WHERE e.kind = 'taken') AS taken_at
    FROM conversations_deskentry e
    WHERE e.conversation_id = s.conversation_id
      AND e.created_at >= s.started_at AND e.created_at < s.until
  ) handed
  CROSS JOIN LATERAL (
    SELECT min(p.queued_at) AS queued_at, min(p.connected_at) AS connected_at,
      max(p.ended_at) FILTER (WHERE p.connected_at IS NOT NULL) AS hung_up_at
    FROM calls_call p
    WHERE p.conversation_id = s.conversation_id
      AND coalesce(p.queued_at, p.connected_at) >= s.started_at
      AND coalesce(p.queued_at, p.connected_at) < s.until
  ) phoned
  CROSS JOIN LATERAL (
    SELECT max(coalesce(q.score, 0)) AS rating FROM conversations_satisfactionquestion q
    WHERE q.conversation_id = s.conversation_id
      AND q.asked_at >= s.started_at AND q.asked_at < s.until
  ) asked
  CROSS JOIN LATERAL (
    SELECT (array_agg(r.commune_id ORDER BY r.created_at, r.id))[1] AS commune_id
    FROM reports_report r
    WHERE r.conversation_id = s.conversation_id
      AND r.created_at >= s.started_at AND r.created_at < s.until
  ) report
  CROSS JOIN LATERAL (
    SELECT count(*) > 0 AS yes FROM conversations_alert a
    WHERE a.conversation_id = s.conversation_id
      AND a.created_at >= s.started_at AND a.created_at < s.until
  ) alarmed
  CROSS JOIN LATERAL (
    SELECT count(*) > 0 AS yes FROM calls_callback b
    WHERE b.conversation_id = s.conversation_id
      AND b.created_at >= s.started_at AND b.created_at < s.until
  ) called
)
INSERT INTO analytics_episode (conversation_id, first_seq, channel, locale, commune_id, intents,
  handled_by, hand_over, outcome, fallbacks, answer_s, wait_s, handle_s, attended_s, rating,
  came_back, day, hour, started_at, ended_at)
SELECT conversation_id, first_seq, channel, locale, commune_id, coalesce(intents, ''),
  CASE WHEN (by_agent OR connected_at IS NOT NULL) AND by_bot THEN 'both'
    WHEN by_agent OR connected_at IS NOT NULL THEN 'agent'
    WHEN by_bot THEN 'bot' ELSE 'nobody' END,
  CASE WHEN asked_why = %(asked)s THEN 'asked' WHEN asked_why = %(not_understood)s
    THEN 'not_understood' WHEN queued_at IS NOT NULL THEN 'asked'
    WHEN taken_at IS NOT NULL OR connected_at IS NOT NULL THEN 'taken' ELSE 'none' END,
  CASE WHEN alarmed THEN 'emergency' WHEN called_back THEN 'call_back'
    WHEN by_agent OR connected_at IS NOT NULL THEN 'agent'
    WHEN asked_at IS NOT NULL OR queued_at IS NOT NULL THEN 'abandoned'
    WHEN ends_in_form <> '' THEN 'unfinished'
    WHEN ends_missed OR NOT by_bot THEN 'not_understood' ELSE 'bot' END,
  fallbacks, extract(epoch FROM answered_at - started_at)::int,
  extract(epoch FROM least(
    joined_at, CASE WHEN connected_at >= least(asked_at, queued_at) THEN connected_at END
  ) - least(asked_at, queued_at))::int,
  extract(epoch FROM ended_at - started_at)::int,
  CASE WHEN agent_last_at IS NOT NULL OR hung_up_at IS NOT NULL
    THEN greatest(0, extract(epoch FROM greatest(agent_last_at, hung_up_at)
      - least(taken_at, agent_first_at, connected_at))::int) END,
  rating, false,
  (started_at AT TIME ZONE 'Europe/Paris')::date,
  extract(hour FROM started_at AT TIME ZONE 'Europe/Paris')::int, started_at, ended_at
FROM looked
RETURNING day
"""

# A call that a colleague wrote down and closed: one contact, whatever was asked in it.
CALLS = """
INSERT INTO analytics_episode (call_id, channel, locale, commune_id, intents, handled_by, hand_over,
  outcome, fallbacks, handle_s, attended_s, came_back, day, hour, started_at, ended_at)
SELECT k.id, 'phone', 'fr', (
    SELECT coalesce(r.commune_id, b.commune_id) FROM calls_desk_draft d
    LEFT JOIN reports_report r ON r.id = d.report_id
    LEFT JOIN pickups_booking b ON b.id = d.booking_id
    WHERE d.call_id = k.id AND d.state = 'sent' ORDER BY d.created_at, d.id LIMIT 1
  ), k.wrap_code, 'phone', 'none',
  CASE k.wrap_code WHEN 'unfinished' THEN 'unfinished' WHEN 'nothing' THEN 'no_request'
    ELSE 'phone' END,
  0, greatest(0, extract(epoch FROM k.ended_at - k.started_at)::int),
  greatest(0, extract(epoch FROM k.ended_at - k.started_at)::int), false,
  (k.started_at AT TIME ZONE 'Europe/Paris')::date,
  extract(hour FROM k.started_at AT TIME ZONE 'Europe/Paris')::int, k.started_at, k.ended_at
FROM calls_desk_call k
WHERE k.ended_at IS NOT NULL
  AND NOT EXISTS (SELECT FROM analytics_episode e WHERE e.call_id = k.id)
ORDER BY k.id LIMIT %(limit)s
RETURNING day
"""

# What a colleague took in without a call on the call page: telephone, counter, letter, e-mail.
REPORTS = """
INSERT INTO analytics_episode (report_id, channel, locale, commune_id, intents, handled_by,
  hand_over, outcome, fallbacks, came_back, day, hour, started_at, ended_at)
SELECT r.id, r.channel, 'fr', r.commune_id, 'report_issue',
  CASE r.channel WHEN 'phone' THEN 'phone' ELSE 'agent' END, 'none',
  CASE r.channel WHEN 'phone' THEN 'phone' ELSE 'agent' END, 0, false,
  (r.created_at AT TIME ZONE 'Europe/Paris')::date,
  extract(hour FROM r.created_at AT TIME ZONE 'Europe/Paris')::int, r.created_at, r.created_at
FROM reports_report r
WHERE r.channel IN ('phone', 'counter', 'letter', 'email')
  AND NOT EXISTS (SELECT FROM calls_desk_draft d WHERE d.report_id = r.id)
  AND NOT EXISTS (SELECT FROM analytics_episode e WHERE e.report_id = r.id)
ORDER BY r.id LIMIT %(limit)s
RETURNING day
"""

# Whose an episode is, as it is known now: links and merges also change what was counted before.
# Without a resident a conversation is one person's, and so are the calls of one number.
PERSONS = """
WITH RECURSIVE same (id, root) AS (
  SELECT id, id FROM citizens_resident WHERE merged_into_id IS NULL
  UNION ALL
  SELECT r.id, same.root FROM citizens_resident r JOIN same ON r.merged_into_id = same.id
), known AS (
  SELECT e.id, coalesce(
    same.root, e.conversation_id, encode(substr(k.number_digest, 1, 16), 'hex')::uuid
  ) AS person
  FROM analytics_episode e
  LEFT JOIN conversations_conversation c ON c.id = e.conversation_id
  LEFT JOIN citizens_contactpoint p ON p.id = c.contact_point_id
  LEFT JOIN reports_report r ON r.id = e.report_id
  LEFT JOIN calls_desk_call k ON k.id = e.call_id
  LEFT JOIN LATERAL (
    SELECT n.resident_id FROM citizens_contactpoint n
    WHERE n.key_digest = k.number_digest AND n.kind = ANY(%(number_kinds)s)
      AND n.resident_id IS NOT NULL
    ORDER BY n.created_at, n.id LIMIT 1
  ) numbered ON true
  LEFT JOIN same ON same.id = coalesce(p.resident_id, r.resident_id, numbered.resident_id)
)
UPDATE analytics_episode e SET person = known.person FROM known
WHERE known.id = e.id AND e.person IS DISTINCT FROM known.person
RETURNING e.day
"""

# A come-back: the person's next episode, by whichever channel, begins within seven days of the end.
COME_BACKS = """
UPDATE analytics_episode e SET came_back = next.is_soon
FROM (
  SELECT id, person IS NOT NULL
    AND coalesce(lead(started_at) OVER again - ended_at <= interval '7 days', false) AS is_soon
  FROM analytics_episode WINDOW again AS (
    PARTITION BY person ORDER BY started_at, ended_at, conversation_id, call_id, report_id
  )
) next
WHERE next.id = e.id AND e.came_back <> next.is_soon
RETURNING e.day
"""
