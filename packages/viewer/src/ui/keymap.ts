/**
 * Which key does what, as data; napari's keys where napari has them.
 *
 * @module
 */

/** Everything that a key, a button or a menu can ask for. */
export type ActionName =
  | `tool-${import("../scene/scene.js").ToolName}`
  | "new-label"
  | "swap-label"
  | "label-down"
  | "label-up"
  | "brush-down"
  | "brush-up"
  | "preserve"
  | "contiguous"
  | "all-frames"
  | "delete-label"
  | "apply-here"
  | "undo"
  | "redo"
  | "visible"
  | "alone"
  | "auto-contrast"
  | "full-range"
  | "reset-view"
  | "zoom-in"
  | "zoom-out"
  | "pan-left"
  | "pan-right"
  | "pan-up"
  | "pan-down"
  | "previous-frame"
  | "next-frame"
  | "first-frame"
  | "last-frame"
  | "plane-up"
  | "plane-down"
  | "play"
  | "select-above"
  | "select-below"
  | "layer-up"
  | "layer-down"
  | "remove-layer"
  | "add-labels"
  | "add-points"
  | "open-files"
  | "open-folder"
  | "open-address"
  | "save-labels"
  | "save-session"
  | "screenshot"
  | "theme"
  | "scale-bar"
  | "panel-edit"
  | "panel-segment"
  | "panel-learn"
  | "panel-tracks"
  | "shortcuts";

/** A key with its modifiers, `"Ctrl+Shift+Z"`, and what it does. Letters stand for their key, whatever case. */
export interface KeyBinding {
  readonly keys: string;
  readonly action: ActionName;
}

/** All keys. Space, held down, pans whatever the tool; Escape and Enter end a polygon or stroke. */
export const KEYMAP: readonly KeyBinding[] = [
  { keys: "1", action: "tool-erase" },
  { keys: "E", action: "tool-erase" },
  { keys: "2", action: "tool-paint" },
  { keys: "P", action: "tool-paint" },
  { keys: "3", action: "tool-polygon" },
  { keys: "4", action: "tool-fill" },
  { keys: "F", action: "tool-fill" },
  { keys: "5", action: "tool-pick" },
  { keys: "L", action: "tool-pick" },
  { keys: "6", action: "tool-pan" },
  { keys: "Z", action: "tool-pan" },
  { keys: "7", action: "tool-split" },
  { keys: "S", action: "tool-split" },
  { keys: "8", action: "tool-merge" },
  { keys: "J", action: "tool-merge" },
  { keys: "9", action: "tool-delete" },
  { keys: "D", action: "tool-delete" },
  { keys: "0", action: "tool-grow" },
  { keys: "G", action: "tool-grow" },
  { keys: "R", action: "tool-region" },
  { keys: "A", action: "tool-add-point" },
  { keys: "Shift+A", action: "tool-remove-point" },
  { keys: "M", action: "new-label" },
  { keys: "X", action: "swap-label" },
  { keys: "-", action: "label-down" },
  { keys: "=", action: "label-up" },
  { keys: "[", action: "brush-down" },
  { keys: "]", action: "brush-up" },
  { keys: "B", action: "preserve" },
  { keys: "Delete", action: "delete-label" },
  { keys: "Backspace", action: "delete-label" },
  { keys: "Enter", action: "apply-here" },
  { keys: "Ctrl+Z", action: "undo" },
  { keys: "Ctrl+Shift+Z", action: "redo" },
  { keys: "Ctrl+Y", action: "redo" },
  { keys: "V", action: "visible" },
  { keys: "Shift+V", action: "alone" },
  { keys: "C", action: "auto-contrast" },
  { keys: "Shift+C", action: "full-range" },
  { keys: "Ctrl+R", action: "reset-view" },
  { keys: "Home", action: "reset-view" },
  { keys: "+", action: "zoom-in" },
  { keys: "_", action: "zoom-out" },
  { keys: "Shift+ArrowLeft", action: "pan-left" },
  { keys: "Shift+ArrowRight", action: "pan-right" },
  { keys: "Shift+ArrowUp", action: "pan-up" },
  { keys: "Shift+ArrowDown", action: "pan-down" },
  { keys: "ArrowLeft", action: "previous-frame" },
  { keys: "ArrowRight", action: "next-frame" },
  { keys: "Ctrl+ArrowLeft", action: "first-frame" },
  { keys: "Ctrl+ArrowRight", action: "last-frame" },
  { keys: "ArrowUp", action: "plane-up" },
  { keys: "ArrowDown", action: "plane-down" },
  { keys: "K", action: "play" },
  { keys: "Ctrl+Alt+P", action: "play" },
  { keys: "Ctrl+ArrowUp", action: "select-above" },
  { keys: "Ctrl+ArrowDown", action: "select-below" },
  { keys: "Alt+ArrowUp", action: "layer-up" },
  { keys: "Alt+ArrowDown", action: "layer-down" },
  { keys: "Ctrl+O", action: "open-files" },
  { keys: "Ctrl+S", action: "save-labels" },
  { keys: "Ctrl+Shift+S", action: "save-session" },
  { keys: "Alt+S", action: "screenshot" },
  { keys: "Alt+1", action: "panel-edit" },
  { keys: "Alt+2", action: "panel-segment" },
  { keys: "Alt+3", action: "panel-learn" },
  { keys: "Alt+4", action: "panel-tracks" },
  { keys: "Ctrl+Alt+/", action: "shortcuts" },
  { keys: "?", action: "shortcuts" },
];

/** What of a `KeyboardEvent` says which key it is. */
export interface KeyPress {
  readonly key: string;
  readonly code?: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
}

const bindings = new Map(KEYMAP.map(({ keys, action }) => [keys, action]));

/** What a key asks for; undefined where nothing. The command key of a Mac counts as Ctrl. */
export function actionOf(press: KeyPress): ActionName | undefined {
  return bindings.get(keysOf(press));
}

/** A key press as the keymap writes it. Shift is written for letters and named keys: signs are what Shift makes of them. */
export function keysOf(press: KeyPress): string {
  const { key, code = "", ctrlKey, metaKey, altKey, shiftKey } = press;
  // With Alt, and on a Mac, some keys give signs of their own; then the place on the keyboard tells.
  const plain = altKey ? (plainKey(code) ?? key) : key;
  const isSign = plain.length === 1 && plain.toUpperCase() === plain.toLowerCase();
  const name = plain.length === 1 ? plain.toUpperCase() : plain;
  return [
    ...(ctrlKey || metaKey ? ["Ctrl"] : []),
    ...(altKey ? ["Alt"] : []),
    ...(shiftKey && !isSign ? ["Shift"] : []),
    name,
  ].join("+");
}

/** The first keys of an action, as a hint shows them. */
export function keysFor(action: ActionName): string | undefined {
  return KEYMAP.find((binding) => binding.action === action)?.keys;
}

function plainKey(code: string): string | undefined {
  if (code === "Slash") return "/";
  return /^(?:Key|Digit)(.)$/.exec(code)?.[1];
}
