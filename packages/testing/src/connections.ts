/**
 * A witness inside a Node process: every connection, datagram and look-up of a name that it or its children begin is written
 * down. For tests that prove which connections a program opens.
 *
 * @module
 */

/** What a process asked for: how, and whom. */
export interface Asked {
  readonly how: string;
  readonly whom: string;
}

/** Runs in the process before the program. `@FILE@` is where it writes, a line each. */
const witness = `
import dgram from "node:dgram";
import dns from "node:dns";
import { appendFileSync } from "node:fs";
import http2 from "node:http2";
import { syncBuiltinESMExports } from "node:module";
import net from "node:net";
const tell = (how, whom) => appendFileSync("@FILE@", JSON.stringify({ how, whom: String(whom) }) + "\\n");
const watch = (of, name, how, whom) => {
  const real = of[name];
  of[name] = function (...given) {
    tell(how, whom(given));
    return real.apply(this, given);
  };
};
const place = ([first, second]) => {
  const to = Array.isArray(first) ? first[0] : first;
  if (to && typeof to === "object") return to.path ?? (to.host ?? "localhost") + ":" + to.port;
  return typeof to === "number" ? (typeof second === "string" ? second : "localhost") + ":" + to : to;
};
watch(net.Socket.prototype, "connect", "connect", place);
watch(dgram.Socket.prototype, "send", "datagram", (given) => given.slice(1).filter((each) => typeof each !== "function").join(" "));
watch(dgram.Socket.prototype, "connect", "datagram", (given) => given.slice(0, 2).join(" "));
watch(http2, "connect", "http2", ([to]) => to);
// The number of an address is no name: nobody is asked about it.
const watchNames = (of, name) => {
  const real = of[name];
  of[name] = function (...given) {
    if (!net.isIP(given[0])) tell("dns", given[0]);
    return real.apply(this, given);
  };
};
for (const of of [dns, dns.promises, dns.Resolver.prototype, dns.promises.Resolver.prototype])
  for (const name of Object.keys(Object.getOwnPropertyDescriptors(of)))
    if (/^(lookup|resolve|reverse)/.test(name) && typeof of[name] === "function") watchNames(of, name);
if (typeof fetch === "function") watch(globalThis, "fetch", "fetch", ([to]) => to?.url ?? to);
syncBuiltinESMExports();
`;

/** The option for \`NODE_OPTIONS\` that puts a witness into a process and its children, writing to `file`. */
export function witnessOption(file: string): string {
  const source = witness.replaceAll("@FILE@", file.replaceAll("\\", "\\\\").replaceAll('"', '\\"'));
  return `--import=data:text/javascript,${encodeURIComponent(source)}`;
}

/** What a witness wrote down. */
export function askedIn(text: string): Asked[] {
  return text
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}
