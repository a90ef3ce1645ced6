/**
 * Which addresses a page reads for a caller: those of the web, as any page may. The browser asks each host whether this page may
 * read it (CORS), and the page's own files are for everybody.
 *
 * @module
 */
import { Fault } from "../service/fault.js";

/** The address, absolute. Throws {@link Fault} for one that is none, or of another scheme than `https`, `http` or `blob`. */
export function checkAddress(text: string, base: string): URL {
  if (!URL.canParse(text, base))
    throw new Fault("argument", `url must be an address of the web, got "${text.slice(0, 80)}"`);
  const url = new URL(text, base);
  if (!/^(https?|blob):$/.test(url.protocol))
    throw new Fault("forbidden", `url must begin with https:// or http://, is of ${url.protocol}`);
  if (url.username !== "" || url.password !== "")
    throw new Fault("forbidden", "url must be without a name and a password");
  return url;
}
