/**
 * The panel of learning: corrected cells teach a model, and what it has learnt is seen before it is used.
 *
 * @module
 */
import type { JSX } from "preact";
import { deliver } from "../save/deliver.js";
import { activeLabels } from "../scene/commands.js";
import { correctedAreas } from "../work/areas.js";
import type { ModelInfo } from "../work/bench.js";
import { type App, type LearnChoices, useApp } from "./app-context.js";
import { Button, Choice, NumberInput, Row, Section } from "./controls.js";
import { useDraft } from "./draft.js";
import { LearnCurve, LearnResult } from "./learn-result.js";
import { ModelChoice, refreshModels, useModels } from "./model-choice.js";
import { countText } from "./number-text.js";
import { useScene, useStore, useWatch } from "./use-store.js";

const places: readonly (readonly [LearnChoices["where"], string])[] = [
  ["corrected", "what I corrected"],
  ["region", "the region"],
  ["view", "the view"],
  ["plane", "all of this frame"],
  ["all", "all frames"],
];

/** The panel. */
export function LearnPanel(): JSX.Element {
  const app = useApp();
  const layer = useScene(activeLabels);
  const region = useScene((scene) => scene.region);
  const choices = useStore(app.page, (page) => page.learn);
  const name = useDraft(choices.name);
  const all = useModels();
  const models = all?.filter(({ canLearn }) => canLearn);
  const used = useStore(app.page, (page) => page.segment.model);
  const model =
    models?.find(({ id }) => id === choices.model) ??
    models?.find(({ id }) => id === used) ??
    models?.[0];
  // Whoever looks for the model that found the cells is told why it is not there.
  const unable = all?.find(({ id, canLearn }) => id === used && !canLearn);
  const change = (patch: Partial<LearnChoices>) =>
    app.page.update((page) => ({ ...page, learn: { ...page.learn, ...patch } }));
  if (!layer)
    return (
      <p class="hint panel-hint">
        Find cells, correct them, and teach the model here: it learns from what you corrected and
        does better on the rest.
      </p>
    );
  return (
    <>
      <Section title="Improve the model">
        <p class="hint">
          Correct the cells of a part of the image, then start. About a fifth of them is held back
          to judge by.
        </p>
        <ModelChoice models={models} value={model?.id} onChange={(id) => change({ model: id })} />
        {unable?.whyNot && (
          <p class="hint">
            {unable.name} cannot learn here. {unable.whyNot}
          </p>
        )}
        <Choice
          label="Learn from"
          value={choices.where}
          options={places}
          onChange={(where) => change({ where: where as LearnChoices["where"] })}
        />
        {choices.where === "corrected" && <CorrectedHint layer={layer.id} />}
        <Row label="Learn for">
          <NumberInput
            label="Minutes to learn for"
            value={choices.minutes}
            min={0.5}
            step="any"
            onChange={(minutes) => change({ minutes: Math.max(minutes, 0.1) })}
          />
          <span class="unit">minutes</span>
        </Row>
        <Row label="Name" for="learn-name">
          <input
            id="learn-name"
            class="input"
            placeholder={model ? `${model.name} adapted` : ""}
            value={name.text}
            onInput={(event) => name.type(event.currentTarget.value)}
            onBlur={name.end}
            onChange={(event) => change({ name: event.currentTarget.value.trim() })}
          />
        </Row>
        <Button
          kind="primary"
          icon="learn"
          label={choices.running ? "Learning …" : "Start"}
          disabled={!model || choices.running || (choices.where === "region" && !region)}
          onClick={() => {
            if (model) void learn(app, model, layer.id);
          }}
        />
        {choices.running && (
          <p class="hint">Stop it in the list of running jobs; the best so far is kept.</p>
        )}
      </Section>
      {choices.epochs.length > 0 && <LearnCurve epochs={choices.epochs} />}
      {choices.report && (
        <LearnResult
          report={choices.report}
          onApply={() => void apply(app, layer.id)}
          onDownload={() => void download(app)}
        />
      )}
    </>
  );
}

/** How much there is to learn from. */
function CorrectedHint({ layer }: { readonly layer: string }): JSX.Element {
  const { workspace } = useApp();
  useWatch(workspace.history);
  const store = workspace.labels.get(layer);
  const places = store ? correctedAreas(workspace, layer, store.size).length : 0;
  return (
    <p class="hint" role="status">
      {places === 0
        ? "Nothing is corrected yet: mend some cells with the tools, or say above where all cells are right."
        : `${countText(places, "place")} corrected so far.`}
    </p>
  );
}

async function learn(app: App, model: ModelInfo, layer: string): Promise<void> {
  const change = (patch: (before: LearnChoices) => Partial<LearnChoices>) =>
    app.page.update((page) => ({ ...page, learn: { ...page.learn, ...patch(page.learn) } }));
  const { where, minutes, name } = app.page.get().learn;
  const { channels } = app.page.get().segment;
  const chosen = Object.entries(channels).filter(([channel]) => model.channels.includes(channel));
  change(() => ({ running: true, epochs: [], report: undefined }));
  const report = await app.attempt("Nothing was learnt", () =>
    app.bench.learn({
      model: model.id,
      layer,
      where,
      minutes,
      ...(name ? { name } : {}),
      ...(chosen.length > 0 ? { channels: Object.fromEntries(chosen) } : {}),
      onEpoch: (part) => change(({ epochs }) => ({ epochs: [...epochs, part] })),
    }),
  );
  change(() => ({ running: false, report }));
  if (report?.model) await refreshModels(app);
}

/** The new model finds the cells of the rest; those that were corrected stay. */
async function apply(app: App, layer: string): Promise<void> {
  const { report } = app.page.get().learn;
  const model = report?.model;
  if (!report || !model) return;
  const { size } = app.workspace.scene.get();
  const { channels } = app.page.get().segment;
  const chosen = Object.entries(channels).filter(([channel]) => model.channels.includes(channel));
  await app.attempt("The new model was not used", () =>
    app.bench.segment({
      model: model.id,
      where: "whole",
      planes: size.t * size.z > 1 ? "all" : "this",
      into: layer,
      keep: report.areas,
      ...(chosen.length > 0 ? { channels: Object.fromEntries(chosen) } : {}),
    }),
  );
}

async function download(app: App): Promise<void> {
  const id = app.page.get().learn.report?.model?.id;
  if (id === undefined) return;
  await app.attempt("The model was not saved", async () => {
    const { name, bytes } = await app.bench.downloadModel(id);
    await deliver([{ name, bytes, type: "application/zip" }]);
  });
}
