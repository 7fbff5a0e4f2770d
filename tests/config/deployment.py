"""Reads the files of a real installation and says what in them does not fit the settings, the code or the house's rules.

`complaints()` asks every rule; test_deployment.py requires none, and spoils each thing in turn to see it said.
"""

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import yaml
from celery.bin.celery import celery as celery_commands
from django.core.management import get_commands, load_command_class
from django.urls import resolve
from granian.cli import cli as granian_command

ROOT = Path(__file__).resolve().parent.parent.parent
ALWAYS_ON = {"proxy", "web", "worker", "relay", "beat", "postgres", "redis"}
ONCE = {"migrate", "roles"}
WITH_SETTINGS = {"web", "worker", "relay", "beat", "migrate"}
SERVICES = ALWAYS_ON | ONCE | {"backup"}
NEVER_SET = {"DEMO", "TESTING", "STRIPE_API_BASE", "EMAIL_FILE_PATH", "DEBUG"}
# Who may hold which secret, beside those that every service with settings needs.
HOLDERS = {
    "postgres_password": {"postgres", "roles"},
    "migrate_database_url": {"migrate", "roles"},
    "backup_database_url": {"backup", "roles"},
    "email_host_password": {"web", "worker"},
}
GUARDS = {"fsync=on", "full_page_writes=on", "synchronous_commit=on", "archive_mode=on"}
PINNED = re.compile(r"^[a-z]+:\d+\.\d+[\w.-]*$")


@dataclass
class Deployment:
    """The files as they stand, or spoiled by a test."""

    compose: dict[str, Any]
    dockerfile: str
    caddyfile: str
    ignored: str
    secrets_script: str
    example: str
    operate: str

    @property
    def services(self) -> dict[str, dict[str, Any]]:
        return self.compose["services"]


def read() -> Deployment:
    """The files of this clone."""
    names = [
        "Dockerfile",
        "deploy/Caddyfile",
        ".dockerignore",
        "deploy/make_secrets.sh",
        "deploy/env.example",
    ]
    texts = [(ROOT / name).read_text() for name in [*names, "docs/operate.md"]]
    return Deployment(yaml.safe_load((ROOT / "docker-compose.yml").read_text()), *texts)


def settings_variables() -> tuple[set[str], set[str], set[str]]:
    """What config/settings.py reads: all plain names, names of secrets, and names without a default."""
    plain, secrets, required = set(), set(), set()
    for node in ast.walk(ast.parse((ROOT / "config" / "settings.py").read_text())):
        if not isinstance(node, ast.Call) or not node.args or not isinstance(node.args[0], ast.Constant):
            continue
        name, has_default = str(node.args[0].value), len(node.args) + len(node.keywords) > 1
        called = ast.unparse(node.func)
        if called == "secret":
            secrets.add(name)
        elif re.fullmatch(r"env\.\w+", called):
            plain.add(name)
        else:
            continue
        if not has_default:
            required.add(name)
    return plain, secrets, required


def files_named(*names: str) -> str:
    """Their texts together."""
    return "\n".join((ROOT / name).read_text() for name in names)


def in_words(command: Any) -> list[str]:
    """A command as compose gives it."""
    return command.split() if isinstance(command, str) else list(command)


def listen_ports(words: list[str]) -> str:
    """The value after --port."""
    return words[words.index("--port") + 1] if "--port" in words else ""


def services_are_all_there(d: Deployment) -> Iterator[str]:
    if set(d.services) != SERVICES:
        yield f"services: {sorted(set(d.services) ^ SERVICES)} too many or missing"


def variables_are_read(d: Deployment) -> Iterator[str]:
    plain, secrets, required = settings_variables()
    known = plain | {f"{name}_FILE" for name in secrets}
    readers = {
        "roles": files_named("deploy/roles.py"),
        "redis": files_named("deploy/redis.sh"),
        "proxy": d.caddyfile,
        "backup": " ".join(in_words(d.services.get("backup", {}).get("command", []))),
        "postgres": "POSTGRES_PASSWORD_FILE POSTGRES_INITDB_ARGS",  # the image's own
    }
    for name, service in d.services.items():
        given = set(service.get("environment", {}))
        for variable in sorted(given):
            if name in WITH_SETTINGS and variable in secrets:
                yield f"{name}: {variable} is a secret and comes from a file only"
            elif variable not in (
                known if name in WITH_SETTINGS else re.findall(r"\w+", readers.get(name, ""))
            ):
                yield f"{name}: nothing reads {variable}"
        if name in WITH_SETTINGS:
            missing = {v for v in required if v not in given and f"{v}_FILE" not in given}
            missing |= {"PUBLIC_URL", "ALLOWED_HOSTS"} - given  # their defaults are for this machine only
            yield from (f"{name}: {variable} is not set" for variable in sorted(missing))


