import { testGradients } from "@cellwright/testing";
import { onnxEngine } from "./node.js";

testGradients(onnxEngine({ threads: 1 }));
