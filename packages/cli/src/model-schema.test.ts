import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { shippedModels } from "./model-folder.js";

/** bioimage.io's JSON schema of all its descriptions, by path: it is not ours to ship. */
const schema = process.env.BIOIMAGEIO_SCHEMA;
const python = process.env.PYTHON ?? "python3";

const program = `
import sys, json, yaml, jsonschema
schema = json.load(open(sys.argv[1]))
# A file of one kind of description, or of all of them.
names = [name for name in schema.get("$defs", {}) if name.endswith("v0_5__ModelDescr")]
if names: schema = {"$defs": schema["$defs"], "$ref": "#/$defs/" + names[0]}
document = yaml.safe_load(open(sys.argv[2]))
# The schema of a version takes documents of this version alone.
model = schema["$defs"][names[0]] if names else schema
document["format_version"] = model["properties"]["format_version"]["const"]
errors = jsonschema.Draft202012Validator(schema).iter_errors(document)
print(json.dumps([list(map(str, e.path)) + [e.message[:200]] for e in errors]))
`;

if (schema)
  describe("bioimage.io's own schema", () => {
    const faults = (file: string): unknown =>
      JSON.parse(execFileSync(python, ["-c", program, schema, file], { encoding: "utf8" }));
    test("takes every model we ship", async () => {
      const models = await shippedModels();
      expect(models.size).toBeGreaterThan(3);
      for (const [name, folder] of models)
        expect(faults(join(folder, "bioimageio.yaml")), name).toEqual([]);
    });
  });
else test.skip("bioimage.io's own schema: BIOIMAGEIO_SCHEMA names no file", () => {});
