"""docker-compose.yml, Dockerfile and deploy/ fit the settings and the code; each rule is seen to bite."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.config.deployment import Deployment, complaints, read

Spoil = Callable[[Deployment], Any]


def text(name: str, old: str, new: str) -> Spoil:
    """Replaces words in one of the files."""

    def spoil(d: Deployment) -> None:
        assert old in getattr(d, name)
        setattr(d, name, getattr(d, name).replace(old, new))

    return spoil


def put(service: str, **values: Any) -> Spoil:
    """Sets keys of a service; None takes one away."""

    def spoil(d: Deployment) -> None:
        for key, value in values.items():
            if value is None:
                del d.services[service][key]
            else:
                d.services[service][key] = value

    return spoil


def variable(service: str, name: str, value: str | None = "1") -> Spoil:
    """Sets or takes away a variable of one service; anchors make the others' the same object."""

    def spoil(d: Deployment) -> None:
        given = dict(d.services[service]["environment"])
        if value is None:
            del given[name]
        else:
            given[name] = value
        d.services[service]["environment"] = given

    return spoil


def word(service: str, old: str, new: str) -> Spoil:
    """Changes a word of a command."""

    def spoil(d: Deployment) -> None:
        command = d.services[service]["command"]
        assert old in command
        d.services[service]["command"] = [new if part == old else part for part in command]

    return spoil


def secret(service: str, name: str) -> Spoil:
    """Gives a service one more secret, named by a variable."""

    def spoil(d: Deployment) -> None:
        d.services[service]["secrets"] = [*d.services[service]["secrets"], name]
        variable(service, f"{name.upper()}_FILE", f"/run/secrets/{name}")(d)

    return spoil


