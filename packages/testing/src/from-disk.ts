/**
 * Files and folders that are dragged from a file manager onto a page.
 *
 * @module
 */
import type { Page } from "playwright-core";

/**
 * Drops what lies at these paths of the disk onto the middle of the page, folders too: Chromium is told of a drag from
 * outside, as the desktop tells it, so that the page gets entries which it can walk through.
 */
export async function dropFromDisk(page: Page, paths: readonly string[]): Promise<void> {
  const { width, height } = page.viewportSize() ?? { width: 800, height: 600 };
  const devtools = await page.context().newCDPSession(page);
  // 1 is "copy", the only thing that a file manager offers to a page.
  const data = { items: [], files: [...paths], dragOperationsMask: 1 };
  for (const type of ["dragEnter", "dragOver", "drop"] as const)
    await devtools.send("Input.dispatchDragEvent", { type, x: width / 2, y: height / 2, data });
  await devtools.detach();
}
