-- The role that Grafana reads the analytics database with. Run by psql as a superuser, in that database, once it is
-- migrated, with the role's password in SEATIME_READER_PASSWORD. May be run again, with another password too.
\getenv reader_password SEATIME_READER_PASSWORD
SELECT 'CREATE ROLE analytics_reader' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'analytics_reader') \gexec
ALTER ROLE analytics_reader LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOINHERIT CONNECTION LIMIT 10
    PASSWORD :'reader_password';
ALTER ROLE analytics_reader SET default_transaction_read_only = on;
ALTER ROLE analytics_reader SET statement_timeout = '20s';
SELECT format('GRANT CONNECT ON DATABASE %I TO analytics_reader', current_database()) \gexec
GRANT USAGE ON SCHEMA public TO analytics_reader;
GRANT SELECT ON shown_lessons, shown_days, shown_tallies, shown_shares, shown_retention TO analytics_reader;
