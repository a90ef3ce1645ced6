/**
 * The shader of images: a tile of brightness becomes colours by limits, gamma and colormap.
 *
 * @module
 */

/** The fragment shader for tiles of `sampler2D` (float32) or `usampler2D` (8 and 16 bits). */
export function imageShader(sampler: "sampler2D" | "usampler2D"): string {
  return `#version 300 es
precision highp float;
precision highp int;
precision highp ${sampler};
uniform ${sampler} u_tile;
uniform ivec2 u_size;
// Pixels of the tile: where on the canvas the first begins, how far one pixel of the canvas goes.
uniform vec2 u_origin;
uniform vec2 u_step;
// Side of the square of samples that are averaged where pixels are smaller than those of the canvas.
uniform int u_samples;
uniform vec2 u_limits;
uniform float u_gamma;
uniform float u_opacity;
uniform highp sampler2D u_colours;
uniform int u_colormap;
out vec4 colour;

float valueAt(vec2 place) {
  // A place on the border of two pixels belongs to the later one, whatever rounding did to it.
  ivec2 at = clamp(ivec2(floor(place + 0.0005)), ivec2(0), u_size - 1);
  return float(texelFetch(u_tile, at, 0).r);
}

void main() {
  vec2 place = (gl_FragCoord.xy - u_origin) * u_step;
  float value;
  if (u_samples == 1) {
    value = valueAt(place);
    if (isnan(value)) discard;
  } else {
    float sum = 0.0;
    float count = 0.0;
    for (int i = 0; i < 4; i++) {
      float one = valueAt(place + (vec2(i & 1, i >> 1) - 0.5) * 0.5 * u_step);
      if (isnan(one)) continue;
      sum += one;
      count += 1.0;
    }
    if (count == 0.0) discard;
    value = sum / count;
  }
  float share = clamp((value - u_limits.x) * u_limits.y, 0.0, 1.0);
  int index = int(pow(share, u_gamma) * 255.0 + 0.5);
  colour = vec4(texelFetch(u_colours, ivec2(index, u_colormap), 0).rgb, u_opacity);
}`;
}
