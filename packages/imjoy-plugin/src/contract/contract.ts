/**
 * What whoever offers Cellwright's verbs promises, as checks that run on any implementation of them: over an RPC, in a webview,
 * in a notebook. A wrapper's tests call {@link checkContract}; the plugin's own do too.
 *
 * @module
 */
import { documents } from "./documents.js";
import { failures } from "./failures.js";
import { finding } from "./finding.js";
import { following } from "./following.js";
import { openingRequests } from "./requesting.js";
import { type ContractPart, type ContractSubject, subjectOf } from "./subject.js";

/** All parts, in an order in which a new wrapper may be written. */
export const contract: readonly ContractPart[] = [
  ...finding,
  ...following,
  ...documents,
  ...failures,
  ...openingRequests,
];

/** What a check found: the parts that hold, and of the others what is wrong. */
export interface ContractReport {
  readonly held: readonly string[];
  readonly broken: readonly { readonly name: string; readonly error: Error }[];
}

/** Runs all parts, one after the other; one that breaks does not keep the others from running. Never throws. */
export async function reportContract(subject: ContractSubject): Promise<ContractReport> {
  const held: string[] = [];
  const broken: { name: string; error: Error }[] = [];
  const known = subjectOf(subject);
  for (const { name, check } of contract) {
    try {
      await check(known);
      held.push(name);
    } catch (error) {
      broken.push({ name, error: error instanceof Error ? error : new Error(`${error}`) });
    }
  }
  return { held, broken };
}

/** Throws an error that names each part that does not hold and what is wrong with it. */
export async function checkContract(subject: ContractSubject): Promise<ContractReport> {
  const report = await reportContract(subject);
  if (report.broken.length === 0) return report;
  const lines = report.broken.map(({ name, error }) => `${name}: ${error.message}`);
  throw new Error(`the contract is broken:\n${lines.join("\n")}`);
}
