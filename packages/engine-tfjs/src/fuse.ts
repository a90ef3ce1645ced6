/**
 * Layers that TensorFlow.js does in one go: a convolution and the rectifier after it, which saves a walk over the pixels.
 *
 * @module
 */
import type { Graph, Node } from "@cellwright/core";

/** The operator of a convolution with its rectifier; no graph has it, only what {@link fuseRectifiers} gives. */
export const RECTIFIED = "RectifiedConv";

/** The graph's nodes, each convolution that nobody reads but one rectifier joined with it. */
export function fuseRectifiers({ nodes, outputs }: Graph): Node[] {
  const readers = new Map<string, Node[]>();
  for (const node of nodes)
    for (const name of node.inputs) readers.set(name, [...(readers.get(name) ?? []), node]);
  const kept = new Set(outputs.map(({ name }) => name));
  const joined = new Set<Node>();
  const fused = nodes.map((node) => {
    const [made] = node.outputs;
    const [reader, ...others] = readers.get(made) ?? [];
    if (node.op !== "Conv" || reader?.op !== "Relu" || others.length > 0 || kept.has(made))
      return node;
    joined.add(reader);
    return { ...node, op: RECTIFIED, outputs: reader.outputs };
  });
  return fused.filter((node) => !joined.has(node));
}
