#!/bin/sh
# Runs once, when the server's volume is empty: for each service a database, the role that owns and migrates it, and
# the role that the service connects as. Where row-level security stands between learners, the worker, which writes for
# all of them, has a role of its own. What each may do is said by the migrations.
set -eu
for service in upload playback progress analytics; do
    psql --username "$POSTGRES_USER" --set ON_ERROR_STOP=1 --set service="$service" \
        --set owner="${service}_owner" --set app="${service}_app" \
        --set owner_password="$SEATIME_OWNER_PASSWORD" --set app_password="$SEATIME_APP_PASSWORD" <<'SQL'
CREATE ROLE :"owner" LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE PASSWORD :'owner_password';
CREATE ROLE :"app" LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE PASSWORD :'app_password';
CREATE DATABASE :"service" OWNER :"owner";
REVOKE ALL ON DATABASE :"service" FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE :"service" TO :"app";
SQL
done
for service in progress analytics; do
    psql --username "$POSTGRES_USER" --set ON_ERROR_STOP=1 --set service="$service" --set worker="${service}_worker" \
        --set worker_password="$SEATIME_WORKER_PASSWORD" <<'SQL'
CREATE ROLE :"worker" LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE PASSWORD :'worker_password';
GRANT CONNECT, TEMPORARY ON DATABASE :"service" TO :"worker";
SQL
done
