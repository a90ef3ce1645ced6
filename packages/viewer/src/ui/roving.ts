/**
 * Arrow keys that walk from control to control, as bars, tabs, menus and trees want it.
 *
 * @module
 */

/** Which arrows walk. */
export type Walk = "horizontal" | "vertical";

/** Moves the focus to the next control of `box` (default its buttons) and keeps the key from doing anything else. */
export function walkOn(
  event: KeyboardEvent,
  box: HTMLElement | SVGElement | null,
  walk: Walk,
  selector = "button:not(:disabled)",
): void {
  if (!box || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
  const items = [...box.querySelectorAll<HTMLElement>(selector)];
  const at = items.indexOf(document.activeElement as HTMLElement);
  const to = targetOf(event.key, at, items.length, walk);
  if (to === undefined) return;
  items[to].focus();
  event.preventDefault();
  event.stopPropagation();
}

/** Where a key leads from item `at` of `count`; around at the ends. Undefined for other keys. */
export function targetOf(key: string, at: number, count: number, walk: Walk): number | undefined {
  if (count === 0) return undefined;
  const [back, on] = walk === "horizontal" ? ["ArrowLeft", "ArrowRight"] : ["ArrowUp", "ArrowDown"];
  if (key === on) return (at + 1) % count;
  if (key === back) return (Math.max(at, 0) - 1 + count) % count;
  if (key === "Home") return 0;
  return key === "End" ? count - 1 : undefined;
}
