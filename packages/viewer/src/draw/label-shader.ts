/**
 * The shader of labels: numbers become colours, borders of cells become lines. It finds a label through a table of pages,
 * so that lines run on where two pages meet.
 *
 * @module
 */
import { HUE_STEP, SEED_STEP, SHADE_STEP } from "./label-colour.js";

/** The fragment shader; without `lines` it fills alone, which is the cheaper the more pixels there are. */
export function labelShader(lines: boolean): string {
  return `#version 300 es
precision highp float;
precision highp int;
uniform highp usampler2DArray u_pages;
uniform highp isampler2D u_table;
uniform highp sampler2D u_palette;
// Pixels of the plane at its scale, counted from the first page in view; where they begin on the canvas, how far one
// pixel of the canvas goes, and the last of them.
uniform vec2 u_origin;
uniform vec2 u_step;
uniform ivec2 u_last;
// How much of the opacity the inside of a cell has: 0 for lines alone.
uniform float u_inside;
// Pixels of the canvas.
uniform float u_width;
uniform float u_opacity;
uniform bool u_selectedOnly;
uniform uint u_selected;
uniform bool u_highlight;
uniform uint u_seed;
out vec4 colour;

// The pixel that is drawn, the slot of its page, and its label.
ivec2 here;
int slot;
uint label;

ivec2 pixelAt(vec2 place) {
  // A place on the border of two pixels belongs to the later one, whatever rounding did to it.
  return clamp(ivec2(floor(place + 0.0005)), ivec2(0), u_last);
}

uint labelIn(ivec2 at, int page) {
  return page < 0 ? 0u : texelFetch(u_pages, ivec3(at & 511, page), 0).r;
}

vec3 colourOf() {
  uint mixed = label ^ (u_seed * ${SEED_STEP}u);
  int hue = int((mixed * ${HUE_STEP}u) >> 24u);
  int shade = int((mixed * ${SHADE_STEP}u) >> 29u);
  return texelFetch(u_palette, ivec2(hue, shade), 0).rgb;
}
${lines ? lineTest : ""}
void main() {
  vec2 place = (gl_FragCoord.xy - u_origin) * u_step;
  here = pixelAt(place);
  slot = texelFetch(u_table, here >> 9, 0).r;
  label = labelIn(here, slot);
  if (label == 0u || (u_selectedOnly && label != u_selected)) discard;
  float share = u_inside;
${lines ? lineUse : ""}
  if (share == 0.0) discard;
  colour = vec4(colourOf(), u_opacity * share);
}`;
}

/** Whether another label lies within reach; most neighbours are the same pixel, or at least on the same page. */
const lineTest = `
bool differs(vec2 place) {
  ivec2 at = pixelAt(place);
  if (at == here) return false;
  ivec2 page = at >> 9;
  return labelIn(at, page == here >> 9 ? slot : texelFetch(u_table, page, 0).r) != label;
}

bool isLine(vec2 place, float width) {
  // Looks between as well where a line is wider than a pixel and labels are small: nothing thin is jumped over.
  float apart = max(1.0, 1.0 / abs(u_step.x));
  for (float reach = width; reach > 0.5 || reach == width; reach -= apart) {
    vec2 far = reach * abs(u_step);
    vec2 near = far * 0.7071;
    if (differs(place + vec2(far.x, 0.0)) || differs(place - vec2(far.x, 0.0))) return true;
    if (differs(place + vec2(0.0, far.y)) || differs(place - vec2(0.0, far.y))) return true;
    if (differs(place + near) || differs(place - near)) return true;
    if (differs(place + vec2(near.x, -near.y)) || differs(place + vec2(-near.x, near.y))) return true;
  }
  return false;
}
`;

const lineUse = `
  bool isChosen = u_highlight && label == u_selected;
  if ((isChosen || u_inside < 1.0) && isLine(place, u_width + (isChosen ? 1.0 : 0.0))) {
    colour = vec4(isChosen ? vec3(1.0) : colourOf(), u_opacity);
    return;
  }
`;
