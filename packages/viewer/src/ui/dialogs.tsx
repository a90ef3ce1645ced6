/**
 * The windows of the page: an address to open, all shortcuts, a layer that is about to go.
 *
 * @module
 */
import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import { removeNow } from "./act-layers.js";
import { ACTIONS, type Action } from "./actions.js";
import { type ServedInput, useApp } from "./app-context.js";
import { Button } from "./controls.js";
import { Dialog } from "./dialog.js";
import { type ActionName, KEYMAP } from "./keymap.js";
import { openFrom } from "./open.js";
import { showInput } from "./served.js";
import { useScene, useStore } from "./use-store.js";

/** Whichever is wanted, if any. */
export function Dialogs(): JSX.Element {
  const { page } = useApp();
  const dialog = useStore(page, (page) => page.dialog);
  const changing = useStore(page, (page) => page.changing);
  const removing = useStore(page, (page) => page.removing);
  return (
    <>
      {dialog === "address" && <AddressDialog />}
      {dialog === "shortcuts" && <ShortcutsDialog />}
      {changing && <ChangeDialog input={changing} />}
      {removing !== undefined && <RemoveDialog id={removing} />}
    </>
  );
}

function AddressDialog(): JSX.Element {
  const app = useApp();
  const input = useRef<HTMLInputElement>(null);
  const close = () => app.page.update((page) => ({ ...page, dialog: undefined }));
  return (
    <Dialog title="Open an address" onClose={close}>
      <form
        class="dialog-form"
        onSubmit={(event) => {
          event.preventDefault();
          const address = input.current?.value.trim() ?? "";
          close();
          if (address) void openFrom(app, address);
        }}
      >
        <label class="field">
          <span>Address of a TIFF, an OME-Zarr or another image</span>
          <input
            ref={input}
            class="input"
            type="url"
            required
            placeholder="https://…/image.ome.zarr"
            spellcheck={false}
            autocomplete="url"
          />
        </label>
        <p class="hint">
          Only the parts that are looked at are fetched. The site must allow pages of other sites to
          read it (CORS).
        </p>
        <div class="dialog-actions">
          <Button label="Cancel" onClick={close} />
          <button type="submit" class="button primary">
            Open
          </button>
        </div>
      </form>
    </Dialog>
  );
}

const order: readonly Action["group"][] = [
  "Tools",
  "Labels",
  "Look",
  "View",
  "Time and depth",
  "Layers",
  "Page",
];

function ShortcutsDialog(): JSX.Element {
  const app = useApp();
  const names = Object.keys(ACTIONS) as ActionName[];
  const keysOf = (action: ActionName) =>
    KEYMAP.filter((binding) => binding.action === action).map(({ keys }) => keys);
  return (
    <Dialog
      wide
      title="Shortcuts"
      onClose={() => app.page.update((page) => ({ ...page, dialog: undefined }))}
    >
      <div class="shortcuts">
        {order.map((group) => (
          <section key={group}>
            <h3>{group}</h3>
            <dl>
              {names
                .filter((name) => ACTIONS[name].group === group && keysOf(name).length > 0)
                .map((name) => (
                  <div key={name} class="shortcut">
                    <dt>{ACTIONS[name].title}</dt>
                    <dd>
                      {keysOf(name).map((keys) => (
                        <Keys key={keys} keys={keys} />
                      ))}
                    </dd>
                  </div>
                ))}
              {group === "View" && (
                <div class="shortcut">
                  <dt>Pan with any tool, while it is held</dt>
                  <dd>
                    <kbd>Space</kbd>
                  </dd>
                </div>
              )}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}

const signs: Readonly<Record<string, string>> = {
  ArrowLeft: "←",
  ArrowRight: "→",
  ArrowUp: "↑",
  ArrowDown: "↓",
};

function Keys({ keys }: { readonly keys: string }): JSX.Element {
  return (
    <span class="keys">
      {(keys.length === 1 ? [keys] : keys.split("+")).map((key) => (
        <kbd key={key}>{signs[key] ?? key}</kbd>
      ))}
    </span>
  );
}

function ChangeDialog({ input }: { readonly input: ServedInput }): JSX.Element {
  const app = useApp();
  const close = () => app.page.update((page) => ({ ...page, changing: undefined }));
  return (
    <Dialog title={`Open “${input.name}”?`} onClose={close}>
      <p>The layers that are open now close. Corrections that were not saved are lost with them.</p>
      <div class="dialog-actions">
        <Button label="Stay here" onClick={close} />
        <Button kind="danger" label="Open it" onClick={() => void showInput(app, input)} />
      </div>
    </Dialog>
  );
}

function RemoveDialog({ id }: { readonly id: string }): JSX.Element | null {
  const app = useApp();
  const layer = useScene((scene) => scene.layers.find((layer) => layer.id === id));
  const close = () => app.page.update((page) => ({ ...page, removing: undefined }));
  if (!layer) return null;
  return (
    <Dialog title={`Remove “${layer.name}”?`} onClose={close}>
      <p>
        {layer.kind === "labels"
          ? "Its cells and all corrections of them go with it. Undo does not bring them back."
          : "Its points go with it. Undo does not bring them back."}
      </p>
      <div class="dialog-actions">
        <Button label="Keep it" onClick={close} />
        <Button kind="danger" label="Remove" onClick={() => removeNow(app, id)} />
      </div>
    </Dialog>
  );
}
