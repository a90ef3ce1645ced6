/**
 * The panel of segmentation: which model looks at which channels of which part of the image.
 *
 * @module
 */
import type { JSX } from "preact";
import { changeTool } from "../scene/commands.js";
import type { ImageLayer, Scene } from "../scene/scene.js";
import type { ModelInfo, SegmentRequest } from "../work/bench.js";
import { BUDGET } from "../work/planes.js";
import { type App, type SegmentChoices, useApp } from "./app-context.js";
import { Button, Check, Choice, NumberInput, Row, Section, Switch } from "./controls.js";
import { ModelChoice, useModels } from "./model-choice.js";
import { useScene, useStore } from "./use-store.js";

/** The panel. */
export function SegmentPanel(): JSX.Element {
  const app = useApp();
  const layers = useScene((scene) => scene.layers);
  const size = useScene((scene) => scene.size);
  const region = useScene((scene) => scene.region);
  // The guess follows the selection.
  useScene((scene) => scene.active);
  const choices = useStore(app.page, (page) => page.segment);
  const models = useModels();
  const images = layers.filter((layer) => layer.kind === "image");
  const model = models?.find(({ id }) => id === choices.model) ?? models?.[0];
  const seeds = seedsOf(models, choices, model);
  const change = (patch: Partial<SegmentChoices>) =>
    app.page.update((page) => ({ ...page, segment: { ...page.segment, ...patch } }));
  const wanted = [...(model?.channels ?? []), ...(seeds?.channels ?? [])].filter(
    (name, i, all) => all.indexOf(name) === i,
  );
  const channels = { ...guessOf(app, wanted), ...thereAre(choices.channels, images, wanted) };
  const missing = wanted.filter((name) => channels[name] === undefined);
  const planes = size.t * size.z;
  if (images.length === 0)
    return <p class="hint panel-hint">Open an image to find its cells here.</p>;
  return (
    <Section title="Find cells">
      <ModelChoice models={models} value={model?.id} onChange={(id) => change({ model: id })} />
      {model?.needsSeeds && (
        <Choice
          label="Nuclei by"
          value={seeds?.id ?? ""}
          options={(models ?? [])
            .filter(({ needsSeeds }) => !needsSeeds)
            .map(({ id, name }) => [id, name] as const)}
          onChange={(id) => change({ seeds: id })}
        />
      )}
      {wanted.map((name) => (
        <Choice
          key={name}
          label={`${name[0].toUpperCase()}${name.slice(1)}`}
          hint={`The layer that shows the ${name} channel`}
          value={channels[name] ?? ""}
          options={[
            ...(channels[name] === undefined ? [["", "choose a layer"] as const] : []),
            ...images.map((layer) => [layer.id, layer.name] as const),
          ]}
          onChange={(id) => change({ channels: { ...choices.channels, [name]: id } })}
        />
      ))}
      <Switch
        label="Where"
        value={choices.where}
        options={[
          ["whole", "image"],
          ["view", "view"],
          ["region", "region"],
        ]}
        onChange={(where) => change({ where })}
      />
      {choices.where === "region" && (
        <p class="hint">{region ? regionText(region) : "Draw a region first, with the tool R."}</p>
      )}
      {size.y * size.x > BUDGET.whole && (
        <p class="hint">
          {choices.where === "whole"
            ? size.y * size.x > BUDGET.most &&
              "The image is large: it is segmented block by block, its brightness goes by a sample of it."
            : "The image is large: brightness goes by a sample of it, the size of the cells by this part unless you say it."}
        </p>
      )}
      {planes > 1 && (
        <Switch
          label={size.t > 1 ? "Frames" : "Planes"}
          value={choices.planes}
          options={[
            ["this", "this one"],
            ["all", `all ${planes}`],
          ]}
          onChange={(planes) => change({ planes })}
        />
      )}
      <Choice
        label="Into"
        value={into(choices, layers) ?? ""}
        options={[
          ["", "a new layer"],
          ...layers
            .filter((layer) => layer.kind === "labels")
            .map((layer) => [layer.id, layer.name] as const),
        ]}
        onChange={(id) => change({ into: id || undefined })}
      />
      <details class="more">
        <summary>More</summary>
        <Row label="Cell diameter">
          <NumberInput
            label="Cell diameter in pixels"
            value={choices.diameter}
            min={1}
            step="any"
            placeholder="auto"
            onChange={(diameter) => change({ diameter })}
            onEmpty={() => change({ diameter: undefined })}
          />
          <span class="unit">px</span>
        </Row>
        <Check
          label="Look eight times, turned (slower, better)"
          checked={choices.averageTurns}
          onChange={(averageTurns) => change({ averageTurns })}
        />
      </details>
      <Button
        kind="primary"
        icon="segment"
        label={choices.running ? "Finding cells …" : "Find cells"}
        disabled={
          !model || choices.running || missing.length > 0 || (choices.where === "region" && !region)
        }
        onClick={() => {
          if (model) void run(app, requestOf(model, seeds, choices, channels, layers));
        }}
      />
      {missing.length > 0 && (
        <p class="hint">Which layer shows the {missing.join(" and the ")} channel?</p>
      )}
    </Section>
  );
}

