/**
 * The choice of a model, what it says of itself, and a way to add another.
 *
 * @module
 */
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { entriesOfInput } from "../data/drop.js";
import type { ModelInfo } from "../work/bench.js";
import type { ModelFile } from "../work/protocol.js";
import { type App, useApp } from "./app-context.js";
import { Button, Choice } from "./controls.js";
import { useStore } from "./use-store.js";

/** The models there are; undefined until they are known. */
export function useModels(): readonly ModelInfo[] | undefined {
  const app = useApp();
  const models = useStore(app.page, (page) => page.models);
  useEffect(() => {
    if (!models) void refreshModels(app);
  }, [app, models]);
  return models;
}

/** Asks for the list again. */
export async function refreshModels(app: App): Promise<void> {
  const models = await app.attempt("The list of models was not read", () => app.bench.models());
  app.page.update((page) => ({ ...page, models: models ?? [] }));
}

/** A list of models, the chosen one described below it. */
export function ModelChoice(props: {
  readonly models: readonly ModelInfo[] | undefined;
  readonly value: string | undefined;
  readonly onChange: (id: string) => void;
}): JSX.Element {
  const { models, value, onChange } = props;
  const model = models?.find(({ id }) => id === value);
  if (!models) return <p class="hint">Looking for models …</p>;
  return (
    <>
      <Choice
        label="Model"
        value={value ?? ""}
        options={[
          ...(model ? [] : [["", "choose a model"] as const]),
          ...models.map(({ id, name, origin }) => [id, `${name}${marks[origin]}`] as const),
        ]}
        onChange={onChange}
      />
      {model && <p class="hint">{model.description}</p>}
      <AddModel onAdded={onChange} />
    </>
  );
}

const marks: Readonly<Record<ModelInfo["origin"], string>> = {
  shipped: "",
  method: " (no network)",
  address: " (address)",
  files: " (file)",
  learnt: " (learnt here)",
};

function AddModel({ onAdded }: { readonly onAdded: (id: string) => void }): JSX.Element {
  const app = useApp();
  const [open, setOpen] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const add = async (from: string | readonly ModelFile[]) => {
    const added = await app.attempt("The model was not added", () => app.bench.addModel(from));
    if (!added) return;
    await refreshModels(app);
    onAdded(added.id);
    setOpen(false);
  };
  const pick = (folder: boolean) => {
    const files = document.createElement("input");
    files.type = "file";
    files.multiple = folder;
    files.webkitdirectory = folder;
    if (!folder) files.accept = ".zip";
    files.onchange = () => void add(entriesOfInput(files.files ?? []));
    files.click();
  };
  return (
    <details class="more" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>Another model</summary>
      <form
        class="inline-form"
        onSubmit={(event) => {
          event.preventDefault();
          const address = input.current?.value.trim();
          if (address) void add(address);
        }}
      >
        <input
          ref={input}
          class="input"
          type="url"
          aria-label="Address of a bioimage.io model"
          placeholder="https://… bioimage.io model"
          spellcheck={false}
        />
        <button type="submit" class="button quiet">
          Add
        </button>
      </form>
      <div class="button-row">
        <Button label="Zip file…" onClick={() => pick(false)} />
        <Button label="Folder…" onClick={() => pick(true)} />
      </div>
    </details>
  );
}
