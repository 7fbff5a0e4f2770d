#!/bin/sh
# deploy/make_secrets.sh [FOLDER]: makes every secret that is missing in deploy/secrets/; never changes one.
# The folder is closed to all but its owner. The files in it are readable, because containers run as users that this
# machine does not know; each sees only the files its service names in docker-compose.yml.
set -eu
folder=${1:-$(dirname "$0")/secrets}
umask 077
mkdir -p "$folder"
chmod 700 "$folder"

random() { od -An -v -tx1 -N24 /dev/urandom | tr -d ' \n'; }

keep() {
    if [ -e "$folder/$1" ]; then
        echo "kept  $1"
    else
        # Whole or not at all: a file that was half written would be kept for ever.
        printf '%s\n' "$2" > "$folder/.new"
        chmod 444 "$folder/.new"
        mv "$folder/.new" "$folder/$1"
        echo "made  $1"
    fi
}

keep secret_key "$(random)$(random)"
keep sealing_key "$(head -c 32 /dev/urandom | base64)"
keep postgres_password "$(random)"
for role in app migrate backup; do
    name=${role}_database_url
    [ "$role" != app ] || name=database_url
    keep "$name" "postgres://sc_$role:$(random)@postgres:5432/studycoupon"
done
keep redis_url "redis://:$(random)@redis:6379/0"
keep email_host_password ""
echo "Copy sealing_key and secret_key to a safe place of their own now: no backup of the database opens without sealing_key."
