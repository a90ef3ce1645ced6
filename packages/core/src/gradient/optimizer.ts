/**
 * From gradients to better weights, as nodes of the training step. What an optimiser remembers (velocities, moments)
 * goes in and comes out like the weights themselves.
 *
 * @module
 */
import { floats, type GraphBuilder, type Values } from "../network.js";

/**
 * The optimisers. `sgd`: stochastic gradient descent with Nesterov momentum, as the 2016 paper used it (Sutskever et al.
 * 2013). `adam`: Kingma & Ba 2015, with weight decay apart from the gradient (Loshchilov & Hutter 2019).
 */
export type Optimizer =
  | { readonly kind: "sgd"; readonly momentum: number; readonly l2: number }
  | {
      readonly kind: "adam";
      readonly beta1: number;
      readonly beta2: number;
      readonly epsilon: number;
      readonly decay: number;
    };

/** Adam as usually set. */
export const ADAM: Optimizer = {
  kind: "adam",
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  decay: 1e-4,
};

/** The paper's optimiser: momentum 0.9, L2 of 1e-5 on kernels. */
export const PAPER_SGD: Optimizer = { kind: "sgd", momentum: 0.9, l2: 1e-5 };

/** The input that holds the learning rate of this step, one number. */
export const RATE = "rate";

/** Something that goes into a step and comes out changed. */
export interface State {
  readonly input: string;
  readonly output: string;
  readonly initial: Values<Float32Array>;
}

/** One weight and the loss's derivative by it; only kernels (`decays`) are drawn towards 0. */
export interface Parameter {
  readonly name: string;
  readonly gradient: string;
  readonly initial: Values<Float32Array>;
  readonly decays: boolean;
}

/** Adds the update of all parameters; returns everything that must be carried to the next step. */
export function addUpdates(
  builder: GraphBuilder,
  parameters: readonly Parameter[],
  optimizer: Optimizer,
): State[] {
  if (optimizer.kind === "sgd")
    return parameters.flatMap((parameter) => addNesterov(builder, parameter, optimizer));
  const count: State = {
    input: "step_count",
    output: "step_count__next",
    initial: floats([0], []),
  };
  builder.add("Add", [count.input, builder.scalar(1)], {}, count.output);
  const unbias = (beta: number) =>
    builder.add("Sub", [
      builder.scalar(1),
      builder.add("Pow", [builder.scalar(beta), count.output]),
    ]);
  const corrections = [unbias(optimizer.beta1), unbias(optimizer.beta2)] as const;
  return [
    count,
    ...parameters.flatMap((parameter) => addAdam(builder, parameter, optimizer, corrections)),
  ];
}

function addNesterov(
  builder: GraphBuilder,
  { name, gradient, initial, decays }: Parameter,
  { momentum, l2 }: Optimizer & { kind: "sgd" },
): State[] {
  const velocity = memory(name, "velocity", initial);
  const slope =
    decays && l2 > 0
      ? builder.add("Add", [gradient, builder.add("Mul", [name, builder.scalar(2 * l2)])])
      : gradient;
  const downhill = builder.add("Mul", [slope, RATE]);
  const kept = (value: string) => builder.add("Mul", [value, builder.scalar(momentum)]);
  builder.add("Sub", [kept(velocity.input), downhill], {}, velocity.output);
  const ahead = builder.add("Sub", [kept(velocity.output), downhill]);
  const weight = nextWeight(name, initial);
  builder.add("Add", [name, ahead], {}, weight.output);
  return [weight, velocity];
}

function addAdam(
  builder: GraphBuilder,
  { name, gradient, initial, decays }: Parameter,
  { beta1, beta2, epsilon, decay }: Optimizer & { kind: "adam" },
  [unbias1, unbias2]: readonly [string, string],
): State[] {
  const blend = (old: State, value: string, beta: number) =>
    builder.add(
      "Add",
      [
        builder.add("Mul", [old.input, builder.scalar(beta)]),
        builder.add("Mul", [value, builder.scalar(1 - beta)]),
      ],
      {},
      old.output,
    );
  const first = memory(name, "moment1", initial);
  const second = memory(name, "moment2", initial);
  const mean = builder.add("Div", [blend(first, gradient, beta1), unbias1]);
  const square = builder.add("Div", [
    blend(second, builder.add("Mul", [gradient, gradient]), beta2),
    unbias2,
  ]);
  const scale = builder.add("Add", [builder.add("Sqrt", [square]), builder.scalar(epsilon)]);
  const direction = builder.add("Div", [mean, scale]);
  const drawn =
    decays && decay > 0
      ? builder.add("Add", [direction, builder.add("Mul", [name, builder.scalar(decay)])])
      : direction;
  const weight = nextWeight(name, initial);
  builder.add("Sub", [name, builder.add("Mul", [drawn, RATE])], {}, weight.output);
  return [weight, first, second];
}

function nextWeight(name: string, initial: Values<Float32Array>): State {
  return { input: name, output: `${name}__next`, initial };
}

function memory(name: string, what: string, like: Values<Float32Array>): State {
  const input = `${name}__${what}`;
  return {
    input,
    output: `${input}__next`,
    initial: floats(new Float32Array(like.data.length), like.shape),
  };
}
