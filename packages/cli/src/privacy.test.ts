// Nothing leaves this machine that the user did not name. Two witnesses see each process: one inside writes down every connection,
// datagram and look-up that it begins; and where the system allows it, it has a network of its own without a way out, whose
// counters tell of whatever native code tried.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Labels, synthMovie, synthNuclei, writeModelZip, writeTiff } from "@cellwright/core";
import { spotFiles } from "@cellwright/testing";
import { builtApp } from "@cellwright/testing/app";
import { builtCommand } from "@cellwright/testing/command";
import { askedIn, witnessOption } from "@cellwright/testing/connections";
import { afterAll, beforeAll, expect, test } from "vitest";

const root = mkdtempSync(join(tmpdir(), "cellwright-privacy-"));
afterAll(() => rmSync(root, { recursive: true }));
const seen = join(root, "asked");
let main: string;
/** Whether processes can have a network of their own here. */
const apart = spawnSync("unshare", ["-n", "true"]).status === 0;

const numbers = (labels: Labels) => writeTiff({ ...labels, data: Uint16Array.from(labels.data) });
const save = (name: string, bytes: Uint8Array) => {
  mkdirSync(dirname(join(root, name)), { recursive: true });
  writeFileSync(join(root, name), bytes);
};

beforeAll(async () => {
  main = await builtCommand();
  for (const seed of [1, 2]) {
    const { image, labels } = synthNuclei({ height: 64, width: 64, seed, diameter: 14 });
    save(`set/images/${seed}.tif`, writeTiff(image));
    save(`set/labels/${seed}.tif`, numbers(labels));
  }
  for (const [name, bytes] of Object.entries(await spotFiles("spots")))
    save(`spots/${name}`, bytes);
  const { frames } = synthMovie({ kind: "nuclei", frames: 2, height: 48, width: 64, seed: 2 });
  for (const [t, frame] of frames.entries()) save(`movie/t${t}_masks.tif`, numbers(frame.labels));
});

/** What a process may do, with a witness in it. */
const env = () => ({
  ...process.env,
  NODE_OPTIONS: witnessOption(seen),
  XDG_CACHE_HOME: join(root, "cache"),
});

function asked(): unknown[] {
  const text = existsSync(seen) ? readFileSync(seen, "utf8") : "";
  rmSync(seen, { force: true });
  return askedIn(text);
}

/** Counters of the network that a process was alone in: packets sent or with nowhere to go, and connections begun. */
function countersOf(text: string): Record<string, number> {
  const counters: Record<string, number> = {};
  const lines = text.split("\n").filter((line) => /^(Ip|Tcp|Udp): /.test(line));
  for (let i = 0; i < lines.length; i += 2) {
    const [names, values] = [lines[i].split(" "), lines[i + 1].split(" ")];
    for (let k = 1; k < names.length; k++) counters[names[0] + names[k]] = Number(values[k]);
  }
  const { "Ip:OutRequests": sent, "Ip:OutNoRoutes": lost, "Tcp:ActiveOpens": opened } = counters;
  return { sent, lost, opened, datagrams: counters["Udp:OutDatagrams"] };
}

const offline = [
  "segment set/images -o cells -q",
  "train set -o mine --epochs 1 --steps 2 --batch 1 --crop 32 --held-back 0.5 -q",
  "track movie -o tracks -q",
  "measure set/labels/1.tif set/images/1.tif -o cells.csv",
  "convert set/images/1.tif -o a.ome.zarr -q",
  "models list",
  "models test nuclei",
];

test("segment, train, track, measure, convert and models open no connection", () => {
  const commands = offline.map((words) => `"$0" "$1" ${words} > /dev/null || exit 1`);
  const script = [...commands, "cat /proc/net/snmp"].join("\n");
  const words = ["sh", "-c", script, process.execPath, main];
  const [program, ...argv] = apart ? ["unshare", "-n", ...words] : words;
  const { status, stdout, stderr } = spawnSync(program, argv, {
    cwd: root,
    env: env(),
    encoding: "utf8",
  });
  expect(status, stderr).toBe(0);
  expect(asked()).toEqual([]);
  if (apart) expect(countersOf(stdout)).toEqual({ sent: 0, lost: 0, opened: 0, datagrams: 0 });
  expect(existsSync(join(root, "mine/bioimageio.yaml"))).toBe(true);
});

test("the witnesses see what there is: models pull asks the address that was named, and no other", async () => {
  const zip = writeModelZip(await spotFiles("spots"));
  const server = createServer((_, response) => response.end(zip));
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  try {
    const words = ["models", "pull", `http://127.0.0.1:${port}/spots.zip`, "-o", "pulled"];
    const child = spawn(process.execPath, [main, ...words], { cwd: root, env: env() });
    expect(await new Promise((done) => child.on("close", done))).toBe(0);
  } finally {
    server.close();
  }
  const whoms = asked().map((each) => (each as { whom: string }).whom);
  expect(whoms.length).toBeGreaterThan(0);
  expect(whoms.filter((whom) => !whom.includes(`127.0.0.1:${port}`))).toEqual([]);
  if (!apart) return;
  // Code that is not ours, in a network without a way out.
  const lost = `require("node:dgram").createSocket("udp4").send("x", 53, "192.0.2.1", () => process.exit())`;
  const script = `"$0" -e '${lost}'; cat /proc/net/snmp`;
  const { stdout } = spawnSync("unshare", ["-n", "sh", "-c", script, process.execPath], {
    encoding: "utf8",
  });
  expect(countersOf(stdout).lost).toBeGreaterThan(0);
});

test("view answers the page and asks nobody", async () => {
  // The command would take the page from its package, where it need not be built.
  const program = join(root, "view.mjs");
  const parts = ["view.js", "memory-context.js"].map(
    (name) => pathToFileURL(join(dirname(main), name)).href,
  );
  writeFileSync(
    program,
    `import { view } from ${JSON.stringify(parts[0])};
import { memoryContext } from ${JSON.stringify(parts[1])};
const stop = new AbortController();
process.on("SIGINT", () => stop.abort());
const stdout = (text) => void process.stdout.write(text);
const context = memoryContext({ stdout, signal: stop.signal });
await view(["set/images"], { open: false, port: 0 }, context, ${JSON.stringify(await builtApp())});
`,
  );
  const child = spawn(process.execPath, [program], { cwd: root, env: env() });
  const ended = new Promise((done) => child.on("close", done));
  let text = "";
  const address = await new Promise<string>((done) => {
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (part) => {
        text += part;
        const found = /http:\/\/127\.0\.0\.1:\d+\/\S*/.exec(text)?.[0];
        if (found) done(found);
      });
    child.on("close", () => done(""));
  });
  expect(address, text).toMatch(/^http/);
  expect((await fetch(address)).status).toBe(200);
  expect((await fetch(new URL("api/inputs", address))).status).toBe(200);
  child.kill("SIGINT");
  await ended;
  expect(asked()).toEqual([]);
});
