/**
 * Draws lines and discs with soft edges and round ends, each a rectangle whose shader measures the distance to the line.
 *
 * @module
 */
import { type Gl, programOf } from "./gl.js";
import type { Lines } from "./lines.js";
import { canvasX, canvasY, type Sight } from "./sight.js";

/** What draws lines. */
export interface LinePainter {
  /** `width` is in pixels of the canvas. Blending is set already. */
  paint(lines: Lines, sight: Sight, width: number, opacity: number): void;
}

const vertex = `#version 300 es
// Ends of the line, y, x, y, x in pixels of the image, and their colours.
layout(location = 0) in vec4 a_places;
layout(location = 1) in vec4 a_from;
layout(location = 2) in vec4 a_to;
uniform vec2 u_origin;
uniform float u_zoom;
uniform float u_width;
uniform vec2 u_canvas;
out vec2 v_place;
flat out vec2 v_start;
flat out vec2 v_end;
flat out vec4 v_from;
flat out vec4 v_to;
void main() {
  v_start = a_places.yx * u_zoom + u_origin;
  v_end = a_places.wz * u_zoom + u_origin;
  v_from = a_from;
  v_to = a_to;
  vec2 along = v_end - v_start;
  along = dot(along, along) > 0.0 ? normalize(along) : vec2(1.0, 0.0);
  vec2 corner = vec2(gl_VertexID & 1, gl_VertexID >> 1);
  float reach = u_width * 0.5 + 1.0;
  vec2 aside = vec2(-along.y, along.x) * (corner.y * 2.0 - 1.0);
  v_place = mix(v_start, v_end, corner.x) + (along * (corner.x * 2.0 - 1.0) + aside) * reach;
  vec2 clip = v_place / u_canvas * 2.0 - 1.0;
  gl_Position = vec4(clip.x, -clip.y, 0.0, 1.0);
}`;

const fragment = `#version 300 es
precision highp float;
in vec2 v_place;
flat in vec2 v_start;
flat in vec2 v_end;
flat in vec4 v_from;
flat in vec4 v_to;
uniform float u_width;
uniform float u_opacity;
out vec4 colour;
void main() {
  vec2 line = v_end - v_start;
  vec2 here = v_place - v_start;
  float square = dot(line, line);
  float share = square > 0.0 ? clamp(dot(here, line) / square, 0.0, 1.0) : 0.0;
  float cover = clamp(u_width * 0.5 + 0.5 - distance(here, line * share), 0.0, 1.0);
  if (cover == 0.0) discard;
  vec4 mixed = mix(v_from, v_to, share);
  colour = vec4(mixed.rgb, mixed.a * cover * u_opacity);
}`;

/** A painter of lines for a context. */
export function linePainter(gl: Gl): LinePainter {
  const { program, at } = programOf(gl, vertex, fragment);
  const array = gl.createVertexArray();
  const places = gl.createBuffer();
  const colours = gl.createBuffer();
  gl.bindVertexArray(array);
  gl.bindBuffer(gl.ARRAY_BUFFER, places);
  gl.enableVertexAttribArray(0);
  gl.vertexAttribPointer(0, 4, gl.FLOAT, false, 16, 0);
  gl.bindBuffer(gl.ARRAY_BUFFER, colours);
  for (const [place, offset] of [
    [1, 0],
    [2, 4],
  ]) {
    gl.enableVertexAttribArray(place);
    gl.vertexAttribPointer(place, 4, gl.UNSIGNED_BYTE, true, 8, offset);
  }
  for (const place of [0, 1, 2]) gl.vertexAttribDivisor(place, 1);
  gl.bindVertexArray(null);

  return {
    paint(lines, sight, width, opacity) {
      if (lines.count === 0) return;
      gl.useProgram(program);
      gl.bindVertexArray(array);
      gl.bindBuffer(gl.ARRAY_BUFFER, places);
      gl.bufferData(gl.ARRAY_BUFFER, lines.places, gl.STREAM_DRAW);
      gl.bindBuffer(gl.ARRAY_BUFFER, colours);
      gl.bufferData(gl.ARRAY_BUFFER, lines.colours, gl.STREAM_DRAW);
      const { origin } = lines;
      gl.uniform2f(at("u_origin"), canvasX(sight, origin.x), canvasY(sight, origin.y));
      gl.uniform1f(at("u_zoom"), sight.zoom);
      gl.uniform1f(at("u_width"), width);
      gl.uniform1f(at("u_opacity"), opacity);
      gl.uniform2f(at("u_canvas"), sight.width, sight.height);
      gl.drawArraysInstanced(gl.TRIANGLE_STRIP, 0, 4, lines.count);
      gl.bindVertexArray(null);
    },
  };
}
