# A static binary on an empty base. Runs as any user, on a read-only root, without a shell. It serves, checks and proves;
# `eval` and `inference`, which bring a TLS client, stay out of what faces the network: they play against it from outside.
#
#   docker build -t support-ops-openenv .
#   docker run --rm -p 8000:8000 support-ops-openenv

FROM rust:1.95-alpine AS build
WORKDIR /src

# The dependencies alone, with empty sources: this layer is built anew only when Cargo.toml, Cargo.lock or build.rs
# change. Cargo wants to see the file of every test and bench that Cargo.toml names, so those are empty, too.
COPY Cargo.toml Cargo.lock build.rs ./
RUN mkdir -p src tasks tests/it benches web/dist \
    && echo 'fn main() {}' > src/main.rs \
    && touch src/lib.rs tests/it/main.rs \
    && for bench in $(sed -n '/^\[\[bench\]\]/,/^$/s/^name = "\(.*\)"$/\1/p' Cargo.toml); do touch "benches/$bench.rs"; done \
    && cargo build --profile image --locked --no-default-features --features serve --bin support-ops

COPY src ./src
COPY tasks ./tasks
COPY web/dist ./web/dist
# A copied file keeps its time, which may lie before that of the empty one: cargo would take the old result.
RUN touch build.rs src/lib.rs src/main.rs \
    && cargo build --profile image --locked --no-default-features --features serve --bin support-ops \
    && cp target/image/support-ops /support-ops

FROM scratch
LABEL org.opencontainers.image.title="Support Ops OpenEnv" \
      org.opencontainers.image.description="Customer-support benchmark for AI agents, served over the OpenEnv protocol" \
      org.opencontainers.image.licenses="MIT OR Apache-2.0" \
      org.opencontainers.image.version="0.1.0"
COPY --from=build /support-ops /support-ops
# `openenv push` inserts this line where it is missing; `false` turns the page at /web off.
ENV ENABLE_WEB_INTERFACE=true
USER 65532:65532
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=5s --retries=3 CMD ["/support-ops", "health"]
ENTRYPOINT ["/support-ops"]
CMD ["serve"]
