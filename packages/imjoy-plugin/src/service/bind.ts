/**
 * A service as plain functions, as RPC libraries want to be given it.
 *
 * @module
 */
import { argumentNames, type Caller, type Service, schemaOf, type VerbSchema } from "./service.js";

/** A verb as a function. */
export interface BoundVerb {
  (...args: unknown[]): Promise<unknown>;
  /** What `schemaFunction` of Hypha's clients puts there: agents choose by it. */
  readonly __schema__: VerbSchema;
}

/** How functions of a service are called. */
export interface BindOptions {
  /** Who calls, by what the library adds as the last argument; without it, all are one caller. */
  readonly callerOf?: (context: unknown) => string;
  readonly wire: Caller["wire"];
  /** Whether every function has its name in JavaScript's way too; Hypha's clients see to that themselves. */
  readonly camel?: boolean;
}

/** All verbs as functions by name: `list_models` as Python has it and, where `camel` is set, `listModels` too. */
export function bindService(
  service: Service,
  { callerOf, wire, camel = false }: BindOptions,
): Readonly<Record<string, BoundVerb>> {
  const bind = (name: string): BoundVerb => {
    const verb = async (...given: unknown[]): Promise<unknown> => {
      const args = callerOf ? given.slice(0, -1) : given;
      // A server that passes calls on adds one of its own; who calls is for the last alone to say.
      while (callerOf && isContext(args.at(-1))) args.pop();
      const id = callerOf ? callerOf(given.at(-1)) : "host";
      return service.call(name, args, { id, wire });
    };
    // Hypha's client puts arguments that Python names into their places by the names that it reads here.
    const text = `(${argumentNames(name).join(", ")}) => {}`;
    Object.defineProperty(verb, "toString", { value: () => text });
    return Object.assign(verb, { __schema__: schemaOf(name) });
  };
  const camelName = (name: string) =>
    name.replaceAll(/_([a-z])/g, (_, c: string) => c.toUpperCase());
  return Object.fromEntries(
    service.names.flatMap((name) => {
      const verb = bind(name);
      return camel
        ? [
            [name, verb],
            [camelName(name), verb],
          ]
        : [[name, verb]];
    }),
  );
}

/** Whether something is what a server says of a call. */
function isContext(value: unknown): boolean {
  return (
    typeof value === "object" &&
    value !== null &&
    ["ws", "user", "from", "to"].every((name) => Object.hasOwn(value, name))
  );
}