def secrets_come_from_files(d: Deployment) -> Iterator[str]:
    declared = d.compose["secrets"]
    made = set(re.findall(r"^keep (\w+)", d.secrets_script, re.M)) | {
        name for name in declared if name.endswith("database_url") and "database_url" in d.secrets_script
    }
    for name in sorted(set(declared) ^ made):
        yield f"secret {name} is not both declared and made by deploy/make_secrets.sh"
    for name, service in d.services.items():
        held = set(service.get("secrets", []))
        named = set()
        for variable, value in service.get("environment", {}).items():
            if re.search(r"://[^/@]*:[^/@]+@", str(value)) or (
                re.search("PASSWORD|SECRET|KEY$", variable) and not variable.endswith("_FILE")
            ):
                yield f"{name}: {variable} has a secret in it"
            if variable.endswith("_FILE"):
                named.add(str(value).removeprefix("/run/secrets/"))
        if held != named:
            yield f"{name}: secrets {sorted(held ^ named)} are given but not named, or named but not given"
        if not held <= set(declared):
            yield f"{name}: secrets {sorted(held - set(declared))} are not declared"
        for secret in sorted(held & set(HOLDERS)):
            if name not in HOLDERS[secret]:
                yield f"{name}: may not hold {secret}"


def demo_is_never_set(d: Deployment) -> Iterator[str]:
    for name, service in d.services.items():
        for variable in sorted(NEVER_SET & set(service.get("environment", {}))):
            yield f"{name}: {variable} is for the demonstration and tests"
    for variable in sorted(NEVER_SET & set(re.findall(r"\b([A-Z_]+)=", d.dockerfile))):
        yield f"Dockerfile: {variable} is for the demonstration and tests"


def commands_exist(d: Deployment) -> Iterator[str]:
    for name, service in d.services.items():
        if name not in WITH_SETTINGS | {"roles"}:
            continue
        words = in_words(service["command"])
        check = {"granian": granian_complaint, "celery": celery_complaint, "python": python_complaint}
        wrong = check.get(words[0], lambda words: "its program is not in the image")(words)
        if wrong:
            yield f"{name}: {wrong}"


def granian_complaint(words: list[str]) -> str:
    module, _, attribute = words[-1].partition(":")
    if find_spec(module) is None or f"{attribute} =" not in files_named(f"{module.replace('.', '/')}.py"):
        return f"{words[-1]} is not there"
    return unknown_options(words, granian_command)


def celery_complaint(words: list[str]) -> str:
    app, command = words[2], words[3]
    if words[1] != "-A" or not hasattr(import_module(f"{app}.celery"), "app"):
        return "the workers' entry is not there"
    if command not in celery_commands.commands:
        return f"celery has no command {command}"
    return unknown_options(words[4:], celery_commands.commands[command])


def unknown_options(words: list[str], command: Any) -> str:
    known = {
        option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)
    }
    given = {word.partition("=")[0] for word in words if word.startswith("--")}
    return (
        f"{command.name if command is not granian_command else words[0]} has no {sorted(given - known)}"
        if given - known
        else ""
    )


def python_complaint(words: list[str]) -> str:
    if words[1] == "-m":
        return "" if find_spec(words[2]) else f"there is no module {words[2]}"
    if words[1] != "manage.py" or words[2] not in get_commands():
        return f"there is no command {words[1]} {words[2]}"
    command = load_command_class(get_commands()[words[2]], words[2])
    parser = command.create_parser("manage.py", words[2])
    known = {option for action in parser._actions for option in action.option_strings}
    unknown = {word.partition("=")[0] for word in words[3:] if word.startswith("--")} - known
    return f"{words[2]} has no {sorted(unknown)}" if unknown else ""


