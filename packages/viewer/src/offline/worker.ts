/**
 * The service worker: answers for the page's files from the browser's store, where each lies under its SHA-256, so that
 * a new version fetches only what changed. All else goes to the network untouched.
 *
 * @module
 */
import { type Files, hashOf, pathsUnder, readFiles } from "./files.js";
import { HEADERS } from "./policy.js";

/** What of a service worker's global scope is used here; the DOM's types do not know it. */
interface WorkerScope {
  readonly registration: { readonly scope: string };
  readonly clients: { claim(): Promise<void> };
  addEventListener(
    type: "install" | "activate" | "fetch" | "message",
    listener: (event: WorkerEvent) => void,
  ): void;
}

interface WorkerEvent {
  readonly request: Request;
  readonly data: unknown;
  readonly ports: readonly MessagePort[];
  waitUntil(work: Promise<unknown>): void;
  respondWith(response: Promise<Response>): void;
}

const scope = self as unknown as WorkerScope;
const base: string = scope.registration.scope;
/** The build writes the list in this place. */
const files: Files = readFiles("CELLWRIGHT_FILES");
const store: Promise<Cache> = caches.open("cellwright-files");

scope.addEventListener("install", (event) => {
  event.waitUntil(keepAll(Object.keys(files.shell)));
});

scope.addEventListener("activate", (event) => {
  event.waitUntil(forgetOthers().then(() => scope.clients.claim()));
});

scope.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET" || request.headers.has("range")) return;
  const found = hashOf(files, base, request.url);
  if (found) event.respondWith(answer(found.path, found.sha256));
});

scope.addEventListener("message", (event) => {
  const paths = pathsUnder(files, event.data);
  const done = keepAll(paths).then(
    () => true,
    () => false,
  );
  event.waitUntil(done.then((kept) => event.ports[0]?.postMessage(kept)));
});

/** The file under its hash, from the store or else from the network. */
async function answer(path: string, sha256: string): Promise<Response> {
  const kept = await (await store).match(addressOf(sha256));
  return kept ?? fetchAndKeep(path, sha256);
}

/** A file that came whole is kept. One that has changed on the host since this version is passed on. */
async function fetchAndKeep(path: string, sha256: string): Promise<Response> {
  const response = await fetch(new URL(path, base), { cache: "no-cache" });
  if (!response.ok) return response;
  const bytes = await response.arrayBuffer();
  const type = response.headers.get("Content-Type") ?? "application/octet-stream";
  const whole = () => new Response(bytes, { headers: { ...HEADERS, "Content-Type": type } });
  if ((await digest(bytes)) === sha256) await (await store).put(addressOf(sha256), whole());
  return whole();
}

async function keepAll(paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    const sha256 = files.shell[path] ?? files.kept[path];
    if (await (await store).match(addressOf(sha256))) continue;
    const response = await fetchAndKeep(path, sha256);
    if (!response.ok) throw new Error(`${path} must be there to be kept, is ${response.status}`);
  }
}

/** Files of earlier versions go when no page of theirs is open any more. */
async function forgetOthers(): Promise<void> {
  const hashes = [...Object.values(files.shell), ...Object.values(files.kept)];
  const wanted = new Set(hashes.map(addressOf));
  for (const request of await (await store).keys())
    if (!wanted.has(request.url)) await (await store).delete(request);
}

function addressOf(sha256: string): string {
  return `${base}kept/${sha256}`;
}

async function digest(bytes: ArrayBuffer): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
