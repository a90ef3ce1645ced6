/**
 * The way to Redis: its address and password, from the command line or the environment, and the two packages that
 * speak with it. They come with the command only where somebody installs them.
 *
 * @module
 */
import type { Redis } from "ioredis";
import { UsageError } from "../context.js";
import { messageOf } from "../report.js";

/** The packages of a queue. */
export interface QueuePackages {
  readonly bullmq: typeof import("bullmq");
  readonly ioredis: Pick<typeof import("ioredis"), "Redis">;
}

/** Loads the packages; where they are missing the error says how to get them. */
export async function loadQueue(
  load: () => Promise<QueuePackages> = importQueue,
): Promise<QueuePackages> {
  try {
    return await load();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ERR_MODULE_NOT_FOUND") throw error;
    throw new UsageError(
      `a queue needs two more packages: npm install bullmq@6.7.0 ioredis@6.0.0 (${messageOf(error)})`,
    );
  }
}

async function importQueue(): Promise<QueuePackages> {
  const [bullmq, ioredis] = await Promise.all([import("bullmq"), import("ioredis")]);
  return { bullmq, ioredis };
}

/** Where Redis is. */
export interface RedisAddress {
  readonly url: string;
  /** The address as it may be shown: without name and password. */
  readonly shown: string;
  /** Takes the place of the password in the address. */
  readonly password?: string;
}

/**
 * The address from `--redis`, else from `CELLWRIGHT_REDIS_URL`; the password from `CELLWRIGHT_REDIS_PASSWORD`, for what
 * stands on a command line can be seen by all users of a machine.
 */
export function redisAddress(
  given: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): RedisAddress {
  const url = given ?? env.CELLWRIGHT_REDIS_URL;
  if (!url)
    throw new UsageError(
      "no Redis is named: --redis redis://HOST:PORT, or CELLWRIGHT_REDIS_URL in the environment",
    );
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  // What is wrong may hold a password: it is not repeated.
  if (!parsed?.hostname || !/^rediss?:$/.test(parsed.protocol))
    throw new UsageError("the address of Redis must be redis://HOST:PORT or rediss://HOST:PORT");
  const password = env.CELLWRIGHT_REDIS_PASSWORD;
  const shown = `${parsed.protocol}//${parsed.host}`;
  return { url, shown, ...(password ? { password } : {}) };
}

/**
 * A connection that answers. Where it cannot be made the error says so at once; one that is lost later is made again, for
 * as long as it takes.
 */
export async function connect(address: RedisAddress, packages: QueuePackages): Promise<Redis> {
  const client = new packages.ioredis.Redis(address.url, {
    ...(address.password ? { password: address.password } : {}),
    lazyConnect: true,
    connectTimeout: 5000,
    maxRetriesPerRequest: null,
    retryStrategy: (times) => Math.min(times * 200, 5000),
  });
  let last: unknown;
  client.on("error", (error) => {
    last = error;
  });
  try {
    await client.connect();
    await client.ping();
    return client;
  } catch (error) {
    client.disconnect();
    throw new Error(`${address.shown}: Redis cannot be reached: ${messageOf(last ?? error)}`);
  }
}
