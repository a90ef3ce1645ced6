/**
 * Which image layer shows what a model wants to see: by names where they say it, else by order.
 *
 * @module
 */
import { lengthOf } from "@cellwright/core";
import type { ImageLayer, Scene } from "../scene/scene.js";
import type { ImageSource } from "../workspace.js";

/** Words in the names of channels and files that say what they show. */
const words: Readonly<Record<string, RegExp>> = {
  nuclear: /nuc|dapi|hoechst|h2b|draq|sytox|siR-?dna|histone|\bdna\b|(^|\D)405(\D|$)/i,
  phase: /phase|bright-?field|\bbf\b|\bph\d?\b|\bdic\b|transmi|\btl\b/i,
};

/**
 * The id of an image layer for each of `channels`. Looks at the layers of the image of the selected layer (else of the topmost
 * one) and at others of its size; channels that the user sees selected go first. A channel that nothing speaks for is left
 * out.
 */
export function guessChannels(
  scene: Scene,
  images: ReadonlyMap<string, ImageSource>,
  channels: readonly string[],
): Record<string, string> {
  const layers = layersLike(scene, images);
  const taken = new Set<string>();
  const guess: Record<string, string> = {};
  const take = (channel: string, layer: ImageLayer | undefined) => {
    if (!layer || guess[channel] !== undefined || taken.has(layer.id)) return;
    guess[channel] = layer.id;
    taken.add(layer.id);
  };
  const named = (pattern: (name: string) => boolean) =>
    layers.find((layer) => !taken.has(layer.id) && namesOf(layer, images).some(pattern));
  for (const channel of channels)
    take(
      channel,
      named((name) => name.toLowerCase() === channel.toLowerCase()),
    );
  for (const channel of channels) {
    const word = Object.hasOwn(words, channel) ? words[channel] : undefined;
    if (word)
      take(
        channel,
        named((name) => word.test(name)),
      );
  }
  // One channel: what is selected. As many as there are: their order. Else it is for the user to say.
  if (channels.length === 1) take(channels[0], layers[0]);
  else {
    const free = layers.filter(({ id }) => !taken.has(id)).sort(byOrder);
    const open = channels.filter((channel) => guess[channel] === undefined);
    if (free.length === open.length)
      for (const [i, channel] of open.entries()) take(channel, free[i]);
  }
  return guess;
}

/** The image layers to choose from: the selected one first, then those of its image, then others of its size. */
function layersLike(scene: Scene, images: ReadonlyMap<string, ImageSource>): ImageLayer[] {
  const all = scene.layers.filter((layer) => layer.kind === "image").toReversed();
  const first =
    all.find(({ id }) => id === scene.active) ?? all.find(({ visible }) => visible) ?? all[0];
  if (!first) return [];
  const size = sizeText(images.get(first.source));
  const rank = (layer: ImageLayer) => (layer === first ? 0 : layer.source === first.source ? 1 : 2);
  return all
    .filter(({ source }) => source === first.source || sizeText(images.get(source)) === size)
    .sort((a, b) => rank(a) - rank(b));
}

function sizeText(image: ImageSource | undefined): string {
  return image ? ["t", "z", "y", "x"].map((axis) => lengthOf(image.reader, axis)).join(" ") : "";
}

/** What a layer is called: its channel in the file, itself; the file where it has one channel. */
function namesOf(layer: ImageLayer, images: ReadonlyMap<string, ImageSource>): string[] {
  const image = images.get(layer.source);
  const own = image?.reader.channels?.[layer.channel];
  if (own !== undefined) return [own];
  return image && lengthOf(image.reader, "c") > 1 ? [layer.name] : [layer.name, image?.name ?? ""];
}

function byOrder(a: ImageLayer, b: ImageLayer): number {
  return a.source === b.source ? a.channel - b.channel : 0;
}
