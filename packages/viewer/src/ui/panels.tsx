/**
 * The panels at the right, one at a time: edit, segment, learn, tracks.
 *
 * @module
 */
import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import { type PanelName, useApp } from "./app-context.js";
import { EditPanel } from "./edit-panel.js";
import { Icon, type IconName } from "./icons.js";
import { LearnPanel } from "./learn-panel.js";
import { walkOn } from "./roving.js";
import { SegmentPanel } from "./segment-panel.js";
import { TracksPanel } from "./tracks-panel.js";
import { useStore } from "./use-store.js";

const panels: readonly (readonly [PanelName, string, IconName])[] = [
  ["edit", "Edit", "edit"],
  ["segment", "Segment", "segment"],
  ["learn", "Learn", "learn"],
  ["tracks", "Tracks", "tracks"],
];

/** Tabs and the panel that is in front. */
export function RightPanels(): JSX.Element {
  const { page } = useApp();
  const panel = useStore(page, (page) => page.panel);
  const tabs = useRef<HTMLDivElement>(null);
  return (
    <>
      <div
        ref={tabs}
        class="tabs"
        role="tablist"
        aria-label="Panels"
        onKeyDown={(event) => walkOn(event, tabs.current, "horizontal")}
      >
        {panels.map(([name, text, icon]) => (
          <button
            key={name}
            type="button"
            role="tab"
            id={`tab-${name}`}
            class="tab"
            aria-selected={name === panel}
            aria-controls={`panel-${name}`}
            tabIndex={name === panel ? 0 : -1}
            onClick={() => page.update((page) => ({ ...page, panel: name }))}
            onFocus={() => page.update((page) => ({ ...page, panel: name }))}
          >
            <Icon name={icon} />
            <span>{text}</span>
          </button>
        ))}
      </div>
      <div class="panel" role="tabpanel" id={`panel-${panel}`} aria-labelledby={`tab-${panel}`}>
        {panel === "edit" && <EditPanel />}
        {panel === "segment" && <SegmentPanel />}
        {panel === "learn" && <LearnPanel />}
        {panel === "tracks" && <TracksPanel />}
      </div>
    </>
  );
}
