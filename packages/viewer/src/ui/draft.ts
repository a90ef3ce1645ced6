/**
 * What is being typed into a field, kept until it is meant: a page that is drawn anew in between takes no sign of it away.
 *
 * @module
 */
import { useState } from "preact/hooks";

/** The text of a field, and what to do when a sign is typed and when the field is left. */
export interface Draft {
  readonly text: string;
  readonly type: (text: string) => void;
  readonly end: () => void;
}

/** A field that shows `value`, or what is typed until it ends. */
export function useDraft(value: string): Draft {
  const [typed, setTyped] = useState<string>();
  return { text: typed ?? value, type: setTyped, end: () => setTyped(undefined) };
}
