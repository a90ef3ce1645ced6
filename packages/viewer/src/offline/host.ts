/**
 * Who serves the page: files on a web host, `cellwright view` on this machine, or the tool that programmers use.
 *
 * @module
 */

/** What stands in the page's `<meta name="cellwright-host">`. */
export type HostKind = "static" | "view" | "dev";

/** Who serves a page; "dev" where it does not say. */
export function hostOf(page: Document): HostKind {
  const content = page.querySelector('meta[name="cellwright-host"]')?.getAttribute("content");
  return content === "static" || content === "view" ? content : "dev";
}
