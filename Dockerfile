# Two images: `product` (web, worker, relay, beat, migrate, roles) and `proxy` (TLS). docs/operate.md says how.

# --- What is made once: style sheet, Japanese catalogue, static files. Nothing of this stage's tools goes on.
FROM python:3.11.14-slim-bookworm AS made
WORKDIR /app
COPY . .
RUN python3 bin/setup.py css || { tail -n 40 var/log/setup.log; exit 1; }
# The values mean nothing: collectstatic opens no connection, but the settings want to be whole.
RUN STATIC_ROOT=/app/staticfiles SECRET_KEY=only-for-the-build DATABASE_URL=postgres://nobody@127.0.0.1/none REDIS_URL=redis://127.0.0.1/0 \
    SEALING_KEY=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= \
    .venv/bin/python manage.py collectstatic --noinput --ignore css --ignore rest_framework

# --- The packages the product runs on, and nothing for demo, tests or building.
FROM python:3.11.14-slim-bookworm AS packages
COPY requirements/base.txt /tmp/base.txt
RUN python3 -m venv /opt/venv \
    && /opt/venv/bin/pip install --require-hashes --no-deps --no-input --no-cache-dir \
       --disable-pip-version-check -r /tmp/base.txt \
    && /opt/venv/bin/pip uninstall --yes pip setuptools

# --- The product.
FROM python:3.11.14-slim-bookworm AS product
ENV STATIC_ROOT=/app/staticfiles PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /app
COPY --from=packages /opt/venv /opt/venv
COPY . .
COPY --from=made /app/locale/ja/LC_MESSAGES/django.mo locale/ja/LC_MESSAGES/django.mo
COPY --from=made /app/staticfiles staticfiles
COPY --from=made /app/donations/paper/fonts donations/paper/fonts
RUN python -m compileall -q -j 0 /app && useradd --system --uid 10001 --user-group --no-create-home product
USER 10001:10001
EXPOSE 8000
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--no-ws", "config.wsgi:application"]

# --- The TLS proxy. It listens above 1024, so its program needs no capability: with the one it is shipped with, it
# would not start at all once all capabilities are dropped.
FROM caddy:2.11.4-alpine AS proxy
RUN setcap -r /usr/bin/caddy && chown -R 10001:10001 /data /config
COPY deploy/Caddyfile /etc/caddy/Caddyfile
COPY deploy/away.html /srv/away.html
USER 10001:10001
EXPOSE 8080 8443
