/**
 * Draws the patches of an image layer from tiles on the graphics card.
 *
 * @module
 */
import type { ImageLayer } from "../scene/scene.js";
import { colormaps, coloursOf } from "./colormap.js";
import type { Patch } from "./cover.js";
import { colourTexture, type Gl, type Program, programOf, RECTANGLE, readByPixel } from "./gl.js";
import { imageShader } from "./image-shader.js";
import { type DrawLevel, tileEdges } from "./levels.js";
import { canvasX, canvasY, clipRectangle, type Sight } from "./sight.js";
import type { TilePixels } from "./tile-read.js";

/** A tile on the graphics card. */
export interface TileTexture {
  readonly texture: WebGLTexture;
  readonly height: number;
  readonly width: number;
  readonly isFloat: boolean;
}

/** What draws images. */
export interface ImagePainter {
  upload(pixels: TilePixels): TileTexture;
  /** Draws patches whose tiles `tileOf` has; blending is set already. */
  paint(
    layer: ImageLayer,
    sight: Sight,
    levels: readonly DrawLevel[],
    patches: readonly Patch[],
    tileOf: (patch: Patch) => TileTexture | undefined,
  ): void;
}

/** A painter of images for a context. */
export function imagePainter(gl: Gl): ImagePainter {
  const ofFloats = programOf(gl, RECTANGLE, imageShader("sampler2D"));
  const ofIntegers = programOf(gl, RECTANGLE, imageShader("usampler2D"));
  const all = new Uint8Array(colormaps.length * 1024);
  for (const [row, name] of colormaps.entries()) all.set(coloursOf(name), row * 1024);
  const colours = colourTexture(gl, all, 256);

  function begin({ program, at }: Program, layer: ImageLayer): void {
    const [low, high] = layer.limits;
    gl.useProgram(program);
    gl.uniform1i(at("u_tile"), 0);
    gl.uniform1i(at("u_colours"), 1);
    // Equal limits part what is above from what is not.
    gl.uniform2f(at("u_limits"), low, high > low ? 1 / (high - low) : 1e30);
    gl.uniform1f(at("u_gamma"), layer.gamma);
    gl.uniform1f(at("u_opacity"), layer.opacity);
    gl.uniform1i(at("u_colormap"), Math.max(colormaps.indexOf(layer.colormap), 0));
  }

  return {
    upload: (pixels) => uploadTile(gl, pixels),
    paint(layer, sight, levels, patches, tileOf) {
      gl.activeTexture(gl.TEXTURE1);
      gl.bindTexture(gl.TEXTURE_2D, colours);
      gl.activeTexture(gl.TEXTURE0);
      let current: Program | undefined;
      for (const patch of patches) {
        const tile = tileOf(patch);
        if (!tile) continue;
        const program = tile.isFloat ? ofFloats : ofIntegers;
        if (program !== current) begin(program, layer);
        current = program;
        const { at } = program;
        const { scale } = levels[patch.tile.level];
        const { top, left } = tileEdges(levels, patch.tile);
        const [down, across] = [1 / (sight.zoom * scale.y), 1 / (sight.zoom * scale.x)];
        gl.bindTexture(gl.TEXTURE_2D, tile.texture);
        gl.uniform2i(at("u_size"), tile.width, tile.height);
        gl.uniform2f(at("u_origin"), canvasX(sight, left), sight.height - canvasY(sight, top));
        gl.uniform2f(at("u_step"), across, -down);
        gl.uniform1i(at("u_samples"), Math.max(down, across) > 1.001 ? 2 : 1);
        gl.uniform4f(at("u_rect"), ...clipRectangle(sight, patch.edges));
        gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4);
      }
    },
  };
}

function uploadTile(gl: Gl, { data, height, width }: TilePixels): TileTexture {
  const texture = gl.createTexture();
  const isFloat = data instanceof Float32Array;
  gl.activeTexture(gl.TEXTURE0);
  gl.bindTexture(gl.TEXTURE_2D, texture);
  readByPixel(gl, gl.TEXTURE_2D);
  gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
  if (isFloat) {
    gl.texStorage2D(gl.TEXTURE_2D, 1, gl.R32F, width, height);
    gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, width, height, gl.RED, gl.FLOAT, data);
  } else {
    const [form, type] =
      data instanceof Uint8Array ? [gl.R8UI, gl.UNSIGNED_BYTE] : [gl.R16UI, gl.UNSIGNED_SHORT];
    gl.texStorage2D(gl.TEXTURE_2D, 1, form, width, height);
    gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, width, height, gl.RED_INTEGER, type, data);
  }
  return { texture, height, width, isFloat };
}
