-- Keys are rotated and revoked over HTTP, too: who did it stays with the key. Null: the command did, or nobody yet.

ALTER TABLE signing_keys ADD COLUMN created_by text, ADD COLUMN revoked_by text;
