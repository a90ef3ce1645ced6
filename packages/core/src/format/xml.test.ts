import { expect, test } from "vitest";
import { scanXml } from "./xml.js";

function paths(text: string): string[] {
  return scanXml(text).map((tag) => tag.path);
}

test("tags are found with their place, comments and the like are not", () => {
  const text =
    '<?xml version="1.0"?><!-- <x> --><a:b k="1>2" n:l=\'"\'><c/><![CDATA[<d>]]><e><f /></e></a:b>';
  expect(paths(text)).toEqual(["b", "b/c", "b/e", "b/e/f"]);
  expect([...scanXml(text)[0].attributes]).toEqual([
    ["k", "1>2"],
    ["l", '"'],
  ]);
});

test("references to characters are read, others stay as they stand", () => {
  const [tag] = scanXml(
    '<a b="&lt;&gt;&amp;&quot;&apos;&#181;&#xb5;&amp;lt;&secret;&#0;&#99999999;"/>',
  );
  expect(tag.attributes.get("b")).toBe("<>&\"'µµ&lt;&secret;&#0;&#99999999;");
});

test("a DOCTYPE is refused, so no entity is ever declared", () => {
  expect(() => scanXml('<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>')).toThrow(
    /DOCTYPE/,
  );
});

test("text that is not XML is an error, and never a hang", () => {
  for (const text of [
    "<",
    "<a",
    "<a b",
    '<a b="',
    '<a b="c',
    "<a b=c>",
    "<a><b>",
    "<!-- ",
    "<a></",
    "<1>",
    "<a b='<'>",
  ])
    expect(() => scanXml(text)).toThrow(/has XML/);
  expect(() => scanXml("<a>".repeat(65))).toThrow(/nested deeper than 64/);
  expect(() => scanXml("<".repeat(1e6))).toThrow(/damaged/);
  expect(() => scanXml(`<a ${" ".repeat(1e6)}`)).toThrow(/damaged/);
  expect(paths("no tags")).toEqual([]);
});
