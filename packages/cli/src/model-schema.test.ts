import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { validateModel } from "@cellwright/core";
import { expect, test } from "vitest";
import { folderFiles, sha256, shippedModels } from "./model-folder.js";

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

test("every model we ship is in order by our own checks", async () => {
  const models = await shippedModels();
  expect(models.size).toBeGreaterThan(3);
  for (const [name, folder] of models)
    expect(await validateModel(folderFiles(folder), sha256), name).toEqual([]);
});

// Where nobody says where the schema lies, there is no such test.
if (schema)
  test("and by bioimage.io's own schema", async () => {
    for (const [name, folder] of await shippedModels()) {
      const answer = execFileSync(python, ["-c", program, schema, join(folder, "bioimageio.yaml")]);
      expect(JSON.parse(answer.toString()), name).toEqual([]);
    }
  });
