#!/bin/sh
# For each service a database, the role that owns and migrates it, and the role that the service connects as. Where
# row-level security stands between learners, the worker, which writes for all of them, has a role of its own. What each
# may do is said by the migrations. Runs by itself when the server's volume is empty; after an upgrade, or with other
# passwords, it may be run again: what is there stays, and the passwords are those of the environment.
set -eu
for service in upload playback progress analytics; do
    psql --username "$POSTGRES_USER" --dbname postgres --quiet --set ON_ERROR_STOP=1 --set service="$service" \
        --set owner="${service}_owner" --set app="${service}_app" \
        --set owner_password="$SEATIME_OWNER_PASSWORD" --set app_password="$SEATIME_APP_PASSWORD" <<'SQL'
SELECT format('CREATE ROLE %I', name) FROM unnest(ARRAY[:'owner', :'app']) AS name
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) \gexec
ALTER ROLE :"owner" LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE PASSWORD :'owner_password';
ALTER ROLE :"app" LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE PASSWORD :'app_password';
SELECT format('CREATE DATABASE %I OWNER %I', :'service', :'owner')
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'service') \gexec
REVOKE ALL ON DATABASE :"service" FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE :"service" TO :"app";
SQL
done
for service in progress analytics; do
    psql --username "$POSTGRES_USER" --dbname postgres --quiet --set ON_ERROR_STOP=1 --set service="$service" \
        --set worker="${service}_worker" --set worker_password="$SEATIME_WORKER_PASSWORD" <<'SQL'
SELECT format('CREATE ROLE %I', :'worker')
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'worker') \gexec
ALTER ROLE :"worker" LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE PASSWORD :'worker_password';
GRANT CONNECT, TEMPORARY ON DATABASE :"service" TO :"worker";
SQL
done
