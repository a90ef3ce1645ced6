// The code blocks of a page, each with what the comments right before it say of running it:
//
//   <!-- not run: WHY -->                 the block is only looked at: its commands must exist, its text must be of its language
//   <!-- not run (TEXT): WHY -->          so are its lines with TEXT in them; the others run
//   <!-- run as: THIS => THAT -->         runs with THAT in the place of THIS: a training of two steps for one of an hour
//   <!-- first: CODE -->                  runs before it, unseen: makes the files that the page talks of
/**
 * @typedef {{ language: string, code: string, line: number, notRun?: string, leftOut: { text: string, why: string }[],
 *   replaced: { from: string, to: string }[], first: string }} Block
 */

/**
 * The blocks, pieces of code within sentences, and where links and pictures lead.
 *
 * @param {string} text
 * @returns {{ blocks: Block[], inline: { code: string, line: number }[], links: string[] }}
 */
export function readPage(text) {
  const blocks = [];
  const inline = [];
  const links = [];
  let comments = [];
  const lines = text.split("\n");
  for (let n = 0; n < lines.length; n++) {
    const line = lines[n];
    if (line.startsWith("<!--")) {
      const end = lines.findIndex((one, i) => i >= n && one.includes("-->"));
      comments.push(...commentsOf(lines.slice(n, end + 1).join("\n")));
      n = end;
    } else if (line.startsWith("```")) {
      const end = lines.indexOf("```", n + 1);
      if (end < 0) throw new Error(`line ${n + 1}: the block has no end`);
      const code = `${lines.slice(n + 1, end).join("\n")}\n`;
      const language = line.slice(3).trim();
      blocks.push({ language, code, line: n + 1, ...directives(comments, n + 1) });
      comments = [];
      n = end;
    } else if (line.trim() !== "") {
      comments = [];
      for (const [, code] of line.matchAll(/`([^`]+)`/g)) inline.push({ code, line: n + 1 });
      const plain = line.replace(/`[^`]*`/g, "`");
      for (const [, target] of plain.matchAll(/\]\(([^)\s]+)\)/g)) links.push(target);
    }
  }
  return { blocks, inline, links };
}

function commentsOf(html) {
  return [...html.matchAll(/<!--([\s\S]*?)-->/g)].map(([, text]) => text.trim());
}

function directives(comments, line) {
  const found = { leftOut: [], replaced: [], first: "" };
  for (const comment of comments) {
    const [, word, of, rest] =
      /^(not run|run as|first)(?: \(([^)]*)\))?:\s*([\s\S]*)$/.exec(comment) ?? [];
    if (word === "not run" && of === undefined) found.notRun = rest;
    else if (word === "not run") found.leftOut.push({ text: of, why: rest });
    else if (word === "first") found.first += `${rest}\n`;
    else if (word === "run as") {
      const [from, to] = rest.split(" => ");
      if (to === undefined) throw new Error(`line ${line}: "run as" must be THIS => THAT`);
      found.replaced.push({ from, to });
    }
  }
  return found;
}
