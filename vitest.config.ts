import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { defaultServerConditions } from "vite";
import { defineConfig } from "vitest/config";

/** Resolve our own packages from their sources, so that tests never wait for a build. */
const conditions = ["@cellwright/source", ...defaultServerConditions];

function project(name: string) {
  const root = fileURLToPath(new URL(`packages/${name}`, import.meta.url));
  return {
    extends: true as const,
    test: { name, root, include: ["src/**/*.test.ts"], testTimeout: 120_000, hookTimeout: 120_000 },
  };
}

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    projects: ["core", "engine-onnx", "engine-tfjs", "cli", "viewer", "imjoy-plugin"].map(project),
    maxWorkers: Math.max(3, availableParallelism() - 1),
    coverage: { provider: "v8", include: ["packages/*/src/**"] },
  },
});
