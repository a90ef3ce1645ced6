/**
 * Which pages may use this one: a list that whoever hosts it writes into the page, in `<meta name="cellwright-hosts">`. The
 * RPC library would talk to anyone.
 *
 * @module
 */

/** What a list may hold: `'self'`, an origin such as `https://ij.imjoy.io`, all ports of one with `:*`, or `*` for everybody. */
export type HostList = readonly string[];

/** The list out of the page's text. */
export function readHosts(text: string): HostList {
  return text.split(/\s+/).filter((entry) => entry !== "");
}

/** Whether a page of this origin may use one at `own`. */
export function isAllowed(origin: string, hosts: HostList, own: string): boolean {
  if (!/^https?:\/\//.test(origin)) return false;
  return hosts.some((entry) => {
    if (entry === "*") return true;
    if (entry === "'self'") return origin === own;
    if (entry.endsWith(":*")) return origin.replace(/:\d+$/, "") === entry.slice(0, -2);
    return origin === entry;
  });
}

/** What of a window says who it is in. */
export interface Framed {
  readonly location: { readonly origin: string; readonly ancestorOrigins?: ArrayLike<string> };
  readonly document: { readonly referrer: string };
}

/** The origin of the page around this one: as the browser says, else as the request for this page did; undefined where neither does. */
export function parentOrigin({ location, document }: Framed): string | undefined {
  const [said] = Array.from(location.ancestorOrigins ?? []);
  if (said !== undefined) return said;
  return URL.canParse(document.referrer) ? new URL(document.referrer).origin : undefined;
}
