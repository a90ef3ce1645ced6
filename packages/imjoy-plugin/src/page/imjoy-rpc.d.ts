/** What we use of ImJoy's client, in the one file of it that holds nothing else. */
declare module "imjoy-rpc/dist/imjoy-rpc.min.js" {
  /** How a page says what it is. */
  interface RpcConfig {
    readonly name: string;
    readonly version: string;
    readonly description: string;
    readonly type: "rpc-window" | "rpc-worker";
    readonly api_version: string;
    readonly target_origin: string;
    readonly allow_execution: false;
    readonly defaults?: Readonly<Record<string, unknown>>;
  }

  const imjoyRPC: {
    setupRPC(config: RpcConfig): Promise<{ export(functions: object): void }>;
  };
  export = imjoyRPC;
}

/** How the viewer looks. */
declare module "@cellwright/viewer/style.css";
