/**
 * What is in the hand: the gesture that is being made in a workspace, at most one.
 *
 * @module
 */
import type { Workspace } from "../workspace.js";

/** Something that can be given up. */
export interface Held {
  cancel(): void;
}

const hands = new WeakMap<Workspace, Held>();

/** The gesture that is being made. */
export function heldIn(workspace: Workspace): Held | undefined {
  return hands.get(workspace);
}

/** Begins one; the one before it is given up. */
export function hold(workspace: Workspace, held: Held): void {
  if (hands.get(workspace) !== held) cancelGesture(workspace);
  hands.set(workspace, held);
}

/** It is over. */
export function release(workspace: Workspace, held: Held): void {
  if (hands.get(workspace) === held) hands.delete(workspace);
}

/** Gives up the gesture that is being made: nothing of it stays. Answers whether there was one. */
export function cancelGesture(workspace: Workspace): boolean {
  const held = hands.get(workspace);
  hands.delete(workspace);
  held?.cancel();
  return held !== undefined;
}