function seedsOf(
  models: readonly ModelInfo[] | undefined,
  choices: SegmentChoices,
  model: ModelInfo | undefined,
): ModelInfo | undefined {
  if (!model?.needsSeeds) return undefined;
  const able = models?.filter(({ needsSeeds }) => !needsSeeds) ?? [];
  return (
    able.find(({ id }) => id === choices.seeds) ??
    able.find(({ channels }) => channels.includes("nuclear")) ??
    able[0]
  );
}

function guessOf(app: App, channels: readonly string[]): Readonly<Record<string, string>> {
  return channels.length > 0 ? app.bench.guess(channels) : {};
}

/** Of the layers that were chosen, those that are still there, for channels that are wanted. */
function thereAre(
  channels: Readonly<Record<string, string>>,
  images: readonly ImageLayer[],
  wanted: readonly string[],
): Record<string, string> {
  const chosen = Object.entries(channels).filter(
    ([name, id]) => wanted.includes(name) && images.some((layer) => layer.id === id),
  );
  return Object.fromEntries(chosen);
}

function into(choices: SegmentChoices, layers: Scene["layers"]): string | undefined {
  return layers.find((layer) => layer.id === choices.into)?.id;
}

function requestOf(
  model: ModelInfo,
  seeds: ModelInfo | undefined,
  choices: SegmentChoices,
  channels: Readonly<Record<string, string>>,
  layers: Scene["layers"],
): SegmentRequest {
  const target = into(choices, layers);
  return {
    model: model.id,
    ...(seeds ? { seeds: seeds.id } : {}),
    where: choices.where,
    planes: choices.planes,
    channels,
    ...(choices.diameter === undefined ? {} : { diameter: choices.diameter }),
    averageTurns: choices.averageTurns,
    ...(target === undefined ? {} : { into: target }),
  };
}

async function run(app: App, request: SegmentRequest): Promise<void> {
  const running = (running: boolean) =>
    app.page.update((page) => ({ ...page, segment: { ...page.segment, running } }));
  running(true);
  const layer = await app.attempt("No cells were found", () => app.bench.segment(request));
  running(false);
  const store = layer === undefined ? undefined : app.workspace.labels.get(layer);
  // Who paints next means a new cell, not one that was just found somewhere.
  if (store && request.into === undefined)
    app.workspace.scene.update((scene) => changeTool(scene, { label: store.largest + 1 }));
}

function regionText([y, x, height, width]: NonNullable<Scene["region"]>): string {
  return `${width} × ${height} pixels from x ${x}, y ${y}.`;
}
