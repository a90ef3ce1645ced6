/**
 * What the parts of the page know of the app around them.
 *
 * @module
 */
import { type Context, createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Opened } from "../data/opened.js";
import type { Renderer } from "../draw/renderer.js";
import type { Step } from "../edit/history.js";
import type { Store } from "../scene/store.js";
import type { Bench, LearnReport, ModelInfo } from "../work/bench.js";
import type { LearnPart } from "../work/protocol.js";
import type { Workspace } from "../workspace.js";
import type { Hand } from "./hand.js";

/** The panels at the right. */
export type PanelName = "edit" | "segment" | "learn" | "tracks";

/** What was chosen in the panel of segmentation; undefined leaves it to the bench. */
export interface SegmentChoices {
  readonly model?: string | undefined;
  readonly seeds?: string | undefined;
  readonly where: "whole" | "view" | "region";
  readonly planes: "this" | "all";
  readonly channels: Readonly<Record<string, string>>;
  readonly diameter?: number | undefined;
  readonly averageTurns: boolean;
  /** The labels layer that is written to; a new one where undefined. */
  readonly into?: string | undefined;
  readonly running: boolean;
}

/** What was chosen in the panel of learning, and what came of it. */
export interface LearnChoices {
  readonly model?: string | undefined;
  readonly where: "corrected" | "region" | "view" | "plane" | "all";
  readonly minutes: number;
  readonly name: string;
  readonly running: boolean;
  readonly epochs: readonly LearnPart[];
  readonly report?: LearnReport | undefined;
}

/** Something that the page's server offers. */
export interface ServedInput {
  readonly name: string;
  readonly path: string;
  readonly kind: "image" | "labels" | "zarr" | "folder";
  /** Relative to the page. */
  readonly address: string;
  /** Of the labels that belong to it. */
  readonly labels?: string;
}

/** A page where nothing was chosen yet. */
export const NEW_PAGE: PageState = {
  panel: "edit",
  pace: 8,
  segment: { where: "whole", planes: "this", channels: {}, averageTurns: false, running: false },
  learn: { where: "corrected", minutes: 5, name: "", running: false, epochs: [] },
  served: [],
  dropping: false,
};

/** Which parts of the page are open: nothing that a session keeps. */
export interface PageState {
  readonly panel: PanelName;
  /** On a narrow window the panels lie over the image, when they are wanted. */
  readonly drawer?: "left" | "right" | undefined;
  readonly dialog?: "address" | "shortcuts" | undefined;
  /** A layer that somebody wants to remove, until they say so again. */
  readonly removing?: string | undefined;
  /** The models there are, once somebody asked for them. */
  readonly models?: readonly ModelInfo[] | undefined;
  readonly segment: SegmentChoices;
  readonly learn: LearnChoices;
  /** What the page's server offers, where there is one. */
  readonly served: readonly ServedInput[];
  /** The one of them that is open. */
  readonly shown?: string | undefined;
  /** One that somebody wants to open while there are corrections of another. */
  readonly changing?: ServedInput | undefined;
  /** Whether files hover over the page. */
  readonly dropping: boolean;
  /** Frames a second, when a movie plays. */
  readonly pace: number;
  /** The last step of the history that is in a file. */
  readonly saved?: Step | undefined;
  /** The label that was painted before background was. */
  readonly swapped?: number | undefined;
  /** The place of the image under the pointer. */
  readonly pointer?: { readonly y: number; readonly x: number } | undefined;
}

/** A page that runs. */
export interface App {
  readonly workspace: Workspace;
  readonly canvas: HTMLCanvasElement;
  /** Undefined where the browser cannot draw (no WebGL2). */
  readonly renderer: Renderer | undefined;
  readonly bench: Bench;
  readonly hand: Hand;
  readonly page: Store<PageState>;
  /** Address of the folder with readers of rarer formats. */
  readonly pipelines: string;
  /** Lays opened images, labels and tracks into the scene. Answers the ids of their layers. */
  open(opened: readonly Opened[]): string[];
  /** Runs what may fail: an error becomes a notice that begins with `what`. Answers undefined then. */
  attempt<T>(what: string, run: () => T | Promise<T>): Promise<T | undefined>;
  /** Ends everything that the page runs. */
  destroy(): void;
}

/** The app around all parts. */
export const AppContext: Context<App | undefined> = createContext<App | undefined>(undefined);

/** The app that a part belongs to. */
export function useApp(): App {
  const app = useContext(AppContext);
  if (!app) throw new Error("a part of the page must stand within an app");
  return app;
}
