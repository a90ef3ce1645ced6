/**
 * The panel of tools: what the tool in the hand does, how it acts, and what can be done to the selected cell.
 *
 * @module
 */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { labelCss } from "../draw/label-colour.js";
import { mergeLabels, relabelCell } from "../edit/commands.js";
import { activeLabels, BRUSH_RANGE, changeTool, LARGEST_LABEL } from "../scene/commands.js";
import type { ToolName, ToolState } from "../scene/scene.js";
import { stepsOf } from "./act-edit.js";
import { runAction, toolTitle } from "./actions.js";
import { useApp } from "./app-context.js";
import { Button, Check, NumberInput, Row, Section, Slider } from "./controls.js";
import { countText } from "./number-text.js";
import { toolHelp } from "./tool-help.js";
import { useScene, useWatch } from "./use-store.js";

/** Tools that a part of the options is for. */
const brushes: ReadonlySet<ToolName> = new Set(["paint", "erase"]);
const painters: ReadonlySet<ToolName> = new Set(["paint", "fill", "polygon", "grow"]);
const wholes: ReadonlySet<ToolName> = new Set(["delete", "merge"]);

/** The panel. */
export function EditPanel(): JSX.Element {
  const { workspace } = useApp();
  const tool = useScene((scene) => scene.tool);
  const frames = useScene((scene) => scene.size.t);
  const layer = useScene(activeLabels);
  const empty = useScene((scene) => scene.layers.length === 0);
  const change = (patch: Partial<ToolState>) =>
    workspace.scene.update((scene) => changeTool(scene, patch));
  if (empty) return <p class="hint panel-hint">Open an image to see and correct its cells here.</p>;
  return (
    <>
      <Section title={toolTitle(tool.name)}>
        <p class="hint">{toolHelp(tool.name)}</p>
        {layer && <LabelRow label={tool.label} seed={layer.colourSeed} />}
        {brushes.has(tool.name) && (
          <Slider
            label="Brush"
            value={tool.brush}
            min={BRUSH_RANGE[0]}
            max={Math.max(100, tool.brush)}
            step={1}
            text={`${tool.brush} px`}
            onChange={(brush) => change({ brush })}
          />
        )}
        {painters.has(tool.name) && (
          <Check
            label="Preserve other labels"
            keys="B"
            checked={tool.preserve}
            onChange={(preserve) => change({ preserve })}
          />
        )}
        {tool.name === "fill" && (
          <Check
            label="Connected pixels alone"
            checked={tool.contiguous}
            onChange={(contiguous) => change({ contiguous })}
          />
        )}
        {frames > 1 && wholes.has(tool.name) && (
          <Check
            label="In all frames of the track"
            checked={tool.allFrames}
            onChange={(allFrames) => change({ allFrames })}
          />
        )}
      </Section>
      {layer && tool.label > 0 && <CellSection layer={layer.id} tool={tool} frames={frames} />}
      <HistorySection />
    </>
  );
}

function LabelRow(props: { readonly label: number; readonly seed: number }): JSX.Element {
  const app = useApp();
  const { label, seed } = props;
  return (
    <Row label="Label">
      <span
        class="label-colour"
        style={{ background: label === 0 ? "transparent" : labelCss(label, seed) }}
        aria-hidden="true"
      />
      <NumberInput
        label="Label that is painted and selected"
        value={label}
        min={0}
        max={LARGEST_LABEL}
        onChange={(label) => app.workspace.scene.update((scene) => changeTool(scene, { label }))}
      />
      <Button label="New" keys="M" onClick={() => runAction(app, "new-label")} />
    </Row>
  );
}

/** What can be done to the selected cell by its number. */
function CellSection(props: {
  readonly layer: string;
  readonly tool: ToolState;
  readonly frames: number;
}): JSX.Element {
  const { layer, tool, frames } = props;
  const app = useApp();
  const { workspace } = app;
  const [other, setOther] = useState<number>();
  const scope = { allFrames: tool.allFrames };
  return (
    <Section title={`Cell ${tool.label}`}>
      {frames > 1 && (
        <Check
          label="In all frames of the track"
          checked={tool.allFrames}
          onChange={(allFrames) =>
            workspace.scene.update((scene) => changeTool(scene, { allFrames }))
          }
        />
      )}
      <Row label="Other label">
        <NumberInput
          label="The other label"
          value={other}
          min={1}
          placeholder="none"
          onChange={setOther}
          onEmpty={() => setOther(undefined)}
        />
      </Row>
      <div class="button-row">
        <Button
          label="Merge"
          icon="merge"
          disabled={!other}
          onClick={() =>
            void app.attempt("The cells were not merged", () =>
              mergeLabels(workspace, layer, [tool.label, other ?? 0], scope),
            )
          }
        />
        <Button
          label="Renumber"
          disabled={!other}
          onClick={() =>
            void app.attempt("The cell was not renumbered", () => {
              relabelCell(workspace, layer, tool.label, other ?? 0, scope);
              workspace.scene.update((scene) => changeTool(scene, { label: other ?? 0 }));
            })
          }
        />
        <Button
          label="Delete"
          icon="delete"
          keys="Delete"
          onClick={() => runAction(app, "delete-label")}
        />
      </div>
    </Section>
  );
}

function HistorySection(): JSX.Element | null {
  const app = useApp();
  const { history } = app.workspace;
  useWatch(history);
  const past = stepsOf(app.workspace, history.past);
  const future = stepsOf(app.workspace, history.future);
  const last = past.at(-1);
  const next = future[0];
  if (!last && !next) return null;
  return (
    <Section title="History">
      <p class="hint">
        {last ? `Last: ${last.edit.name}. ` : ""}
        {countText(past.length, "step")} back
        {next ? `, ${future.length} ahead` : ""}.
      </p>
      <div class="button-row">
        <Button
          icon="undo"
          label="Undo"
          keys="Ctrl+Z"
          disabled={!last}
          onClick={() => runAction(app, "undo")}
        />
        <Button
          icon="redo"
          label="Redo"
          keys="Ctrl+Shift+Z"
          disabled={!next}
          onClick={() => runAction(app, "redo")}
        />
      </div>
    </Section>
  );
}
