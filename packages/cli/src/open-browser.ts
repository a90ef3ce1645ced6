/**
 * Opens an address in the user's browser, where there is one.
 *
 * @module
 */
import { spawn } from "node:child_process";

/** Starts the browser; false where this machine has no screen to show one on. */
export function openBrowser(
  address: string,
  env: Readonly<Record<string, string | undefined>>,
  platform: string = process.platform,
): boolean {
  const command = browserCommand(env, platform);
  if (!command) return false;
  const child = spawn(command[0], [...command.slice(1), address], {
    stdio: "ignore",
    detached: true,
  });
  // Whoever has no xdg-open still has the address on the terminal.
  child.on("error", () => {});
  child.unref();
  return true;
}

/** The program and its first arguments; undefined where nothing could be seen. */
export function browserCommand(
  env: Readonly<Record<string, string | undefined>>,
  platform: string,
): [string, ...string[]] | undefined {
  if (env.BROWSER) return [env.BROWSER];
  if (platform === "darwin") return ["open"];
  // The shell's own `start` would take the & of an address for the end of a command.
  if (platform === "win32") return ["rundll32", "url.dll,FileProtocolHandler"];
  return env.DISPLAY || env.WAYLAND_DISPLAY ? ["xdg-open"] : undefined;
}
