/**
 * Which addresses a service may read for a caller. A caller must not reach through it what only this machine can reach: its own
 * services, its network, the metadata of its cloud.
 *
 * @module
 */
import { lookup } from "node:dns/promises";
import { BlockList, isIP } from "node:net";
import { Fault } from "@cellwright/imjoy-plugin";

/** Addresses that are not on the public internet, or that lead to such in disguise. */
// Two lists: one of both kinds takes every IPv4 address for the IPv6 one that stands for it.
const closed = { 4: new BlockList(), 6: new BlockList() };
for (const [net, prefix] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 3],
] as const)
  closed[4].addSubnet(net, prefix, "ipv4");
for (const [net, prefix] of [
  ["::", 96],
  ["::ffff:0:0", 96],
  ["64:ff9b::", 96],
  ["64:ff9b:1::", 48],
  ["100::", 64],
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["fc00::", 7],
  ["fe80::", 9],
  ["ff00::", 8],
] as const)
  closed[6].addSubnet(net, prefix, "ipv6");

/** Whether an IP address is one of the public internet. */
export function isPublic(ip: string): boolean {
  const family = isIP(ip);
  if (family === 4) return !closed[4].check(ip, "ipv4");
  return family === 6 && !closed[6].check(ip, "ipv6");
}

/** Names to IP addresses; tests bring their own. */
export type Resolve = (host: string) => Promise<readonly string[]>;

/** What may be read beside the public internet. */
export interface AddressRules {
  /** Hosts, `name` or `name:port`, that may be asked wherever they are, over `http` too. */
  readonly allowed: readonly string[];
  readonly resolve?: Resolve;
}

/** An address that may be asked. */
export interface Checked {
  readonly url: URL;
  /** Where to connect to: asking the name again could give another answer. */
  readonly ip: string;
}

/**
 * Checks an address and looks its host up, once. Throws {@link Fault} `argument` for what is no address, `forbidden` for a
 * scheme, a host or a port that may not be asked, `format` for a host that is not there.
 */
export async function checkAddress(text: string, rules: AddressRules): Promise<Checked> {
  if (!URL.canParse(text))
    throw new Fault(
      "argument",
      `url must be an address such as https://…, got "${text.slice(0, 80)}"`,
    );
  const url = new URL(text);
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const named = rules.allowed.some((entry) => entry === url.hostname || entry === url.host);
  if (url.protocol !== "https:" && !(named && url.protocol === "http:"))
    throw forbidden(url, `must begin with https://, is of ${url.protocol}`);
  if (url.username !== "" || url.password !== "")
    throw forbidden(url, "must be without a name and a password");
  if (!named && url.port !== "") throw forbidden(url, "must be without a port");
  const ips = isIP(host) ? [host] : await found(host, rules.resolve ?? lookUp);
  const closedOne = ips.find((ip) => !isPublic(ip));
  if (!named && closedOne !== undefined)
    throw forbidden(url, "must be on the public internet; --allow-host names others");
  return { url, ip: ips[0] };
}

async function found(host: string, resolve: Resolve): Promise<readonly string[]> {
  const ips = await resolve(host).catch(() => []);
  if (ips.length === 0) throw new Fault("format", `there is no host ${host}`);
  return ips;
}

async function lookUp(host: string): Promise<readonly string[]> {
  return (await lookup(host, { all: true })).map(({ address }) => address);
}

/** The address without what may be secret in it. */
function forbidden({ origin, pathname }: URL, what: string): Fault {
  const short = origin === "null" ? pathname.slice(0, 40) : `${origin}${pathname}`.slice(0, 120);
  return new Fault("forbidden", `${short} ${what}`);
}
