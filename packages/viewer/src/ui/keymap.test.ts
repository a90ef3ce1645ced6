import { describe, expect, test } from "vitest";
import { actionOf, KEYMAP, type KeyPress, keysFor, keysOf } from "./keymap.js";

const press = (key: string, more: Partial<KeyPress> = {}): KeyPress => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...more,
});

describe("keymap", () => {
  test("no key does two things", () => {
    const keys = KEYMAP.map((binding) => binding.keys);
    expect(new Set(keys).size).toBe(keys.length);
  });

  test("napari's keys do what they do in napari", () => {
    const expected = {
      1: "tool-erase",
      e: "tool-erase",
      2: "tool-paint",
      p: "tool-paint",
      3: "tool-polygon",
      4: "tool-fill",
      f: "tool-fill",
      5: "tool-pick",
      l: "tool-pick",
      6: "tool-pan",
      z: "tool-pan",
      m: "new-label",
      x: "swap-label",
      "-": "label-down",
      "=": "label-up",
      "[": "brush-down",
      "]": "brush-up",
      b: "preserve",
      v: "visible",
      c: "auto-contrast",
      ArrowLeft: "previous-frame",
      ArrowRight: "next-frame",
    };
    for (const [key, action] of Object.entries(expected))
      expect(actionOf(press(key)), key).toBe(action);
    expect(actionOf(press("z", { ctrlKey: true }))).toBe("undo");
    expect(actionOf(press("Z", { ctrlKey: true, shiftKey: true }))).toBe("redo");
    expect(actionOf(press("r", { ctrlKey: true }))).toBe("reset-view");
    expect(actionOf(press("ArrowUp", { ctrlKey: true }))).toBe("select-above");
    expect(actionOf(press("/", { ctrlKey: true, altKey: true, code: "Slash" }))).toBe("shortcuts");
  });

  test("Shift is part of letters and named keys, not of signs that it makes", () => {
    expect(keysOf(press("?", { shiftKey: true }))).toBe("?");
    expect(keysOf(press("V", { shiftKey: true }))).toBe("Shift+V");
    expect(actionOf(press("_", { shiftKey: true }))).toBe("zoom-out");
    expect(actionOf(press("ArrowLeft", { shiftKey: true }))).toBe("pan-left");
  });

  test("a Mac's command key is Ctrl, and what Option makes of a letter is still that letter", () => {
    expect(actionOf(press("z", { metaKey: true }))).toBe("undo");
    expect(actionOf(press("ß", { altKey: true, code: "KeyS" }))).toBe("screenshot");
    expect(actionOf(press("¡", { altKey: true, code: "Digit1" }))).toBe("panel-edit");
  });

  test("what nothing is bound to does nothing", () => {
    expect(actionOf(press("q"))).toBeUndefined();
    expect(actionOf(press("e", { ctrlKey: true }))).toBeUndefined();
    expect(keysFor("tool-paint")).toBe("2");
    expect(keysFor("add-points")).toBeUndefined();
  });
});
