/**
 * Walks through XML that nobody vouches for: start tags and their attributes, in one pass, nothing looked up or expanded.
 *
 * @module
 */
import { FormatError } from "../errors.js";

/** A start tag: the names from the root to it (`OME/Image/Pixels`, prefixes left out) and its attributes. */
export interface XmlTag {
  readonly path: string;
  readonly attributes: ReadonlyMap<string, string>;
}

const deepest = 64;

/** All start tags in order. Throws {@link FormatError} for a DOCTYPE and for text that is not XML. */
export function scanXml(text: string): XmlTag[] {
  const found: XmlTag[] = [];
  const path: string[] = [];
  for (let at = text.indexOf("<"); at >= 0; at = text.indexOf("<", at)) {
    if (text.startsWith("<!--", at)) at = after(text, "-->", at + 4);
    else if (text.startsWith("<![CDATA[", at)) at = after(text, "]]>", at + 9);
    else if (text.startsWith("<?", at)) at = after(text, "?>", at + 2);
    else if (text.startsWith("<!", at))
      throw new FormatError("has XML with a DOCTYPE, which we do not read");
    else if (text.startsWith("</", at)) {
      path.pop();
      at = after(text, ">", at + 2);
    } else at = readTag(text, at, path, found);
  }
  if (path.length > 0) throw new FormatError(`has XML that ends within <${path.at(-1)}>`);
  return found;
}

const tagStart = /<([A-Za-z_][\w.:-]*)/y;
const attribute = /\s+([A-Za-z_][\w.:-]*)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/y;
const tagEnd = /\s*(\/?)>/y;

function readTag(text: string, at: number, path: string[], found: XmlTag[]): number {
  const name = match(tagStart, text, at);
  if (!name) throw new FormatError(`has XML that is damaged at character ${at}`);
  if (path.length === deepest) throw new FormatError(`has XML nested deeper than ${deepest} tags`);
  const attributes = new Map<string, string>();
  let position = at + name[0].length;
  for (;;) {
    const pair = match(attribute, text, position);
    if (!pair) break;
    attributes.set(withoutPrefix(pair[1]), plainText(pair[2] ?? pair[3]));
    position += pair[0].length;
  }
  const end = match(tagEnd, text, position);
  if (!end) throw new FormatError(`has XML that is damaged at character ${position}`);
  path.push(withoutPrefix(name[1]));
  found.push({ path: path.join("/"), attributes });
  if (end[1] === "/") path.pop();
  return position + end[0].length;
}

function match(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

function after(text: string, mark: string, from: number): number {
  const at = text.indexOf(mark, from);
  if (at < 0) throw new FormatError(`has XML that ends before its "${mark}"`);
  return at + mark.length;
}

function withoutPrefix(name: string): string {
  return name.slice(name.indexOf(":") + 1);
}

/** The five characters XML itself names, and characters by number; any other reference stays as it stands. */
function plainText(text: string): string {
  const named: Readonly<Record<string, string>> = {
    lt: "<",
    gt: ">",
    amp: "&",
    quot: '"',
    apos: "'",
  };
  return text.replace(
    /&(?:(lt|gt|amp|quot|apos)|#([0-9]{1,7})|#x([0-9A-Fa-f]{1,6}));/g,
    (whole, name, decimal, hex) => {
      if (name) return named[name];
      const code = decimal ? Number.parseInt(decimal, 10) : Number.parseInt(hex, 16);
      return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    },
  );
}
