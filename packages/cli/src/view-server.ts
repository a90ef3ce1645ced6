/**
 * The server of `cellwright view`: the page, the list of inputs, their bytes, and a place to save to. It listens on this
 * machine alone, and answers only who knows the token in the address.
 *
 * @module
 */
import { randomBytes, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { pipeline } from "node:stream/promises";
import { messageOf } from "./report.js";
import type { Viewed } from "./view-inputs.js";
import { type Reply, said, strictHeaders } from "./view-reply.js";
import { routeReply } from "./view-route.js";

/** What is served. */
export interface ViewServerOptions {
  /** The folder of the built page. */
  readonly app: string;
  readonly viewed: Viewed;
  /** 0 for one that is free. */
  readonly port: number;
}

/** A server that runs. */
export interface ViewServer {
  /** `http://127.0.0.1:PORT/TOKEN/`. */
  readonly address: string;
  readonly close: () => Promise<void>;
}

/** Starts the server. Throws where the port is taken. */
export async function startViewServer(options: ViewServerOptions): Promise<ViewServer> {
  const token = randomBytes(24).toString("base64url");
  const site = { ...options, token, written: new Set<string>() };
  const server = createServer((request, response) => {
    // A page that goes away in the middle of an answer is nobody's error.
    answer(request, response, site).catch(() => response.destroy());
  });
  await listen(server, options.port);
  const { port } = server.address() as AddressInfo;
  return {
    address: `http://127.0.0.1:${port}/${token}/`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

/** A server's options, its secret, and the files it has written. */
export interface ViewSite extends ViewServerOptions {
  readonly token: string;
  readonly written: Set<string>;
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  site: ViewSite,
): Promise<void> {
  const text = request.url ?? "/";
  const address = new URL(URL.canParse(text, "http://a") ? text : "/", "http://a");
  const reply =
    refusal(request, address.pathname, site.token) ?? (await replyTo(request, address, site));
  const hosts = [...site.viewed.hosts, ...hostsOf(address)];
  response.writeHead(reply.status, { ...strictHeaders(hosts), ...reply.headers });
  if (request.method === "HEAD" || reply.body === undefined) response.end();
  else if (typeof reply.body === "string" || reply.body instanceof Uint8Array)
    response.end(reply.body);
  else await pipeline(reply.body, response);
}

async function replyTo(request: IncomingMessage, address: URL, site: ViewSite): Promise<Reply> {
  try {
    return await routeReply(request, address.pathname.slice(site.token.length + 2), site);
  } catch (error) {
    return said(500, messageOf(error));
  }
}

/**
 * Why a request is not answered, or undefined. A page of another site may have led the browser here under a name of its own
 * (DNS rebinding): so the name must be this machine's; and the browser says where a request comes from.
 */
function refusal(request: IncomingMessage, path: string, token: string): Reply | undefined {
  const host = request.headers.host ?? "";
  const port = request.socket.localPort;
  if (host !== `127.0.0.1:${port}` && host !== `localhost:${port}`)
    return said(403, "the host must be 127.0.0.1");
  const { origin } = request.headers;
  if (origin !== undefined && origin !== `http://${host}`)
    return said(403, "requests of other sites are not answered");
  const from = request.headers["sec-fetch-site"];
  if (from !== undefined && from !== "same-origin" && from !== "none" && !isFirst(request))
    return said(403, "requests of other sites are not answered");
  const given = Buffer.from(path.split("/", 2)[1]);
  const wanted = Buffer.from(token);
  const isKnown = given.length === wanted.length && timingSafeEqual(given, wanted);
  if (!isKnown || !path.startsWith(`/${token}/`))
    return said(403, "the address must be the one that cellwright view has printed");
  return undefined;
}

/** Whether somebody followed a link to the page, in a mail or a notebook: the token is in it. */
function isFirst(request: IncomingMessage): boolean {
  return request.method === "GET" && request.headers["sec-fetch-mode"] === "navigate";
}

/** Hosts on the web that the address of the page itself asks to open: `?open=https://…`. */
function hostsOf(address: URL): string[] {
  return address.searchParams
    .getAll("open")
    .filter((one) => /^https?:/i.test(one) && URL.canParse(one))
    .map((one) => new URL(one).origin);
}

async function listen(server: Server, port: number): Promise<void> {
  await new Promise<void>((done, fail) => {
    server.once("error", (error: NodeJS.ErrnoException) =>
      fail(
        error.code === "EADDRINUSE"
          ? new Error(`port ${port} is taken: give another, or leave --port out`)
          : error,
      ),
    );
    server.listen(port, "127.0.0.1", done);
  });
}
