/**
 * Callers that have gone take their calls with them: the server says so, or they are silent when they are asked.
 *
 * @module
 */
import type { Service } from "@cellwright/imjoy-plugin";
import type { HyphaConnection } from "./connection.js";

/** How callers that wait for an answer are looked after. */
export interface Patience {
  /** Milliseconds between two looks, and that one has to answer. */
  readonly every: number;
  readonly quiet: number;
  /** So many times in a row without an answer, and they are gone: a busy page is silent for a while. */
  readonly missed: number;
}

/** About a quarter of a minute. */
export const PATIENCE: Patience = { every: 2000, quiet: 3000, missed: 3 };

/** Those who called, and an end to looking after them. */
export interface WatchedCallers {
  seen(caller: string): void;
  end(): void;
}

/** Looks after the callers of a service. */
export function watchCallers(
  { rpc }: Pick<HyphaConnection, "rpc">,
  service: Pick<Service, "leave" | "load">,
  { every, quiet, missed }: Patience,
): WatchedCallers {
  const silences = new Map<string, number>();
  const gone = (id: string) => {
    for (const caller of [...silences.keys()])
      if (caller === id || caller.endsWith(`/${id}`)) {
        silences.delete(caller);
        service.leave(caller);
      }
  };
  const ask = async (caller: string): Promise<void> => {
    const word = await Promise.race([answerOf(rpc, caller), silence(quiet)]);
    const count = word === "silent" ? (silences.get(caller) ?? 0) + 1 : 0;
    if (word === "gone" || count >= missed) gone(caller);
    else if (silences.has(caller)) silences.set(caller, count);
  };
  let looking = false;
  const look = async (): Promise<void> => {
    // Nobody waits for anything: nobody is asked.
    if (looking || service.load.known === 0) return;
    looking = true;
    await Promise.all([...silences.keys()].map(ask));
    looking = false;
  };
  rpc.on("remote_client_disconnected", ({ client_id }) => gone(client_id));
  const timer = setInterval(() => void look(), every);
  timer.unref();
  return {
    seen: (caller) => {
      silences.set(caller, 0);
    },
    end: () => clearInterval(timer),
  };
}

/** A refusal is an answer too: servers need not let us ask. */
function answerOf(rpc: HyphaConnection["rpc"], caller: string): Promise<"there" | "gone"> {
  return rpc.ping(caller, 10).then(
    () => "there" as const,
    (error: unknown) => (/not (connected|found)|disconnected/i.test(`${error}`) ? "gone" : "there"),
  );
}

function silence(milliseconds: number): Promise<"silent"> {
  return new Promise((done) => setTimeout(() => done("silent"), milliseconds).unref());
}