MUTANTS: dict[str, tuple[Spoil, str]] = {
    "no relay": (lambda d: d.services.pop("relay"), "['relay'] too many or missing"),
    "a stranger": (lambda d: d.services.update(shell=d.services["roles"]), "['shell'] too many or missing"),
    "a variable nobody reads": (variable("web", "SECRET_KEI_FILE"), "web: nothing reads SECRET_KEI_FILE"),
    "a variable redis does not read": (variable("redis", "REDIS_PASSWORD_FILE"), "redis: nothing reads"),
    "a required one is gone": (variable("beat", "SEALING_KEY_FILE", None), "beat: SEALING_KEY is not set"),
    "no host": (variable("web", "ALLOWED_HOSTS", None), "web: ALLOWED_HOSTS is not set"),
    "a secret in the open": (variable("web", "SECRET_KEY", "x"), "web: SECRET_KEY is a secret"),
    "a password in an address": (
        variable("web", "PUBLIC_URL", "https://a:b@c"),
        "web: PUBLIC_URL has a secret in it",
    ),
    "a secret not given": (put("relay", secrets=["secret_key"]), "relay: secrets"),
    "a secret not declared": (lambda d: d.compose["secrets"].pop("redis_url"), "are not declared"),
    "a secret not made": (
        text("secrets_script", "keep sealing_key", "# keep"),
        "secret sealing_key is not both",
    ),
    "the owner's way in at the web": (
        secret("web", "migrate_database_url"),
        "web: may not hold migrate_database_url",
    ),
    "the administrator's at migrate": (
        secret("migrate", "postgres_password"),
        "migrate: may not hold postgres_password",
    ),
    "a demonstration": (variable("web", "DEMO"), "web: DEMO is for the demonstration"),
    "a demonstration by image": (text("dockerfile", "ENV ", "ENV DEMO=1 "), "Dockerfile: DEMO is for"),
    "another program": (word("web", "granian", "gunicorn"), "web: its program is not in the image"),
    "an entry that is not there": (
        word("web", "config.wsgi:application", "config.wsgi:app"),
        "web: config.wsgi:app is not there",
    ),
    "an option that is not there": (
        word("web", "--no-ws", "--no-sockets"),
        "web: granian has no ['--no-sockets']",
    ),
    "a worker's option": (word("worker", "--without-mingle", "--mingle-not"), "worker: worker has no"),
    "a celery command": (word("beat", "beat", "heart"), "beat: celery has no command heart"),
    "a management command": (word("relay", "relay", "relais"), "relay: there is no command manage.py relais"),
    "a command's option": (word("relay", "--heartbeat", "--pulse"), "relay: relay has no ['--pulse']"),
    "a module": (word("roles", "deploy.roles", "deploy.rolls"), "roles: there is no module deploy.rolls"),
    "web at another port": (word("web", "8000", "8001"), "the proxy does not go to web:8001"),
    "the proxy to another port": (
        text("caddyfile", "web:8000", "web:80"),
        "the proxy does not go to web:8000",
    ),
    "the proxy at another port": (
        text("caddyfile", "https_port 8443", "https_port 9443"),
        "proxy: published",
    ),
    "the proxy published elsewhere": (
        put("proxy", ports=["8080:8080", "8443:8443"]),
        "published at 80 and 443",
    ),
    "the database published": (put("postgres", ports=["5432:5432"]), "postgres: only the proxy is published"),
    "web published": (put("web", ports=["8000:8000"]), "web: only the proxy is published"),
    "no health check": (put("redis", healthcheck=None), "redis: no health check"),
    "a health check of another port": (
        put("web", healthcheck={"test": ["CMD", "python", "-m", "deploy.healthy", "web", "80"]}),
        "web: its health check asks another port",
    ),
    "a health check of another folder": (
        put("beat", healthcheck={"test": ["CMD", "python", "-m", "deploy.healthy", "fresh", "/x", "9"]}),
        "beat: its health check looks elsewhere",
    ),
    "root": (put("web", user="0:0"), "web: runs as root"),
    "root by name": (put("postgres", user="root"), "postgres: runs as root"),
    "no user": (put("worker", user=None), "worker: runs as root"),
    "root in the image": (text("dockerfile", "USER 10001:10001", ""), "Dockerfile: product does not end as"),
    "a writable image": (put("web", read_only=False), "web: may write to its own image"),
    "capabilities": (put("proxy", cap_add=["NET_ADMIN"]), "proxy: keeps capabilities"),
    "privileges": (put("web", security_opt=[]), "web: may gain privileges"),
    "the host's network": (put("web", network_mode="host"), "web: is privileged"),
    "no memory limit": (put("worker", mem_limit=None), "worker: has no memory limit"),
    "endless logs": (put("web", logging={"driver": "json-file"}), "web: has no end of logs"),
    "no coming back": (put("relay", restart="no"), "relay: does not come back"),
    "migrations for ever": (put("migrate", restart="always"), "migrate: runs again and again"),
    "the machine's Docker": (
        put("proxy", volumes=["/var/run/docker.sock:/x"]),
        "proxy: reaches the machine's Docker",
    ),
    "the newest": (put("redis", image="redis:latest"), "redis: redis:latest is not pinned"),
    "another registry": (put("redis", image="example.org/redis:8.8-alpine"), "is not pinned"),
    "the newest base": (
        text("dockerfile", "python:3.11.14-slim-bookworm", "python:3"),
        "python:3 is not pinned",
    ),
    "a stage that is not there": (
        put("web", build={"context": ".", "target": "web"}),
        "web: Dockerfile has no stage web",
    ),
    "packages without hashes": (
        text("dockerfile", "--require-hashes", ""),
        "requirements/base.txt with hashes",
    ),
    "packages of tests": (text("dockerfile", "/base.txt", "/test.txt"), "requirements/base.txt with hashes"),
    "building in the product": (
        text("dockerfile", "RUN python -m compileall", "RUN apt-get install gcc; python -m compileall"),
        "the product's own stage builds",
    ),
    "a file that is not there": (
        text("dockerfile", "COPY deploy/Caddyfile", "COPY deploy/Cadyfile"),
        "Dockerfile: deploy/Cadyfile is not there",
    ),
    "secrets in the image": (
        text("ignored", "deploy/secrets\n", ""),
        "deploy/secrets would come into the image",
    ),
    "code not in the image": (
        text("ignored", "tests\n", "tests\nconfig\n"),
        "config is missing in the image",
    ),
    "the database with a way out": (
        put("postgres", networks=["data", "outbound"]),
        "postgres: has a way out",
    ),
    "the database on the default network": (put("postgres", networks=None), "postgres: has a way out"),
    "the proxy at the data": (
        put("proxy", networks=["public", "front", "data"]),
        "proxy: reaches the database",
    ),
    "data with a way out": (
        lambda d: d.compose["networks"].update(data={}),
        "networks: data and front have a way out",
    ),
    "web before migrate": (put("web", depends_on={}), "web: does not wait for migrate"),
    "migrate before roles": (put("migrate", depends_on={}), "migrate: does not wait for roles"),
    "fsync off": (word("postgres", "fsync=on", "fsync=off"), "postgres: fsync=on is not given"),
    "no archive": (word("postgres", "archive_mode=on", "archive_mode=off"), "postgres: archive_mode=on"),
    "data in the container": (
        put("postgres", volumes=["database:/var/lib/pg"]),
        "would go with the container",
    ),
    "a visitor's own word": (
        text("caddyfile", "header_up X-Forwarded-Proto", "# header_up"),
        "Caddyfile: does not set X-Forwarded-Proto",
    ),
    "any host": (text("caddyfile", "{$SITE_HOST} {", ":443 {"), "answers other host names"),
    "the proxy's own door": (text("caddyfile", "admin off", ""), "its own door for changes is open"),
    "a value nobody explains": (text("example", "CORES=2", ""), "CORES is not both asked for"),
    "a setting nobody explains": (text("operate", "`SEALING_KEY`", "it"), "does not explain SEALING_KEY"),
}


def test_the_files_of_an_installation_fit_the_code():
    assert complaints(read()) == []


@pytest.mark.parametrize("name", MUTANTS)
def test_a_spoiled_installation_is_seen(name: str):
    spoil, expected = MUTANTS[name]
    deployment = read()

    spoil(deployment)

    said = complaints(deployment)
    assert any(expected in line for line in said), said
