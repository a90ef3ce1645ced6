/**
 * Pages of labels on the graphics card: one texture of many layers, and which page lies in which of them.
 *
 * @module
 */
import type { Box } from "@cellwright/core";
import { PAGE } from "../edit/label-store.js";
import { type Gl, readByPixel } from "./gl.js";

/** A page on the graphics card. */
export interface Slot {
  readonly index: number;
  readonly key: string;
  /** What changed since it was uploaded, in pixels of the page. */
  dirty: Box | undefined;
  used: number;
}

/** Bytes of a page. */
const PAGE_BYTES = PAGE * PAGE * 4;

/** Pages that are there. */
export interface LabelSlots {
  readonly texture: WebGLTexture | undefined;
  readonly bytes: number;
  /** Counts up when all pages were lost because there had to be room for more. */
  readonly generation: number;
  find(key: string): Slot | undefined;
  /** A slot for a page, of one that was not used since {@link LabelSlots.tick} if need be; undefined where all are in use. */
  take(key: string): Slot | undefined;
  /** Uploads part of a page: `data` has the rows of the box alone. */
  upload(slot: Slot, box: Box, data: Uint32Array): void;
  /** Uploads part of a page out of all of it. */
  uploadFrom(slot: Slot, box: Box, page: Uint32Array): void;
  /** Makes room for so many pages, or for as many as may be; those that were there are lost where it has to grow. */
  reserve(count: number): void;
  drop(isSo: (key: string) => boolean): void;
  each(visit: (slot: Slot) => void): void;
  tick(): void;
}

/** Slots for at most `bytes` of pages. */
export function labelSlots(gl: Gl, bytes: number): LabelSlots {
  const layers = gl.getParameter(gl.MAX_ARRAY_TEXTURE_LAYERS) as number;
  const most = Math.max(1, Math.min(Math.floor(bytes / PAGE_BYTES), layers));
  const slots = new Map<string, Slot>();
  let texture: WebGLTexture | undefined;
  let free: number[] = [];
  let capacity = 0;
  let generation = 0;
  let now = 0;

  function bind(): void {
    gl.activeTexture(gl.TEXTURE0);
    gl.bindTexture(gl.TEXTURE_2D_ARRAY, texture ?? null);
    gl.pixelStorei(gl.UNPACK_ALIGNMENT, 4);
  }

  function send({ index }: Slot, box: Box, data: Uint32Array): void {
    gl.texSubImage3D(
      gl.TEXTURE_2D_ARRAY,
      0,
      box.x,
      box.y,
      index,
      box.width,
      box.height,
      1,
      gl.RED_INTEGER,
      gl.UNSIGNED_INT,
      data,
    );
  }

  return {
    get texture() {
      return texture;
    },
    get bytes() {
      return capacity * PAGE_BYTES;
    },
    get generation() {
      return generation;
    },
    find(key) {
      const slot = slots.get(key);
      if (slot) slot.used = now;
      return slot;
    },
    take(key) {
      let index = free.pop();
      if (index === undefined) {
        let oldest: Slot | undefined;
        for (const slot of slots.values())
          if (slot.used < now && slot.used < (oldest?.used ?? Infinity)) oldest = slot;
        if (!oldest) return undefined;
        slots.delete(oldest.key);
        index = oldest.index;
      }
      const slot: Slot = { index, key, dirty: undefined, used: now };
      slots.set(key, slot);
      return slot;
    },
    upload(slot, box, data) {
      bind();
      send(slot, box, data);
    },
    uploadFrom(slot, box, page) {
      bind();
      gl.pixelStorei(gl.UNPACK_ROW_LENGTH, PAGE);
      send(slot, box, page.subarray(box.y * PAGE + box.x));
      gl.pixelStorei(gl.UNPACK_ROW_LENGTH, 0);
    },
    reserve(count) {
      if (count <= capacity || capacity === most) return;
      capacity = Math.min(most, Math.max(4, 2 ** Math.ceil(Math.log2(count))));
      gl.deleteTexture(texture ?? null);
      texture = gl.createTexture();
      bind();
      readByPixel(gl, gl.TEXTURE_2D_ARRAY);
      gl.texStorage3D(gl.TEXTURE_2D_ARRAY, 1, gl.R32UI, PAGE, PAGE, capacity);
      slots.clear();
      generation++;
      free = Array.from({ length: capacity }, (_, i) => capacity - 1 - i);
    },
    drop(isSo) {
      for (const [key, slot] of [...slots])
        if (isSo(key)) {
          slots.delete(key);
          free.push(slot.index);
        }
    },
    each(visit) {
      for (const slot of [...slots.values()]) visit(slot);
    },
    tick() {
      now++;
    },
  };
}
