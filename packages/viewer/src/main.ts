/**
 * The page: starts the app, opens what the address or the server names, and keeps the page for when there is no network.
 *
 * @module
 */
import { createApp } from "./app.js";
import { hostOf } from "./offline/host.js";
import { keepOffline } from "./offline/register.js";
import { openFrom } from "./ui/open.js";
import { remember } from "./ui/remember.js";
import { openServed } from "./ui/served.js";

const element = document.getElementById("app");
if (!element) throw new Error("the page must have an element with the id app");
const app = createApp(element);
const asked = new URLSearchParams(location.search);
if (asked.has("test")) Object.assign(window, { cellwright: app });
void start();
// Where it cannot be kept, the page works as before.
keepOffline().catch(() => undefined);

/** What the page had comes back; where it had nothing, what the address or the server names is opened. */
async function start(): Promise<void> {
  const isBack = await app.attempt("What was open did not come back", () => remember(app));
  if (hostOf(document) === "view") await openServed(app, !isBack);
  if (!isBack) for (const address of asked.getAll("open")) await openFrom(app, address);
}