def ports_meet(d: Deployment) -> Iterator[str]:
    web = listen_ports(in_words(d.services["web"]["command"]))
    if f"reverse_proxy web:{web}" not in d.caddyfile:
        yield f"the proxy does not go to web:{web}"
    if f"EXPOSE {web}\n" not in d.dockerfile:
        yield f"Dockerfile: the product does not expose {web}"
    inside = {str(port).split(":")[-1].removesuffix("/udp") for port in d.services["proxy"].get("ports", [])}
    listens = set(re.findall(r"https?_port (\d+)", d.caddyfile))
    if inside != listens or f"EXPOSE {' '.join(sorted(listens))}" not in d.dockerfile:
        yield f"proxy: published {sorted(inside)}, listening at {sorted(listens)}"
    if {str(port).split(":")[0] for port in d.services["proxy"].get("ports", [])} != {"80", "443"}:
        yield "proxy: it must be published at 80 and 443"
    for name in sorted(SERVICES - {"proxy"}):
        if d.services.get(name, {}).get("ports"):
            yield f"{name}: only the proxy is published"


def health_is_asked(d: Deployment) -> Iterator[str]:
    from_code = import_module("deploy.healthy")
    for name in sorted(ALWAYS_ON & set(d.services)):
        test = " ".join(in_words(d.services[name].get("healthcheck", {}).get("test", [])))
        words = " ".join(in_words(d.services[name].get("command", [])))
        folder = re.search(r"fresh (\S+)", test)
        if not test:
            yield f"{name}: no health check"
        elif name == "web" and f"deploy.healthy web {listen_ports(words.split())}" not in test:
            yield "web: its health check asks another port"
        elif name in {"relay", "beat"} and (folder is None or f"{folder.group(1)}/" not in words):
            yield f"{name}: its health check looks elsewhere than it writes"
        elif name == "worker" and "celery -A config inspect ping" not in test:
            yield "worker: its health check does not ask the worker"
    if resolve(from_code.READY).url_name != "ready":
        yield f"web: {from_code.READY} is another page"


def containers_are_closed(d: Deployment) -> Iterator[str]:
    for name, service in d.services.items():
        uid = str(service.get("user", "0")).partition(":")[0]
        wrong = {
            "runs as root": not uid.isdigit() or int(uid) == 0,
            "may write to its own image": service.get("read_only") is not True,
            "keeps capabilities": service.get("cap_drop") != ["ALL"] or "cap_add" in service,
            "may gain privileges": service.get("security_opt") != ["no-new-privileges:true"],
            "is privileged": bool({"privileged", "network_mode", "pid", "devices"} & set(service)),
            "has no memory limit": "mem_limit" not in service,
            "has no end of logs": not {"max-size", "max-file"}
            <= set(service.get("logging", {}).get("options", {})),
            "does not come back": name in ALWAYS_ON and service.get("restart") != "unless-stopped",
            "runs again and again": name not in ALWAYS_ON and service.get("restart") != "no",
            "reaches the machine's Docker": "docker.sock" in str(service.get("volumes")),
        }
        yield from (f"{name}: {words}" for words, is_wrong in wrong.items() if is_wrong)


def images_are_pinned(d: Deployment) -> Iterator[str]:
    stages = set(re.findall(r"^FROM \S+ AS (\w+)", d.dockerfile, re.M))
    images = {line: line for line in re.findall(r"^FROM (\S+)", d.dockerfile, re.M)}
    images |= {name: service.get("image", "") for name, service in d.services.items()}
    for where, image in images.items():
        ours = re.match(r"^study-coupon(-proxy)?:\$\{VERSION:\?", image)
        if not ours and not PINNED.match(image):
            yield f"{where}: {image} is not pinned to a version"
    for name, service in d.services.items():
        if (build := service.get("build")) and build["target"] not in stages:
            yield f"{name}: Dockerfile has no stage {build['target']}"
    for stage in ("product", "proxy"):
        body = stage_of(d.dockerfile, stage)
        user = re.findall(r"^USER (\S+)", body, re.M)[-1:]
        runs = [
            n
            for n, s in d.services.items()
            if s.get("image", "").startswith(f"study-coupon{'-proxy' * (stage == 'proxy')}:")
        ]
        if not user or any(d.services[name].get("user") != user[0] for name in runs):
            yield f"Dockerfile: {stage} does not end as the user that compose runs it as"


def stage_of(dockerfile: str, stage: str) -> str:
    """The lines of one stage."""
    return re.split(r"^FROM ", dockerfile.split(f" AS {stage}\n")[-1], maxsplit=1, flags=re.M)[0]


