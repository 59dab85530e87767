-- Functions that run with their owner's rights are everybody's unless it is said otherwise. Here somebody else is let
-- in: Grafana's role reads views, and is to decide nothing about dead letters, nor to see who did.
REVOKE EXECUTE ON FUNCTION note_dead_letters, dead_letters_noted, dead_letter_history, redrives_to_do, outbox_state
FROM PUBLIC;
GRANT EXECUTE ON FUNCTION note_dead_letters, dead_letters_noted, dead_letter_history, redrives_to_do, outbox_state
TO analytics_app, analytics_worker;
