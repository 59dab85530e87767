-- How many learners a group has at least is one number, and it is here: the worker writes ANALYTICS_SMALLEST_GROUP into
-- it when it starts, and the API asks for it as the views do, so that they can't differ.
GRANT UPDATE (learners) ON shown_from TO analytics_worker;
COMMENT ON TABLE shown_from IS 'rebuild: keep. One row: how many learners a group has at least, for the API and for the views. The worker writes its ANALYTICS_SMALLEST_GROUP into it when it starts.';
