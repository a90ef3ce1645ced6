/**
 * A Hypha server for tests: Hypha's core in this process, behind real WebSockets on this machine alone. It believes every token,
 * so it shows that ours come across, not that theirs are checked.
 *
 * @module
 */

import { createServer } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { fileURLToPath, pathToFileURL } from "node:url";

/** A server that runs. */
export interface HyphaServer {
  /** `http://127.0.0.1:PORT`. */
  readonly origin: string;
  readonly close: () => Promise<void>;
}

/** A socket as `ws` has it. */
interface Socket {
  on(event: string, listener: (...args: unknown[]) => void): void;
  terminate(): void;
}

const own = createRequire(
  fileURLToPath(new URL("../../imjoy-plugin/package.json", import.meta.url)),
);

/** Starts one on a free port. */
export async function startHyphaServer(): Promise<HyphaServer> {
  const { WebSocketServer, WebSocket } = own("ws");
  const { HyphaCore } = await import(
    pathToFileURL(own.resolve("hypha-core")).href.replace("index.js", "index.mjs")
  );
  const http = createServer((_, response) => response.writeHead(404).end());
  await new Promise<void>((done) => http.listen(0, "127.0.0.1", done));
  const { port } = http.address() as AddressInfo;
  const sockets = new Set<Socket>();
  const accept = new WebSocketServer({ server: http, path: "/ws" });
  /** As the browser's double has it: text is a string, bytes are plain. */
  class ServerOnSockets {
    on(event: string, listener: (socket: unknown) => void): void {
      accept.on(event, (socket: Socket) => {
        sockets.add(socket);
        socket.on("close", () => sockets.delete(socket));
        const listen = socket.on.bind(socket);
        socket.on = (name, hear) =>
          listen(name, (...args) => {
            if (name !== "message") return hear(...args);
            const [data, isBinary] = args as [Buffer, boolean];
            return hear(isBinary ? new Uint8Array(data) : `${data}`);
          });
        listener(socket);
      });
    }
    close(): void {
      accept.close();
    }
  }
  (globalThis as { WebSocket?: unknown }).WebSocket ??= WebSocket;
  const core = new HyphaCore({
    url: `ws://127.0.0.1:${port}/ws`,
    ServerClass: ServerOnSockets,
    WebSocketClass: WebSocket,
  });
  await core.start();
  return {
    origin: `http://127.0.0.1:${port}`,
    close: async () => {
      for (const socket of sockets) socket.terminate();
      accept.close();
      http.closeAllConnections();
      await new Promise((done) => http.close(done));
    },
  };
}

/** A token that says of which workspace its bearer is. */
export function testToken(workspace: string): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const bearer = {
    sub: "tester",
    workspace,
    scope: [],
    "https://api.imjoy.io/email": "tester@example.org",
  };
  return `${part({ alg: "none" })}.${part(bearer)}.none`;
}
