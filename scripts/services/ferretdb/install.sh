#!/usr/bin/env bash
# Makes what FerretDB needs in FOLDER: a small Debian with PostgreSQL and the DocumentDB extension, a data
# folder to copy, and FerretDB itself. About a minute and 700 MB. Needs root, apt and Go.
#   install.sh FOLDER MIRROR
# Runs in mounts of its own, which end with it: nothing of this machine is ever reachable through FOLDER.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
folder=$1 mirror=$2
root=$folder/root bin=/usr/lib/postgresql/18/bin data=/var/lib/assay/template
export DEBIAN_FRONTEND=noninteractive LC_ALL=C

(cd "$here" && go build -trimpath -o "$folder/ferretdb" .) &
build=$!

command -v debootstrap >/dev/null || {
  apt-get update
  apt-get install -y --no-install-recommends debootstrap
}
mkdir -p "$root"
debootstrap --variant=minbase sid "$root" "$mirror"
printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d" # no daemons
chmod +x "$root/usr/sbin/policy-rc.d"
mountpoint -q "$root/proc" || mount -t proc proc "$root/proc"
chroot "$root" sh -c 'apt-get -o Acquire::Check-Valid-Until=false update &&
  apt-get install -y --no-install-recommends postgresql-18-documentdb && apt-get clean'

as_postgres() { chroot --userspec=postgres:postgres "$root" "$@"; }
chroot "$root" install -d -o postgres -g postgres /var/lib/assay
as_postgres $bin/initdb -D $data -U documentdb --auth=trust -E UTF8 --locale=C.UTF-8
cat >>"$root$data/postgresql.conf" <<'CONF'
listen_addresses = '127.0.0.1'
unix_socket_directories = '/tmp'
shared_preload_libraries = 'pg_cron,pg_documentdb_core,pg_documentdb'
cron.database_name = 'postgres'
max_connections = 200
shared_memory_type = 'mmap'
dynamic_shared_memory_type = 'mmap'
CONF
as_postgres $bin/pg_ctl -D $data -w -l $data/log -o "-c listen_addresses= -c cron.launch_active_jobs=off" start
as_postgres $bin/psql -h /tmp -U documentdb postgres -qc 'CREATE EXTENSION IF NOT EXISTS documentdb CASCADE' || {
  cat "$root$data/log"
  exit 1
}
as_postgres $bin/pg_ctl -D $data -m fast -w stop
rm -f "$root$data/log"
wait $build