def image_is_lean(d: Deployment) -> Iterator[str]:
    packages = stage_of(d.dockerfile, "packages")
    if "--require-hashes" not in packages or re.findall(r"requirements/\w+", packages) != [
        "requirements/base"
    ]:
        yield "Dockerfile: the product takes requirements/base.txt with hashes and nothing else"
    if re.search("pip install|apt-get|npm|setup.py", stage_of(d.dockerfile, "product")):
        yield "Dockerfile: the product's own stage builds"
    for line in re.findall(r"^COPY (?!--from)(.+)$", d.dockerfile, re.M):
        yield from (
            f"Dockerfile: {name} is not there" for name in line.split()[:-1] if not (ROOT / name).exists()
        )
    lines = set(d.ignored.splitlines())
    for name in (".env", "deploy/secrets", ".git", "var", "tests", "stripe_standin"):
        if name not in lines:
            yield f".dockerignore: {name} would come into the image"
    for name in ("config", "deploy", "manage.py", "requirements", "static", "templates", "locale"):
        if name in lines:
            yield f".dockerignore: {name} is missing in the image"


def networks_are_apart(d: Deployment) -> Iterator[str]:
    inner = {name for name, network in d.compose["networks"].items() if (network or {}).get("internal")}
    for name, service in d.services.items():
        joined = set(service.get("networks", ["default"]))
        if name in SERVICES - {"proxy", "web", "worker"} and not joined <= inner:
            yield f"{name}: has a way out to {sorted(joined - inner)}"
        if name == "proxy" and "data" in joined:
            yield "proxy: reaches the database"
        if name != "proxy" and "public" in joined:
            yield f"{name}: stands beside the proxy"
    if not {"data", "front"} <= inner:
        yield "networks: data and front have a way out"


def starts_in_order(d: Deployment) -> Iterator[str]:
    waits = {
        **dict.fromkeys(WITH_SETTINGS - {"migrate"}, ("migrate", "service_completed_successfully")),
        "migrate": ("roles", "service_completed_successfully"),
        "roles": ("postgres", "service_healthy"),
    }
    for name, (other, condition) in waits.items():
        if d.services.get(name, {}).get("depends_on", {}).get(other, {}).get("condition") != condition:
            yield f"{name}: does not wait for {other}"


def database_keeps_money(d: Deployment) -> Iterator[str]:
    given = set(in_words(d.services["postgres"]["command"]))
    yield from (f"postgres: {guard} is not given" for guard in sorted(GUARDS - given))
    mounts = [str(volume) for volume in d.services["postgres"]["volumes"]]
    if "database:/var/lib/postgresql" not in mounts:  # since 18 the data stand in a folder below
        yield "postgres: its data would go with the container"


def proxy_tells_the_truth(d: Deployment) -> Iterator[str]:
    for header in ("X-Forwarded-Proto {scheme}", "X-Forwarded-For {remote_host}"):
        if f"header_up {header}" not in d.caddyfile:
            yield f"Caddyfile: does not set {header}"
    if not re.search(r"^\{\$SITE_HOST\} \{", d.caddyfile, re.M):
        yield "Caddyfile: answers other host names than SITE_HOST"
    if "admin off" not in d.caddyfile:
        yield "Caddyfile: its own door for changes is open"


def everything_is_explained(d: Deployment) -> Iterator[str]:
    asked = set(re.findall(r"\$\{(\w+)", str(d.compose)))
    explained = set(re.findall(r"^(\w+)=", d.example, re.M))
    for name in sorted(asked ^ explained):
        yield f"{name} is not both asked for by compose and explained in deploy/env.example"
    plain, secrets, _ = settings_variables()
    for name in sorted(
        (plain - {f"{s}_FILE" for s in secrets} | secrets | asked) - set(re.findall(r"`(\w+)`", d.operate))
    ):
        yield f"docs/operate.md does not explain {name}"


RULES: list[Callable[[Deployment], Iterator[str]]] = [
    services_are_all_there,
    variables_are_read,
    secrets_come_from_files,
    demo_is_never_set,
    commands_exist,
    ports_meet,
    health_is_asked,
    containers_are_closed,
    images_are_pinned,
    image_is_lean,
    networks_are_apart,
    starts_in_order,
    database_keeps_money,
    proxy_tells_the_truth,
    everything_is_explained,
]


def complaints(d: Deployment) -> list[str]:
    """What is wrong; [] is good."""
    return [said for rule in RULES for said in rule(d)]
