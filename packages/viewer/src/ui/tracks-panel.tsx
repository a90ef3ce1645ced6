/**
 * The panel of tracks: family trees, and the commands that put who is who right.
 *
 * @module
 */
import type { Track } from "@cellwright/core";
import type { JSX } from "preact";
import { useMemo, useState } from "preact/hooks";
import { takeAsTracks } from "../edit/track-commands.js";
import { activeLabels, changeTool, goTo } from "../scene/commands.js";
import type { LabelsLayer } from "../scene/scene.js";
import { showTracks } from "./act-layers.js";
import { reveal } from "./act-view.js";
import { useApp } from "./app-context.js";
import { Button, Check, Section } from "./controls.js";
import { layOutLineage } from "./lineage-layout.js";
import { LineageView } from "./lineage-view.js";
import { countText } from "./number-text.js";
import { TrackCommands } from "./track-commands.js";
import { useScene, useWatch } from "./use-store.js";

/** The panel. */
export function TracksPanel(): JSX.Element {
  const app = useApp();
  const layer = useScene(activeLabels);
  const frames = useScene((scene) => scene.size.t);
  const lineage = layer && app.workspace.lineages.get(layer.id);
  useWatch(lineage);
  if (!layer || !lineage || frames === 1)
    return (
      <p class="hint panel-hint">
        Open a movie and find its cells, or open its labels, to see who came from whom.
      </p>
    );
  if (lineage.tracks.length === 0) return <NoTracks layer={layer} />;
  return <Families layer={layer} tracks={lineage.tracks} />;
}

function NoTracks({ layer }: { readonly layer: LabelsLayer }): JSX.Element {
  const app = useApp();
  const [running, setRunning] = useState(false);
  return (
    <Section title="Tracks">
      <p class="hint">The cells of “{layer.name}” have no tracks yet.</p>
      <Button
        kind="primary"
        icon="tracks"
        label={running ? "Tracking …" : "Track cells"}
        disabled={running}
        onClick={async () => {
          setRunning(true);
          await app.attempt("The cells were not tracked", async () => {
            await app.bench.track(layer.id);
            showTracks(app, layer.id);
          });
          setRunning(false);
        }}
      />
      <Button
        label="Labels are tracked already"
        onClick={() =>
          void app.attempt("The labels were not taken as tracks", () => {
            takeAsTracks(app.workspace, layer.id);
            showTracks(app, layer.id);
          })
        }
      />
    </Section>
  );
}

function Families(props: {
  readonly layer: LabelsLayer;
  readonly tracks: readonly Track[];
}): JSX.Element {
  const { layer, tracks } = props;
  const app = useApp();
  const { scene, lineages } = app.workspace;
  const selected = useScene((scene) => scene.tool.label);
  const frame = useScene((scene) => scene.at.t);
  const frames = useScene((scene) => scene.size.t);
  const [dividing, setDividing] = useState(true);
  const layout = useMemo(() => layOutLineage(tracks, { dividing }), [tracks, dividing]);
  const track = tracks.find(({ label }) => label === selected);
  const divisions = new Set(tracks.map(({ parent }) => parent).filter(Boolean)).size;
  const go = (label: number, t: number) => {
    scene.update((scene) => goTo(changeTool(scene, { label }), { t }));
    const path = lineages.get(layer.id)?.path(label);
    const at = path && { y: path.y[t - path.begin], x: path.x[t - path.begin] };
    if (at && Number.isFinite(at.y) && Number.isFinite(at.x)) reveal(app, at);
  };
  return (
    <>
      <Section title="Families">
        <p class="hint">
          {countText(tracks.length, "track")}, {countText(divisions, "division")}. Click a branch to
          go there.
        </p>
        <Check label="Only families with divisions" checked={dividing} onChange={setDividing} />
        <LineageView
          layout={layout}
          frames={frames}
          frame={frame}
          selected={selected}
          seed={layer.colourSeed}
          onGo={go}
        />
        {layout.branches.length < tracks.length && !dividing && (
          <p class="hint">
            The largest {layout.families} of {layout.allFamilies} families.
          </p>
        )}
        <ShowTracksButton layer={layer} />
      </Section>
      <TrackCommands layer={layer} track={track} frame={frame} onGo={go} />
    </>
  );
}

function ShowTracksButton({ layer }: { readonly layer: LabelsLayer }): JSX.Element | null {
  const app = useApp();
  const shown = useScene((scene) =>
    scene.layers.some((other) => other.kind === "tracks" && other.labels === layer.id),
  );
  if (shown) return null;
  return <Button icon="tracks" label="Show tracks" onClick={() => showTracks(app, layer.id)} />;
}
