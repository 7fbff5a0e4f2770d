#!/bin/sh
# Starts Redis with the password that stands in REDIS_URL_FILE, so that it is written down once. It goes in by
# standard input: a command line can be read by others. Redis keeps nothing on disk; losing it costs nothing.
set -eu
password=$(sed -n 's#^redis://[^:@/]*:\([^@/]*\)@.*#\1#p' "$REDIS_URL_FILE")
if [ -z "$password" ]; then
    echo "REDIS_URL_FILE holds no address like redis://:PASSWORD@redis:6379/0" >&2
    exit 1
fi
exec redis-server - <<END
bind ${REDIS_BIND:-0.0.0.0}
port ${REDIS_PORT:-6379}
requirepass $password
save ""
appendonly no
maxmemory 192mb
# A full queue answers with an error, which the relay waits out; dropping keys would drop messages unseen.
maxmemory-policy noeviction
rename-command CONFIG ""
rename-command MODULE ""
rename-command DEBUG ""
END
