/**
 * Family trees to look at and to walk through: a click or Enter goes to the cell, in the frame where it was clicked.
 *
 * @module
 */
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { labelCss } from "../draw/label-colour.js";
import type { Branch, LineageLayout } from "./lineage-layout.js";

/** Height of a row, and room around the drawing. */
const ROW = 16;
const PAD = 10;
const WIDTH = 260;

/** A drawing of families. */
export function LineageView(props: {
  readonly layout: LineageLayout;
  readonly frames: number;
  readonly frame: number;
  readonly selected: number;
  readonly seed: number;
  readonly onGo: (label: number, frame: number) => void;
}): JSX.Element {
  const { layout, frames, frame, selected, seed, onGo } = props;
  const { branches, rows } = layout;
  const drawing = useRef<HTMLDivElement>(null);
  const toX = (t: number) => PAD + ((WIDTH - 2 * PAD) * t) / Math.max(frames, 1);
  const toY = (row: number) => PAD + ROW * (row + 0.5);
  const height = 2 * PAD + ROW * rows;
  const byLabel = new Map(branches.map((branch) => [branch.track.label, branch]));
  const isThere = byLabel.has(selected);
  useEffect(() => {
    drawing.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }, [selected, layout]);
  const walk = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.altKey || event.shiftKey || event.metaKey) return;
    const items = [...(drawing.current?.querySelectorAll<SVGGElement>("[role=treeitem]") ?? [])];
    const at = items.indexOf(document.activeElement as unknown as SVGGElement);
    const branch = branches[at];
    if (!branch) return;
    const to = branchFor(event.key, at, branches);
    if (to !== undefined) items[to].focus();
    else if (event.key === "Enter" || event.key === " ")
      onGo(branch.track.label, branch.track.begin);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div
      ref={drawing}
      class="lineage-scroll"
      role="tree"
      aria-label="Family trees of the tracks"
      tabIndex={-1}
      onKeyDown={walk}
    >
      <svg class="lineage" viewBox={`0 0 ${WIDTH} ${height}`} role="none">
        <line class="lineage-now" x1={toX(frame + 0.5)} x2={toX(frame + 0.5)} y1={0} y2={height} />
        {branches.map((branch, i) => {
          const { track, row, depth, daughters } = branch;
          const { label, begin, end } = track;
          const [x0, x1, y] = [toX(begin), toX(end + 1), toY(row)];
          const ends = daughters.flatMap((daughter) => byLabel.get(daughter)?.row ?? []);
          const isSelected = label === selected;
          return (
            <g
              key={label}
              role="treeitem"
              class={`branch ${isSelected ? "selected" : ""}`}
              aria-level={depth + 1}
              aria-selected={isSelected}
              aria-expanded={daughters.length > 0 ? true : undefined}
              aria-label={branchText(branch)}
              tabindex={(isThere ? isSelected : i === 0) ? 0 : -1}
              style={{ "--colour": labelCss(label, seed) }}
              onClick={(event) => onGo(label, frameAt(event, track, frames))}
            >
              <title>{branchText(branch)}</title>
              <rect class="branch-area" x={x0} y={y - ROW / 2} width={x1 - x0} height={ROW} />
              <path class="branch-line" d={`M${x0} ${y}H${x1 - 1}`} />
              {ends.length > 0 && (
                <path
                  class="branch-fork"
                  d={`M${x1 - 1} ${toY(Math.min(...ends, row))}V${toY(Math.max(...ends, row))}`}
                />
              )}
              {x1 - x0 > 22 && (
                <text class="branch-name" x={x0 + 2} y={y - 3}>
                  {label}
                </text>
              )}
            </g>
          );
        })}
      </svg>
    </div>
  );
}

/** A branch in words. */
function branchText({ track, daughters }: Branch): string {
  const { label, begin, end, parent } = track;
  const from = parent ? `, from ${parent}` : "";
  const into = daughters.length > 0 ? `, divides into ${daughters.join(" and ")}` : "";
  return `Track ${label}, frames ${begin + 1} to ${end + 1}${from}${into}`;
}

/** Where a key leads: up and down through all, left to the mother, right to the first daughter. */
export function branchFor(
  key: string,
  at: number,
  branches: readonly Branch[],
): number | undefined {
  const find = (label: number | undefined) => {
    const found = branches.findIndex(({ track }) => track.label === label);
    return found < 0 ? at : found;
  };
  if (key === "ArrowDown") return Math.min(at + 1, branches.length - 1);
  if (key === "ArrowUp") return Math.max(at - 1, 0);
  if (key === "ArrowLeft") return find(branches[at].track.parent);
  if (key === "ArrowRight") return find(branches[at].daughters[0]);
  if (key === "Home") return 0;
  return key === "End" ? branches.length - 1 : undefined;
}

/** The frame of a branch that was clicked. */
function frameAt(
  event: MouseEvent & { currentTarget: SVGGElement },
  { begin, end }: { readonly begin: number; readonly end: number },
  frames: number,
): number {
  const box = event.currentTarget.ownerSVGElement?.getBoundingClientRect();
  // A click that a screen reader makes has no place.
  if (!box || box.width === 0 || event.detail === 0) return begin;
  const across = ((event.clientX - box.left) / box.width) * WIDTH;
  const frame = Math.floor(((across - PAD) / (WIDTH - 2 * PAD)) * frames);
  return Math.min(Math.max(frame, begin), end);
}
