#!/bin/sh
# Run once by the image of PostgreSQL: a role without privileges, which row security holds in, and its database.
set -eu
psql --quiet --set=ON_ERROR_STOP=1 --set=password="$POSTGRES_PASSWORD" <<'SQL'
CREATE ROLE renda LOGIN PASSWORD :'password';
CREATE DATABASE renda OWNER renda;
-- From here on the superuser comes in through the container's own socket alone.
ALTER ROLE postgres PASSWORD NULL;
SQL
