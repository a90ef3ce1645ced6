/**
 * The contract of Cellwright's verbs, for the tests of whoever wraps them.
 *
 * @module
 */
export { type ContractReport, checkContract, contract, reportContract } from "./contract.js";
export { type ContractPart, type ContractSubject, discs, type KnownSubject } from "./subject.js";
