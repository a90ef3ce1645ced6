/** What we use of `@itk-wasm/image-io` in Node, whose own declarations are not where its package says. */
declare module "@itk-wasm/image-io" {
  export function readImageNode(path: string): Promise<{
    readonly imageType: { readonly dimension: number; readonly components: number };
    readonly size: readonly number[];
    readonly data: unknown;
  }>;
}
