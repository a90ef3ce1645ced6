/** The few parts of jsfive that reading a network needs; the package ships no types. */
declare module "jsfive" {
  /** Numbers in a file. */
  export interface Dataset {
    readonly shape: readonly number[];
    /** numpy's name of the number type, such as `<f4`; compound types are lists. */
    readonly dtype: unknown;
    readonly value: ArrayLike<unknown>;
  }

  /** A folder in a file. */
  export interface Group {
    readonly keys: readonly string[];
    readonly attrs: Readonly<Record<string, unknown>>;
    get(name: string): Group | Dataset | null;
  }

  /** An HDF5 file, which is its own root folder. */
  export const File: new (bytes: ArrayBuffer, name?: string) => Group;
}
