// The witness of all tests in a page: whatever a page or a worker of it asks of another address is seen, and the viewer's policy
// lets none of it through. Every test of the page and of the plugin then expects that nobody was asked.
import { describePage, openSite, type Site, viewerPolicy } from "@cellwright/testing/page";
import { expect, test } from "vitest";

/** Asks another address in every way that a page has; each is given up at once. */
const program = `
const other = "http://192.0.2.1/";
const body = \`
  fetch("http://192.0.2.1/worker").catch(() => {});
  postMessage("done");
\`;
const ways = [
  () => fetch(other + "fetch"),
  () => { const request = new XMLHttpRequest(); request.open("GET", other + "xhr"); request.send(); },
  () => { document.body.append(Object.assign(new Image(), { src: other + "image" })); },
  () => navigator.sendBeacon(other + "beacon", "x"),
  () => new EventSource(other + "events"),
  () => new WebSocket("ws://192.0.2.1/socket"),
  () => { document.head.append(Object.assign(document.createElement("link"), { rel: "stylesheet", href: other + "style" })); },
  () => { document.body.append(Object.assign(document.createElement("iframe"), { src: other + "frame" })); },
  () => import(/* @vite-ignore */ other + "module"),
  () => new Promise((done) => { new Worker(URL.createObjectURL(new Blob([body]))).onmessage = done; }),
  () => { new RTCPeerConnection({ iceServers: [{ urls: "stun:192.0.2.1" }] }).createDataChannel("a"); },
];
Promise.allSettled(ways.map(async (way) => way())).then(() => { document.title = "asked"; });
`;

const names = ["beacon", "events", "fetch", "frame", "image", "module", "style", "worker", "xhr"];

async function seenUnder(policy: string): Promise<string[]> {
  const root = new URL("..", import.meta.url).pathname;
  const site: Site = await openSite({ root, program, policy, isolated: false });
  try {
    const { page, strangers } = await site.visit();
    await page.waitForFunction(() => document.title === "asked");
    await expect.poll(() => strangers.length, { timeout: 5000, interval: 100 }).toBeGreaterThan(0);
    await page.waitForTimeout(300);
    return [...new Set(strangers)].sort();
  } finally {
    await site.close();
  }
}

describePage("what a page asks of others", () => {
  test("every way is seen where a page may go", async () => {
    const free = "default-src * blob: 'unsafe-inline' 'unsafe-eval'; worker-src blob:";
    expect(await seenUnder(free)).toEqual(
      [
        ...names.map((name) => `http://192.0.2.1/${name}`),
        "webrtc",
        "ws://192.0.2.1/socket",
      ].sort(),
    );
  });

  test("the viewer's policy lets none of it out", async () => {
    const seen = await seenUnder(viewerPolicy);
    expect(seen.filter((each) => each !== "webrtc" && !each.startsWith("ws"))).toEqual([]);
  });
});
