/**
 * From a page in a frame to a plugin of the page around it.
 *
 * @module
 */
import imjoyRPC from "imjoy-rpc/dist/imjoy-rpc.min.js";
import { Fault, failed } from "../service/fault.js";
import { API_VERSION } from "../service/service.js";
import { messageGate, REFUSAL } from "./gate.js";
import { isAllowed, parentOrigin, readHosts } from "./hosts.js";

/** A function that the page around may call. */
export type Exported = (...args: never[]) => unknown;

/** What a plugin says of itself. */
export interface PluginInfo {
  readonly name: string;
  readonly type: "rpc-window" | "rpc-worker";
  readonly description: string;
}

/** The version of the protocol that ImJoy's hosts speak. */
const PROTOCOL = "0.2.3";

/**
 * Offers functions to the page around. Throws where there is none, or it is not on this page's list: then nothing was said to it.
 */
export async function connectToHost(
  info: PluginInfo,
  functions: Readonly<Record<string, Exported>>,
): Promise<void> {
  const origin = hostOrigin();
  const methods = new Set(Object.keys(functions));
  window.addEventListener("message", messageGate({ source: window.parent, origin, methods }));
  const api = await imjoyRPC.setupRPC({
    ...info,
    version: API_VERSION,
    api_version: PROTOCOL,
    target_origin: origin,
    allow_execution: false,
    ...(info.type === "rpc-window" && { defaults: { fullscreen: false, w: 30, h: 20 } }),
  });
  api.export({ ...functions, [REFUSAL]: refuse });
}

/** What a call answers that did not get past the gate. */
function refuse(): unknown {
  const message =
    "there is no such function, or its arguments nest too deep, are too many or have names that are not allowed";
  return failed(new Fault("argument", message));
}

/** The origin of the page around this one, where that may use it. */
function hostOrigin(): string {
  if (window.parent === window)
    throw new Error("this page is a plugin: it works within a page of ImJoy, Hypha or your own");
  const list = document.querySelector<HTMLMetaElement>('meta[name="cellwright-hosts"]');
  const hosts = readHosts(list?.content ?? "'self'");
  const origin = parentOrigin(window);
  if (origin === undefined || !isAllowed(origin, hosts, location.origin))
    throw new Error(
      `this page may be used by ${hosts.join(", ")}, not by ${origin ?? "a page that does not say who it is"}: whoever hosts it can add to the list`,
    );
  return origin;
}
