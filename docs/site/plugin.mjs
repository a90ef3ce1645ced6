// What typedoc does not do by itself: the pages of pages.json in their sections, each under its first heading and at an address
// made of its file's name. A page of the list that is not there yet is left out; tools/site.mjs tells where one is missed.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  Application,
  Comment,
  CommentTag,
  Converter,
  KindRouter,
  PageEvent,
  ReflectionKind,
  RendererEvent,
} from "typedoc";

const root = fileURLToPath(new URL("../../", import.meta.url));
const sections = JSON.parse(readFileSync(new URL("pages.json", import.meta.url), "utf8"));

/** The pages by their titles: of a document typedoc tells us the text alone. */
const pages = new Map();
for (const [section, names] of Object.entries(sections)) {
  for (const path of names.flatMap(expanded).map((name) => join(root, name))) {
    if (!existsSync(path)) continue;
    const title = titleOf(readFileSync(path, "utf8"));
    if (pages.has(title)) throw new Error(`two pages are called "${title}": ${path}`);
    pages.set(title, { path, section });
  }
}

/** `DIR/*.md` is all of a folder, README first. */
function expanded(name) {
  if (!name.endsWith("/*.md")) return [name];
  const folder = dirname(name);
  const files = readdirSync(join(root, folder)).filter((file) => file.endsWith(".md"));
  return files.sort((a, b) => order(a).localeCompare(order(b))).map((file) => `${folder}/${file}`);
}

function order(file) {
  return file === "README.md" ? "" : file;
}

function titleOf(text) {
  return (/^# (.+)$/m.exec(text)?.[1] ?? "").replaceAll("`", "");
}

/** Names of packages and of their further entries in the place of those of folders: `core/src`, `imjoy-plugin/src/contract`. */
function packageOf(name) {
  const [folder, , entry] = name.split("/");
  return `@cellwright/${entry ? `${folder}/${entry}` : folder}`;
}

class PageRouter extends KindRouter {
  getIdealBaseName(reflection) {
    if (!reflection.isDocument()) return super.getIdealBaseName(reflection);
    const { path } = pages.get(reflection.name);
    const stem = basename(path, ".md");
    return `pages/${stem === "README" ? basename(dirname(path)) : stem}`;
  }
}

/** @param {import("typedoc").Application} app */
export function load(app) {
  app.on(Application.EVENT_BOOTSTRAP_END, () => {
    app.options.setValue(
      "projectDocuments",
      [...pages.values()].map(({ path }) => path),
    );
    app.options.setValue("groupOrder", Object.keys(sections));
  });
  app.renderer.defineRouter("pages", PageRouter);
  app.converter.on(Converter.EVENT_CREATE_DOCUMENT, (_, page) => {
    page.name = titleOf(page.content.map(({ text }) => text).join(""));
    page.frontmatter.group = pages.get(page.name).section;
  });
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const child of project.children ?? []) {
      if (!child.kindOf(ReflectionKind.Module)) continue;
      child.name = packageOf(child.name);
      child.comment ??= new Comment();
      child.comment.blockTags.push(...grouped("Reference").blockTags);
    }
  });
  // icons.js puts the icons into every page: named there, a page from the disk may show them without asking for another file.
  app.renderer.on(PageEvent.END, (page) => {
    page.contents = page.contents?.replace(
      /href="[^"]*assets\/icons\.svg(#icon-\w+)"/g,
      'href="$1"',
    );
  });
  // The entry has a heading of its own.
  app.renderer.on(PageEvent.END, (page) => {
    if (page.url === "index.html")
      page.contents = page.contents?.replace(/<div class="tsd-page-title">[\s\S]*?<\/div>/, "");
  });
  // Its own page lists all over again what stands at the left; no link leads there.
  app.renderer.on(RendererEvent.BEGIN, (event) => {
    event.pages = event.pages.filter(({ url }) => url !== "modules.html");
  });
}

function grouped(section) {
  return new Comment([], [new CommentTag("@group", [{ kind: "text", text: section }])]);
}
