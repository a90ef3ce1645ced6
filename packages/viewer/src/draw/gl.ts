/**
 * The few words of WebGL2 that all painters use: programs, rectangles, textures that are read pixel by pixel.
 *
 * @module
 */
import { UnsupportedError } from "@cellwright/core";

/** What is drawn with. */
export type Gl = WebGL2RenderingContext;

/** A program and its uniforms by name. */
export interface Program {
  readonly program: WebGLProgram;
  readonly at: (name: string) => WebGLUniformLocation | null;
}

/** The context of a canvas. Throws `UnsupportedError` where the browser has no WebGL2. */
export function contextOf(canvas: HTMLCanvasElement): Gl {
  const gl = canvas.getContext("webgl2", {
    alpha: false,
    antialias: false,
    depth: false,
    // What was drawn stays, so that a change is drawn where it is and nowhere else.
    preserveDrawingBuffer: true,
  });
  if (!gl) throw new UnsupportedError("this browser cannot draw: it has no WebGL2");
  return gl;
}

/** A vertex shader for one rectangle, `u_rect` = left, bottom, right, top from -1 to 1, as a strip of four vertices. */
export const RECTANGLE = `#version 300 es
uniform vec4 u_rect;
void main() {
  vec2 corner = vec2(gl_VertexID & 1, gl_VertexID >> 1);
  gl_Position = vec4(mix(u_rect.xy, u_rect.zw, corner), 0.0, 1.0);
}`;

/** Compiles and links. Throws `UnsupportedError` with the driver's words where it cannot. */
export function programOf(gl: Gl, vertex: string, fragment: string): Program {
  const program = gl.createProgram();
  for (const [type, source] of [
    [gl.VERTEX_SHADER, vertex],
    [gl.FRAGMENT_SHADER, fragment],
  ] as const) {
    const shader = gl.createShader(type);
    if (!shader) break;
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
    if (!gl.getShaderParameter(shader, gl.COMPILE_STATUS) && !gl.isContextLost())
      throw new UnsupportedError(
        `this graphics driver cannot compile a shader: ${gl.getShaderInfoLog(shader)}`,
      );
    gl.deleteShader(shader);
  }
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS) && !gl.isContextLost())
    throw new UnsupportedError(
      `this graphics driver cannot link a program: ${gl.getProgramInfoLog(program)}`,
    );
  const places = new Map<string, WebGLUniformLocation | null>();
  return {
    program,
    at(name) {
      let place = places.get(name);
      if (place === undefined) {
        place = gl.getUniformLocation(program, name);
        places.set(name, place);
      }
      return place;
    },
  };
}

/** Makes the bound texture one that is read by whole pixels alone. */
export function readByPixel(gl: Gl, target: number): void {
  gl.texParameteri(target, gl.TEXTURE_MIN_FILTER, gl.NEAREST);
  gl.texParameteri(target, gl.TEXTURE_MAG_FILTER, gl.NEAREST);
  gl.texParameteri(target, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE);
  gl.texParameteri(target, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE);
}

/** A texture of colours, bytes RGBA in rows of `width`. */
export function colourTexture(gl: Gl, bytes: Uint8Array, width: number): WebGLTexture {
  const texture = gl.createTexture();
  gl.bindTexture(gl.TEXTURE_2D, texture);
  readByPixel(gl, gl.TEXTURE_2D);
  const height = bytes.length / 4 / width;
  gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA8, width, height, 0, gl.RGBA, gl.UNSIGNED_BYTE, bytes);
  return texture;
}
