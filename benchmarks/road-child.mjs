// One `cellwright segment` in this process, for road.mjs: how long all of it took, how long the network, and the peak memory.
// With WARM=1 the image is segmented once before, so that starting and compiling do not count.
//
//   node benchmarks/road-child.mjs IMAGE FOLDER [words…]
import { memoryContext, openEngine, run } from "../packages/cli/dist/index.js";

const [image, folder, ...words] = process.argv.slice(2);
let network = 0;
let pixels = 0;

/** An engine whose networks are timed. @param {import("@cellwright/core").Engine} engine */
function timed(engine) {
  return {
    ...engine,
    /** @param {import("@cellwright/core").Graph} graph */
    async load(graph) {
      const program = await engine.load(graph);
      return {
        ...program,
        /** @param {Parameters<typeof program.run>[0]} inputs */
        async run(inputs) {
          const start = performance.now();
          try {
            return await program.run(inputs);
          } finally {
            network += (performance.now() - start) / 1000;
            pixels += inputs[graph.inputs[0].name].shape.slice(2).reduce((a, b) => a * b);
          }
        },
      };
    },
  };
}

async function segment() {
  const context = memoryContext({ openEngine: async (choice) => timed(await openEngine(choice)) });
  const start = performance.now();
  const command = ["segment", image, "-o", folder, "--overwrite", "--json", ...words];
  const code = await run(command, context);
  if (code !== 0) throw new Error(context.err());
  const seconds = (performance.now() - start) / 1000;
  const line = context
    .out()
    .split("\n")
    .find((text) => text.includes('"cells"'));
  return { seconds, cells: JSON.parse(line ?? "{}").cells };
}

if (process.env.WARM) await segment();
network = 0;
pixels = 0;
const { seconds, cells } = await segment();
const megabytes = process.resourceUsage().maxRSS / 1024;
console.log(JSON.stringify({ seconds, network, networkPixels: pixels, cells, megabytes }));
