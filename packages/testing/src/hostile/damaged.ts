/**
 * Sound files damaged at random places, the same in every run: what no list thinks of.
 *
 * @module
 */
import { seeded } from "@cellwright/core";
import { mutated } from "../mutate.js";
import type { HostileCase } from "./case.js";

/** Damaged ones of each sound file. */
const count = 6;

/** Some of each of these sound cases; they may still be read. */
export function damagedCases(sound: readonly HostileCase[]): HostileCase[] {
  return sound.flatMap((one, n) =>
    Array.from({ length: count }, (_, i): HostileCase => {
      const random = seeded(1000 * n + i);
      const files = Object.entries(one.files).map(([path, bytes]) => [
        path,
        mutated(bytes, random),
      ]);
      return {
        ...{
          id: `damaged/${one.kind}-${n}-${i}`,
          kind: one.kind,
          name: `damaged-${i}-${one.name}`,
        },
        ...{ files: Object.fromEntries(files), expected: "either" },
      };
    }),
  );
}
