/**
 * The list of layers, the topmost first: see or hide, select, order, rename, remove.
 *
 * @module
 */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { changeLayer, moveLayer, select, showAlone, toggleVisible } from "../scene/commands.js";
import type { Layer } from "../scene/scene.js";
import { runAction } from "./actions.js";
import { useApp } from "./app-context.js";
import { Button, Section } from "./controls.js";
import { useDraft } from "./draft.js";
import { Icon } from "./icons.js";
import { Swatch } from "./swatch.js";
import { useScene } from "./use-store.js";

/** The panel of layers. */
export function LayerList(): JSX.Element {
  const app = useApp();
  const layers = useScene((scene) => scene.layers);
  const active = useScene((scene) => scene.active);
  const [dragged, setDragged] = useState<string>();
  const actions = (
    <div class="head-actions">
      <Button
        bare
        icon="labels"
        label="New labels layer"
        onClick={() => runAction(app, "add-labels")}
      />
      <Button
        bare
        icon="points"
        label="New points layer"
        onClick={() => runAction(app, "add-points")}
      />
      <Button
        bare
        icon="up"
        label="Move layer up"
        keys="Alt+ArrowUp"
        disabled={!active}
        onClick={() => runAction(app, "layer-up")}
      />
      <Button
        bare
        icon="down"
        label="Move layer down"
        keys="Alt+ArrowDown"
        disabled={!active}
        onClick={() => runAction(app, "layer-down")}
      />
      <Button
        bare
        icon="delete"
        label="Remove layer"
        disabled={!active}
        onClick={() => runAction(app, "remove-layer")}
      />
    </div>
  );
  return (
    <Section title="Layers" actions={actions}>
      <ul class="layers" aria-label="Layers, the topmost first">
        {layers.toReversed().map((layer) => (
          <LayerRow
            key={layer.id}
            layer={layer}
            active={layer.id === active}
            onDrag={() => setDragged(layer.id)}
            onDrop={() => {
              if (dragged === undefined) return;
              const to = layers.indexOf(layer);
              app.workspace.scene.update((scene) => moveLayer(scene, dragged, to));
              setDragged(undefined);
            }}
          />
        ))}
      </ul>
    </Section>
  );
}

function LayerRow(props: {
  readonly layer: Layer;
  readonly active: boolean;
  readonly onDrag: () => void;
  readonly onDrop: () => void;
}): JSX.Element {
  const { layer, active, onDrag, onDrop } = props;
  const { scene } = useApp().workspace;
  const [naming, setNaming] = useState(false);
  const { id, name, visible } = layer;
  const typed = useDraft(name);
  const rename = (text: string) => {
    setNaming(false);
    typed.end();
    if (text.trim()) scene.update((scene) => changeLayer(scene, id, { name: text.trim() }));
  };
  return (
    // The list can be put in order by keys too; dragging is a shortcut for the hand.
    <li
      class={`layer ${active ? "active" : ""} ${visible ? "" : "hidden-layer"}`}
      draggable={!naming}
      onDragStart={(event) => {
        event.dataTransfer?.setData("text/x-cellwright-layer", id);
        onDrag();
      }}
      onDragOver={(event) => {
        if (event.dataTransfer?.types.includes("text/x-cellwright-layer")) event.preventDefault();
      }}
      onDrop={(event) => {
        if (!event.dataTransfer?.types.includes("text/x-cellwright-layer")) return;
        event.preventDefault();
        event.stopPropagation();
        onDrop();
      }}
    >
      <button
        type="button"
        class="layer-eye"
        aria-label={`${visible ? "Hide" : "Show"} ${name}`}
        title={`${visible ? "Hide" : "Show"} (V); with Alt: this layer alone`}
        aria-pressed={visible}
        onClick={(event) => {
          const command = event.altKey ? showAlone : toggleVisible;
          scene.update((scene) => command(scene, id));
        }}
      >
        <Icon name={visible ? "eye" : "hidden"} />
      </button>
      <Swatch layer={layer} />
      {naming ? (
        <input
          class="input layer-name-input"
          aria-label="Name of the layer"
          value={typed.text}
          onInput={(event) => typed.type(event.currentTarget.value)}
          ref={(input) => input?.focus()}
          onBlur={(event) => rename(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === "Enter") rename(event.currentTarget.value);
            if (event.key === "Escape") rename("");
            event.stopPropagation();
          }}
        />
      ) : (
        <button
          type="button"
          class="layer-name"
          aria-current={active ? "true" : undefined}
          aria-label={`${name}, ${layer.kind}`}
          title={`${name} (F2 or double click to rename)`}
          onClick={() => scene.update((scene) => select(scene, id))}
          onDblClick={() => setNaming(true)}
          onKeyDown={(event) => {
            if (event.key === "F2") setNaming(true);
          }}
        >
          {name}
        </button>
      )}
    </li>
  );
}
