#!/bin/sh
# Builds the command from a clone in the current folder and installs it in the folder given, with the models, the page
# and what a queue needs. Used by Containerfile and cellwright.def; needs Node, npm and the network.
set -eu
target=$1
packed=$(mktemp -d)

npm ci --ignore-scripts
NX_DAEMON=false npx nx run @cellwright/cli:build
for manifest in $(grep -L '"private": true' packages/*/package.json); do
  npm pack --silent --pack-destination "$packed" --workspace "$(dirname "$manifest")"
done
queue=$(node -p 'Object.entries(require("./packages/cli/package.json").peerDependencies).map((p) => p.join("@")).join(" ")')
# Without scripts: ONNX Runtime's would fetch a library for CUDA.
# shellcheck disable=SC2086
npm install --prefix "$target" --omit=dev --ignore-scripts --no-audit --no-fund "$packed"/*.tgz $queue
rm -rf "$packed"
ln -sf "$target/node_modules/.bin/cellwright" /usr/local/bin/cellwright
