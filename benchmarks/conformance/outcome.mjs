// What becomes of a file when core reads it, in Node or in a page: its axes, shape, number type and the SHA-256 of its numbers
// (little-endian, C order), or the reason why it is refused. Regions and planes must be those of the whole.

/**
 * @typedef {{ axes: string, shape: readonly number[], type: string, sum: string } | { refused: string }} Outcome
 * @typedef {{ path?: string, zip?: boolean, array?: string, narrowed?: boolean }} Asked what to call the file; whether it is a
 *   zip of a Zarr, and which array of it; whether integers are to be compared as floats
 */

/**
 * @param {typeof import("@cellwright/core")} core
 * @param {Uint8Array | import("@cellwright/core").ZarrStore} given the bytes of a file, or the store of a Zarr
 * @param {Asked} asked
 * @returns {Promise<Outcome>}
 */
export async function outcomeOf(core, given, asked) {
  try {
    const image = await imageOf(core, given, asked);
    const data = asked.narrowed ? Float64Array.from(image.data) : image.data;
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    const digest = await crypto.subtle.digest("SHA-256", Uint8Array.from(bytes));
    const sum = [...new Uint8Array(digest)].map((b) => b.toString(16).padStart(2, "0")).join("");
    const type = data.constructor.name.replace("Array", "").toLowerCase();
    return { axes: image.axes, shape: image.shape, type, sum };
  } catch (error) {
    if (!core.isCoreError(error)) throw error;
    return { refused: error.message.replace(`${asked.path}: `, "") };
  }
}

/** @param {typeof import("@cellwright/core")} core @param {Asked} asked */
async function imageOf(core, given, { path = "file", zip, array }) {
  if (!(given instanceof Uint8Array)) return regionsOf((await core.openZarr(given)).reader);
  const source = core.bytesSource(path, given);
  if (!zip) return wholeOf(core, source);
  const { reader } = await core.openZarr(await core.zipStore(source), array ? { path: array } : {});
  return regionsOf(reader);
}

/** The image, read at once and by region. */
async function wholeOf(core, source) {
  const image = await core.readImage(source);
  const again = await regionsOf(await core.openPyramid(source));
  const same =
    image.axes === again.axes &&
    `${image.shape}` === `${again.shape}` &&
    image.data.constructor === again.data.constructor &&
    image.data.every((value, i) => Object.is(value, again.data[i]));
  if (!same) throw new Error("its regions differ from the whole");
  return image;
}

/** An image put together of four regions a plane. */
async function regionsOf(reader) {
  const [height, width] = reader.shape.slice(-2);
  const before = reader.axes.slice(0, -2);
  let indices = [{}];
  for (const [i, axis] of [...before].entries())
    indices = indices.flatMap((index) =>
      Array.from({ length: reader.shape[i] }, (_, n) => ({ ...index, [axis]: n })),
    );
  let data;
  for (const [n, index] of indices.entries())
    for (const box of quarters(height, width)) {
      const part = await reader.readRegion({ index, box });
      data ??= new part.data.constructor(indices.length * height * width);
      for (let y = 0; y < box.height; y++)
        data.set(
          part.data.subarray(y * box.width, (y + 1) * box.width),
          (n * height + box.y + y) * width + box.x,
        );
    }
  return { axes: reader.axes, shape: reader.shape, data };
}

function quarters(height, width) {
  const halves = (length) =>
    [
      [0, length >> 1],
      [length >> 1, length - (length >> 1)],
    ].filter(([, size]) => size > 0);
  return halves(height).flatMap(([y, rows]) =>
    halves(width).map(([x, columns]) => ({ y, x, height: rows, width: columns })),
  );
}
