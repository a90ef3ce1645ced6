/**
 * The bar of tools. Arrow keys walk along it; one stop of Tab for all.
 *
 * @module
 */
import type { JSX } from "preact";
import { Fragment } from "preact";
import { useRef } from "preact/hooks";
import type { ToolName } from "../scene/scene.js";
import { stepsOf } from "./act-edit.js";
import { runAction, toolTitle } from "./actions.js";
import { useApp } from "./app-context.js";
import { Button } from "./controls.js";
import { keysFor } from "./keymap.js";
import { walkOn } from "./roving.js";
import { useScene, useWatch } from "./use-store.js";

const groups: readonly (readonly ToolName[])[] = [
  ["pan", "pick"],
  ["paint", "erase", "fill", "polygon"],
  ["split", "merge", "grow", "delete"],
  ["region", "add-point", "remove-point"],
];

/** All tools, and undo and redo. */
export function ToolBar(): JSX.Element {
  const app = useApp();
  const tool = useScene((scene) => scene.tool.name);
  const empty = useScene((scene) => scene.layers.length === 0);
  const bar = useRef<HTMLDivElement>(null);
  const { history } = app.workspace;
  useWatch(history);
  return (
    <div
      ref={bar}
      class="tool-bar"
      role="toolbar"
      aria-label="Tools"
      onKeyDown={(event) => walkOn(event, bar.current, "horizontal")}
    >
      {groups.map((group) => (
        <Fragment key={group[0]}>
          {group.map((name) => (
            <Button
              key={name}
              bare
              icon={name}
              label={toolTitle(name)}
              keys={keysFor(`tool-${name}`)}
              pressed={tool === name}
              disabled={empty}
              tabIndex={tool === name ? 0 : -1}
              onClick={() => runAction(app, `tool-${name}`)}
            />
          ))}
          <span class="tool-gap" />
        </Fragment>
      ))}
      {(["undo", "redo"] as const).map((name) => (
        <Button
          key={name}
          bare
          icon={name}
          label={name === "undo" ? "Undo" : "Redo"}
          keys={keysFor(name)}
          disabled={
            stepsOf(app.workspace, name === "undo" ? history.past : history.future).length === 0
          }
          tabIndex={-1}
          onClick={() => runAction(app, name)}
        />
      ))}
    </div>
  );
}
