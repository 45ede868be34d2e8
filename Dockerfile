# One image with all three programs; docker-compose.yml chooses the one that a container runs.

FROM node:24-bookworm-slim AS web
WORKDIR /web
COPY api-server/web/package.json api-server/web/package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY api-server/web ./
RUN npm run build

FROM rust:1.95-bookworm AS build
WORKDIR /pawl
COPY . .
# The commit that the logs show; the build context does not contain .git.
ARG PAWL_COMMIT
# The caches speed up the next build. They are not part of the image, so the programs are copied out.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/pawl/target \
    cargo build --release --locked -p api-server -p upload-server -p transcoder \
    && mkdir /programs \
    && cp target/release/api-server target/release/upload-server target/release/transcoder /programs/

FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates curl ffmpeg \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /store pawl \
    && install -d -o pawl -g pawl /store
COPY --from=build /programs/ /usr/local/bin/
COPY --from=web /web/dist /usr/share/pawl/web
ENV PAWL_STORE=/store \
    PAWL_WEB_DIR=/usr/share/pawl/web \
    PAWL_API_LISTEN=0.0.0.0:8000 \
    PAWL_API_OPS_LISTEN=0.0.0.0:9108 \
    PAWL_UPLOAD_LISTEN=0.0.0.0:1080 \
    PAWL_UPLOAD_OPS_LISTEN=0.0.0.0:9109 \
    PAWL_TRANSCODER_OPS_LISTEN=0.0.0.0:9110 \
    PAWL_LOG_FORMAT=json
USER 10001
WORKDIR /store
VOLUME /store
EXPOSE 8000 1080
CMD ["api-server", "serve"]
