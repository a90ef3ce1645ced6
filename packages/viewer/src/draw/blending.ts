/**
 * How a layer is laid over those below it, as the graphics card does it. The rules are those of napari, so that a scene
 * looks alike there: what each is, and that the lowest layer is laid over the background in a way of its own.
 *
 * @module
 */
import type { Blending } from "../scene/scene.js";
import type { Gl } from "./gl.js";

/**
 * Sets the blending of what is drawn next, in colours that are not multiplied by their opacity:
 * translucent mixes by opacity; additive adds the colour times its opacity; minimum takes the darker of each part,
 * multiplicative the product, opaque the layer's own colour, all three whatever the opacity.
 * Of the lowest visible layer nothing of the background goes in, but for translucent, multiplicative and opaque, which
 * mix by opacity there.
 */
export function setBlending(gl: Gl, blending: Blending, isLowest: boolean): void {
  gl.enable(gl.BLEND);
  gl.blendEquation(blending === "minimum" && !isLowest ? gl.MIN : gl.FUNC_ADD);
  const [source, below] = factors(gl, blending, isLowest);
  gl.blendFuncSeparate(source, below, gl.ONE, gl.ONE);
}

function factors(gl: Gl, blending: Blending, isLowest: boolean): readonly [number, number] {
  if (blending === "minimum") return isLowest ? [gl.ONE, gl.ZERO] : [gl.ONE, gl.ONE];
  if (blending === "additive") return [gl.SRC_ALPHA, isLowest ? gl.ZERO : gl.ONE];
  if (isLowest || blending === "translucent") return [gl.SRC_ALPHA, gl.ONE_MINUS_SRC_ALPHA];
  return blending === "multiplicative" ? [gl.DST_COLOR, gl.ZERO] : [gl.ONE, gl.ZERO];
}
