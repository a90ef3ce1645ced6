/**
 * The way to a Hypha server: its client wants a WebSocket of the browser's kind, and talks much.
 *
 * @module
 */
/// <reference path="./ws.d.ts" />
import { hyphaWebsocketClient } from "hypha-rpc";
import { WebSocket } from "ws";

/** What of a connection is used. */
export interface HyphaConnection {
  readonly config: { readonly workspace: string };
  registerService(service: object): Promise<{ readonly id: string }>;
  unregisterService(id: string): Promise<unknown>;
  disconnect(): Promise<void>;
  readonly rpc: {
    on(event: string, listener: (data: { readonly client_id: string }) => void): void;
    ping(client: string, timeout: number): Promise<unknown>;
  };
}

/** Where and as whom. */
export interface ConnectionOptions {
  readonly server: string;
  readonly workspace?: string;
  readonly token?: string;
}

/** Connects. Throws in one line where the server does not answer or does not let us in. */
export async function connectHypha(options: ConnectionOptions): Promise<HyphaConnection> {
  const { server, workspace, token } = options;
  const scope = globalThis as { WebSocket?: unknown };
  scope.WebSocket ??= WebSocket;
  try {
    const quiet = { logger: null };
    const connection: unknown = await hyphaWebsocketClient.connectToServer({
      ...quiet,
      server_url: server,
      name: "Cellwright",
      WebSocketClass: scope.WebSocket,
      ...(workspace !== undefined && { workspace }),
      ...(token !== undefined && token !== "" && { token }),
    });
    return connection as HyphaConnection;
  } catch (error) {
    const said = error instanceof Error ? error.message : `${error}`;
    // An event is all that a WebSocket tells of why.
    const reason = said.includes("[object ") ? "no Hypha server answers there" : said;
    throw new Error(`${new URL(server).origin}: ${reason}`, { cause: error });
  }
}
