/**
 * What can be said of the selected track: where it ends, whom it goes on as, what it divides into.
 *
 * @module
 */
import type { Track } from "@cellwright/core";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import {
  cutTrack,
  linkTracks,
  markDivision,
  removeParent,
  swapTracks,
} from "../edit/track-commands.js";
import type { LabelsLayer } from "../scene/scene.js";
import { useApp } from "./app-context.js";
import { Button, NumberInput, Row, Section } from "./controls.js";

/** The commands; a hint where no track is selected. */
export function TrackCommands(props: {
  readonly layer: LabelsLayer;
  readonly track: Track | undefined;
  readonly frame: number;
  readonly onGo: (label: number, frame: number) => void;
}): JSX.Element {
  const { layer, track, frame, onGo } = props;
  const app = useApp();
  const { workspace } = app;
  if (!track)
    return (
      <Section title="Track">
        <p class="hint">Pick a cell (5) or a branch to link, cut or divide its track.</p>
      </Section>
    );
  const { label, begin, end, parent } = track;
  const act = (what: string, command: () => unknown) => void app.attempt(what, command);
  return (
    <Section title={`Track ${label}`}>
      <p class="hint">
        Frames {begin + 1} to {end + 1}
        {parent > 0 ? `, from ${parent}` : ""}.
      </p>
      <div class="button-row even">
        <Button label="To its begin" onClick={() => onGo(label, begin)} />
        <Button label="To its end" onClick={() => onGo(label, end)} />
        <Button
          icon="cut"
          label="Cut here"
          disabled={!(frame > begin && frame <= end)}
          onClick={() =>
            act("The track was not cut", () => cutTrack(workspace, layer.id, label, frame))
          }
        />
        <Button
          label="No mother"
          disabled={parent === 0}
          onClick={() => act("The mother stays", () => removeParent(workspace, layer.id, label))}
        />
      </div>
      <WithOthers
        title="Goes on as"
        names={["Track that it goes on as"]}
        button="Link"
        onDo={([later]) =>
          act("The tracks were not linked", () => linkTracks(workspace, layer.id, label, later))
        }
      />
      <WithOthers
        title="Daughters"
        names={["First daughter", "Second daughter"]}
        button="Mark"
        onDo={(daughters) =>
          act("The division was not marked", () =>
            markDivision(workspace, layer.id, label, daughters),
          )
        }
      />
      <WithOthers
        title="Swap with"
        names={["Track that it is mixed up with, from this frame on"]}
        button="Swap"
        onDo={([other]) =>
          act("The tracks were not swapped", () =>
            swapTracks(workspace, layer.id, label, other, frame),
          )
        }
      />
    </Section>
  );
}

/** A line with the numbers of other tracks, and what to do with them. */
function WithOthers(props: {
  readonly title: string;
  readonly names: readonly string[];
  readonly button: string;
  readonly onDo: (others: number[]) => void;
}): JSX.Element {
  const { title, names, button, onDo } = props;
  const [others, setOthers] = useState<readonly (number | undefined)[]>([]);
  const given = others.filter((other) => other !== undefined);
  const set = (i: number, value: number | undefined) =>
    setOthers(names.map((_, k) => (k === i ? value : others[k])));
  return (
    <Row label={title}>
      {names.map((name, i) => (
        <NumberInput
          key={name}
          label={name}
          value={others[i]}
          min={1}
          placeholder="–"
          onChange={(value) => set(i, value)}
          onEmpty={() => set(i, undefined)}
        />
      ))}
      <Button
        label={button}
        disabled={given.length === 0}
        onClick={() => {
          onDo(given);
          setOthers([]);
        }}
      />
    </Row>
  );
}
