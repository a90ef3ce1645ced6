/** What we use of `@itk-wasm/image-io`, whose own declarations are not where its package says. */
declare module "@itk-wasm/image-io" {
  export function setPipelinesBaseUrl(address: string): void;
  export function readImage(
    file: { readonly path: string; readonly data: Uint8Array },
    options: { readonly webWorker: false },
  ): Promise<{
    readonly image: {
      readonly imageType: {
        readonly dimension: number;
        readonly components: number;
        readonly componentType: string;
      };
      readonly size: readonly number[];
      readonly data: unknown;
    };
  }>;
}
