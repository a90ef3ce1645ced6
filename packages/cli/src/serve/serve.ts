/**
 * Serving: connects, registers, answers until it is stopped.
 *
 * @module
 */
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import type { Engine } from "@cellwright/core";
import { API_VERSION, bindService, createService, type Service } from "@cellwright/imjoy-plugin";
import type { ServeOptions } from "../commands/serve.js";
import { type Context, UsageError } from "../context.js";
import { connectHypha, type HyphaConnection } from "./connection.js";
import { serverHost } from "./host.js";
import { type ServedModels, servedModels } from "./models.js";
import { PATIENCE, type Patience, watchCallers } from "./watch-callers.js";

/** Bytes of images that may wait. */
const WAITING_BYTES = 2 ** 30;

/** Serves until the context's signal. */
export async function serve(
  options: ServeOptions,
  context: Context,
  patience: Patience = PATIENCE,
): Promise<void> {
  const server = serverOf(options.server);
  const say = (line: string) => options.quiet || context.stderr(`${line}\n`);
  let opened: Promise<Engine> | undefined;
  const engine = () => {
    opened ??= context.openEngine(engineOf(options));
    return opened;
  };
  const models = await servedModels(context.cwd, engine);
  for (const path of options.model ?? []) await models.add(basename(path), path, "added");
  const folder = await mkdtemp(join(tmpdir(), "cellwright-serve-"));
  const rules = { allowed: options.allowHost ?? [] };
  const service = createService(
    serverHost({ context, engine: engineOf(options), models, rules, folder }),
    { concurrency: options.concurrency, waiting: options.queue, bytes: WAITING_BYTES },
  );
  try {
    const connection = await connectHypha({
      server,
      workspace: options.workspace,
      token: context.env.CELLWRIGHT_HYPHA_TOKEN,
    });
    await answer(connection, service, options, context, { say, patience });
  } finally {
    service.end();
    await close(models, folder);
  }
}

async function answer(
  connection: HyphaConnection,
  service: Service,
  options: ServeOptions,
  context: Context,
  { say, patience }: { readonly say: (line: string) => void; readonly patience: Patience },
): Promise<void> {
  const callers = watchCallers(connection, service, patience);
  try {
    const { id } = await connection.registerService(definitionOf(service, options, callers.seen));
    context.stdout(`${id}\n`);
    say(`serving ${id} to ${options.visibility} callers, Ctrl-C ends it`);
    if (!context.signal.aborted) await once(context.signal, "abort");
    say("coming to an end");
    service.end();
    // Whoever runs the server may have gone first.
    await connection.unregisterService(id).catch(() => undefined);
  } finally {
    callers.end();
    await connection.disconnect();
  }
}

/** The service as Hypha registers it. */
function definitionOf(service: Service, options: ServeOptions, seen: (id: string) => void): object {
  const verbs = bindService(service, {
    wire: "bytes",
    callerOf: (context) => {
      const id = callerOf(context);
      seen(id);
      return id;
    },
  });
  return {
    id: options.id,
    name: "Cellwright",
    type: "segmentation",
    description:
      "Finds, measures and follows cells in microscope images, and trains its networks further.",
    version: API_VERSION,
    config: { visibility: options.visibility, require_context: true },
    ...verbs,
  };
}

/** Who calls: the client, as the server says. */
function callerOf(context: unknown): string {
  const { from } = (context ?? {}) as { readonly from?: unknown };
  return typeof from === "string" ? from : "unknown";
}

function serverOf(text: string): string {
  if (!URL.canParse(text) || !/^(https?|wss?):$/.test(new URL(text).protocol))
    throw new UsageError(
      `--server must be an address such as https://hypha.example.org, got ${text}`,
    );
  return text;
}

function engineOf({ engine, device, threads }: ServeOptions) {
  return { engine, device, ...(threads !== undefined && { threads }) };
}

async function close(models: ServedModels, folder: string): Promise<void> {
  await models.end();
  await rm(folder, { recursive: true, force: true });
}
