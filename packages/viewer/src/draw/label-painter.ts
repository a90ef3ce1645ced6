/**
 * Draws a layer of labels from its pages on the graphics card.
 *
 * @module
 */
import type { LabelStore } from "../edit/label-store.js";
import { PAGE } from "../edit/label-store.js";
import type { LabelsLayer } from "../scene/scene.js";
import { colourTexture, type Gl, programOf, RECTANGLE, readByPixel } from "./gl.js";
import { HUES, labelPalette } from "./label-colour.js";
import type { LabelView } from "./label-pages.js";
import { scaledSize } from "./label-sample.js";
import { labelShader } from "./label-shader.js";
import { canvasX, canvasY, clipRectangle, type Sight } from "./sight.js";

/** What draws labels. */
export interface LabelPainter {
  /** Blending is set already. `highlight` draws a white line around the selected label. */
  paint(
    layer: LabelsLayer,
    store: LabelStore,
    view: LabelView,
    sight: Sight,
    pages: WebGLTexture,
    selected: number,
    highlight: boolean,
  ): void;
}

/** How much of its opacity the inside of a cell has. */
const insides = { fill: 1, contour: 0, both: 0.5 } as const;

/** A painter of labels for a context. */
export function labelPainter(gl: Gl): LabelPainter {
  const filling = programOf(gl, RECTANGLE, labelShader(false));
  const lining = programOf(gl, RECTANGLE, labelShader(true));
  const palette = colourTexture(gl, labelPalette(), HUES);
  const table = gl.createTexture();
  gl.bindTexture(gl.TEXTURE_2D, table);
  readByPixel(gl, gl.TEXTURE_2D);

  return {
    paint(layer, store, view, sight, pages, selected, highlight) {
      const { scale, row, column, rows, columns } = view;
      const { program, at } = layer.style === "fill" && !highlight ? filling : lining;
      gl.useProgram(program);
      gl.activeTexture(gl.TEXTURE2);
      gl.bindTexture(gl.TEXTURE_2D, palette);
      gl.activeTexture(gl.TEXTURE1);
      gl.bindTexture(gl.TEXTURE_2D, table);
      gl.pixelStorei(gl.UNPACK_ALIGNMENT, 2);
      gl.texImage2D(
        gl.TEXTURE_2D,
        0,
        gl.R16I,
        columns,
        rows,
        0,
        gl.RED_INTEGER,
        gl.SHORT,
        view.table,
      );
      gl.activeTexture(gl.TEXTURE0);
      gl.bindTexture(gl.TEXTURE_2D_ARRAY, pages);
      gl.uniform1i(at("u_pages"), 0);
      gl.uniform1i(at("u_table"), 1);
      gl.uniform1i(at("u_palette"), 2);
      const [top, left] = [row * PAGE * scale, column * PAGE * scale];
      const size = scaledSize(store, scale);
      const step = 1 / (sight.zoom * scale);
      gl.uniform2f(at("u_origin"), canvasX(sight, left), sight.height - canvasY(sight, top));
      gl.uniform2f(at("u_step"), step, -step);
      const lastRow = Math.min(size.y - row * PAGE, rows * PAGE) - 1;
      const lastColumn = Math.min(size.x - column * PAGE, columns * PAGE) - 1;
      gl.uniform2i(at("u_last"), lastColumn, lastRow);
      gl.uniform1f(at("u_inside"), insides[layer.style]);
      gl.uniform1f(at("u_width"), layer.contourWidth * sight.ratio);
      gl.uniform1f(at("u_opacity"), layer.opacity);
      gl.uniform1i(at("u_selectedOnly"), layer.selectedOnly ? 1 : 0);
      gl.uniform1ui(at("u_selected"), selected);
      gl.uniform1i(at("u_highlight"), highlight ? 1 : 0);
      gl.uniform1ui(at("u_seed"), layer.colourSeed >>> 0);
      gl.uniform4f(at("u_rect"), ...clipRectangle(sight, view.seen));
      gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4);
    },
  };
}
